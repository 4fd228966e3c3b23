"""MaPharma: booking pages of independent pharmacies in France.

- Official: the publisher's open data; it needs a `Referer`.
- Fills in: pharmacies, position, telephone (often empty), times with their free places, vaccine and dose if the
  campaign's name has them.
- Cannot fill in: the end of a time, vaccinations whose campaign is marked as not for COVID-19 and names no other
  vaccine.
- A campaign that counts no free places has none, whatever its calendar shows: some times have no doses.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from aggregator.adapter import (
    DataRow,
    Fetch,
    Listing,
    LocationType,
    RecordError,
    SlotListing,
    read,
    vaccines,
    visit_reasons,
)

DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Mapharma(visit_reasons.VisitReasonAdapter):
    name = "mapharma"
    title = "MaPharma"
    location_type = LocationType.PHARMACY
    asks = 1

    def key(self, row: Any) -> str:
        return str(row["url"])

    async def places_in(self, row: DataRow, codes: visit_reasons.PostalCodes, fetch: Fetch) -> visit_reasons.Places:
        campaigns = [campaign for campaign in row["campagnes"] if _relevant(campaign)]
        if campaigns and codes.in_region(row["code_postal"]):
            root = row.page.join("/api/public/calendar")
            free = [campaign for campaign in campaigns if campaign["total_libres"] != 0]
            yield _place(row, campaigns, free), [visit_reasons.VisitReason(one["nom"], (root, one)) for one in free]

    async def ask(self, reason: visit_reasons.VisitReason, day: date, fetch: Fetch) -> Any:
        root, campaign = reason.record
        first = max(day.isoformat(), (campaign["prochain_libre"] or "")[:10])
        page = await fetch.try_fetch(f"{root}/{campaign['id_campagne']}/{first}/{campaign['id_type']}")
        if page is None:
            return None
        if page.json != [] and not any(map(DAY.fullmatch, page.json or ())):
            raise RecordError("calendar", page.text, "contains neither a day nor an empty list")
        return campaign, page.json or {}

    def openings(self, answer: Any) -> Iterable[visit_reasons.Opening]:
        campaign, calendar = answer
        times = [(day, time) for day in calendar if DAY.fullmatch(day) for time in calendar[day]]
        free = [(day, time) for day, time in times if time["places_dispo"] > 0]
        if not free and not self.later(answer):
            number = campaign["total_libres"]
            raise RecordError("total_libres", number, "is above 0, but the calendar shows no free place")
        for day, time in free:
            start, url = f"{day}T{time['time']}", campaign["url"]
            yield visit_reasons.Opening(
                time["id"], SlotListing(start=start, count=time["places_dispo"], booking_url=url)
            )

    def later(self, answer: Any) -> str:
        return answer[0]["prochain_libre"] or ""


def _relevant(campaign: Any) -> bool:
    name, covid = campaign["nom"], campaign.get("vaccination_covid")
    return bool(covid) or (visit_reasons.is_vaccination(name) and (covid is None or bool(vaccines.others_in(name))))


def _place(row: Any, campaigns: list[Any], free: list[Any]) -> Listing:
    ids = [f"{campaign['id_campagne']}-{campaign['id_type']}" for campaign in campaigns]
    return Listing(
        **read.copied(row, name="nom", address=("adresse",), city="ville", postal_code="code_postal"),
        id=urlsplit(row["url"]).path.strip("/"),
        position=read.point(row, "latitude", "longitude"),
        info_phone=row["telephone"] or "",
        booking_url=row["url"],
        external_ids=tuple(("mapharma-campaign", one) for one in ids),
        count=None if free else 0,
    )
