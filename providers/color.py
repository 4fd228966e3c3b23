"""Color (home.color.com): a laboratory company's booking pages for mass-vaccination sites and town boards of health.

- Semi-official: the JSON of the public booking page; no agreement, no key. Its claim token is given to everyone; we
  fetch a new one on each visit.
- Not verified: written from published code; we have no recording of the system.
- Fills in: sites with address, every window with its free places.
- Cannot fill in: product, dose, phone, position; whether a site is by invitation only. Its places look free to
  everyone, so the source's `restrictions` must say it.
- A source is one partner (`…/get_onsite_claim?partner=…`), or a page of a town or organizer that links to Color's
  calendars.
"""

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from aggregator.adapter import (
    DataRow,
    Fetch,
    JsonAdapter,
    Listing,
    LocationType,
    Page,
    PageError,
    Pages,
    SlotListing,
    SourceInfo,
    read,
)

HOST = "https://home.color.com"
CLAIM = f"{HOST}/api/v1/get_onsite_claim"
FREE = f"{HOST}/api/v1/vaccination_appointments/availability"
REGISTER = re.compile(r"https?://home\.color\.com/vaccine/register/([\w-]+)\?(?:[\w=-]+&(?:amp;)?)*calendar=([\w-]+)")


class Calendar(NamedTuple):
    """A partner's calendar (name "" for all of them), its booking page, and the free places of each site."""

    partner: str
    name: str
    booking_url: str
    free: dict[str, Page | None]


class Color(JsonAdapter):
    name = "color"
    title = "Color"
    rows = "population_settings.collection_sites"
    location_type = LocationType.MASS_VAX
    options = {"restrictions": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        for calendar in await _calendars(source, fetch):
            claim = await fetch.try_fetch(CLAIM, params={"partner": calendar.partner})
            if claim is None:
                continue
            for site in self.rows_of(claim):
                params = {"claim_token": claim.json["token"], "collection_site": site["name"]}
                params |= {"calendar": calendar.name} if calendar.name else {}
                free = calendar.free[site["name"]] = await fetch.try_fetch(FREE, params=params)
                if free and _windows(free.json) is None:
                    fetch.damaged(free.url, f"has no list of windows for {site['name']!r}")
            yield claim.with_context(calendar)

    def listing(self, row: DataRow) -> Listing:
        calendar: Calendar = row.context
        answer, where, key = calendar.free[row["name"]], row["address"], f"{calendar.partner}:{row['name']}"
        windows = _windows(answer.json) if answer else None
        spans = [(one["start"], one["end"], max(one["remaining_spaces"], 0)) for one in windows or ()]
        return Listing(
            name=row["name"],
            id=key,
            address=(where["line1"], where.get("line2") or ""),
            **read.copied(where, city="city", state="state", postal_code="postal_code"),
            **read.given(row.source.options, restrictions="restrictions"),
            booking_url=calendar.booking_url,
            # Color may not know the site or token we sent; that tells nothing about its appointments.
            complete=windows is not None,
            no_if_empty=True,
            slots=tuple(
                SlotListing(id=calendar.name, start=start, end=end, count=count) for start, end, count in spans
            ),
        )


async def _calendars(source: SourceInfo, fetch: Fetch) -> list[Calendar]:
    """The calendars that the source's page links to, or the one of the partner in its URL."""
    if source.url.startswith(CLAIM):
        partner = parse_qs(urlsplit(source.url).query)["partner"][0]
        return [Calendar(partner, "", f"{HOST}/vaccine/register/{partner}", {})]
    front = await fetch(source.url)
    places = [node.attributes.get("value") or "" for node in front.html.css("select.location-select option")]
    pages = [front] + [await fetch.try_fetch(front.join(place)) for place in places if place not in ("", "-1")]
    found = {link.groups(): page.url for page in pages if page for link in REGISTER.finditer(page.text)}
    if not found:
        raise PageError(f"{front.url} has no link to a calendar of {HOST}; open it and see where it sends people now")
    return [Calendar(partner, name, booking_url, {}) for (partner, name), booking_url in found.items()]


def _windows(answer: Any) -> list[Any] | None:
    """The list of windows, or None; until 3 March 2021 the answer was the bare list."""
    found = answer.get("results") if isinstance(answer, dict) else answer
    return found if isinstance(found, list) else None
