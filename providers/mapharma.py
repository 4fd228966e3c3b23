"""MaPharma: booking pages of independent pharmacies in France.

Open data of the publisher (it wants a Referer). Fills in: pharmacies, position, telephone (often empty), times with
their places, the vaccine and the dose as far as a campaign's name tells them. Cannot: an end of a time. A campaign
without free places has none, whatever its calendar says: there are times without doses.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from aggregator.adapter import Fetch, Listing, LocationType, Page, SlotListing, SourceInfo, motives, read

VACCINATION = re.compile(r"vaccin|injection", re.IGNORECASE)
NO_VACCINATION = re.compile(r"test|antig[eé]ni|pilulier|di[eé]t[eé]tique|nutrition|s[eé]rologique", re.IGNORECASE)


class Mapharma(motives.MotiveAdapter):
    name = "mapharma"
    title = "MaPharma"
    location_type = LocationType.PHARMACY
    asks = 1

    def key(self, row: Any) -> str:
        return str(row["url"])

    async def inquire(self, row: Any, page: Page, source: SourceInfo, fetch: Fetch) -> motives.Places:
        campaigns = [campaign for campaign in row["campagnes"] if _relevant(campaign)]
        if campaigns and self.in_region(row["code_postal"], source):
            root = page.join("/api/public/calendar")
            free = [campaign for campaign in campaigns if campaign["total_libres"] != 0]
            yield _place(row, campaigns), [motives.Motive(one["nom"], (root, one)) for one in free]

    async def ask(self, motive: motives.Motive, day: date, fetch: Fetch) -> Any:
        root, campaign = motive.record
        first = max(day.isoformat(), (campaign["prochain_libre"] or "")[:10])
        page = await fetch.or_none(f"{root}/{campaign['id_campagne']}/{first}/{campaign['id_type']}")
        return page and (campaign, page.json or {})

    def openings(self, answer: Any) -> Iterable[motives.Opening]:
        campaign, calendar = answer
        for day, times in calendar.items():
            for time in times if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else ():
                count, url = time["places_dispo"], campaign["url"]
                if count > 0:
                    slot = SlotListing(start=f"{day}T{time['time']}", count=count, booking_url=url)
                    yield motives.Opening(time["id"], slot)

    def later(self, answer: Any) -> str:
        return answer[0]["prochain_libre"] or ""


def _relevant(campaign: Any) -> bool:
    named = VACCINATION.search(campaign["nom"]) and not NO_VACCINATION.search(campaign["nom"])
    return bool(campaign.get("vaccination_covid", named))


def _place(row: Any, campaigns: list[Any]) -> Listing:
    ids = [f"{campaign['id_campagne']}-{campaign['id_type']}" for campaign in campaigns]
    return Listing(
        **read.copied(row, name="nom", address=("adresse",), city="ville", postal_code="code_postal"),
        id=urlsplit(row["url"]).path.strip("/"),
        position=read.point(row, "latitude", "longitude"),
        info_phone=row["telephone"] or "",
        booking_url=row["url"],
        external_ids=tuple(("mapharma-campaign", one) for one in ids),
    )
