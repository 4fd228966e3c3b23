"""Color (home.color.com): booking pages of a laboratory company, for mass-vaccination sites and town boards of health.

Semi-official: the JSON of the public booking page, no agreement, no key (its claim token is handed to everybody and
fetched anew on each visit). Shape from published code, never seen by us. A source is one partner
(`…/get_onsite_claim?partner=…`), or a page of a town or organizer that links to Color's calendars. Fills in: sites with
address, every window with its free places. Cannot: product, dose, phone, position, nor whether a site is by invitation
only, while its places look free to everybody: that is said in the source's `restrictions`.
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
    """A partner's calendar ("" for all of them), where a person books, and the answer about each site's free places."""

    partner: str
    name: str
    door: str
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
                asked = {"claim_token": claim.json["token"], "collection_site": site["name"]}
                asked |= {"calendar": calendar.name} if calendar.name else {}
                free = calendar.free[site["name"]] = await fetch.try_fetch(FREE, params=asked)
                if free and _windows(free.json) is None:
                    fetch.damaged(free.url, f"has no list of windows of {site['name']!r}")
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
            booking_url=calendar.door,
            # a site or token that Color does not know is a fault of ours, and says nothing of its appointments
            complete=windows is not None,
            no_if_empty=True,
            slots=tuple(
                SlotListing(id=calendar.name, start=start, end=end, count=count) for start, end, count in spans
            ),
        )


async def _calendars(source: SourceInfo, fetch: Fetch) -> list[Calendar]:
    """The calendar of each event series of the source."""
    if source.url.startswith(CLAIM):
        partner = parse_qs(urlsplit(source.url).query)["partner"][0]
        return [Calendar(partner, "", f"{HOST}/vaccine/register/{partner}", {})]
    front = await fetch(source.url)
    places = [node.attributes.get("value") or "" for node in front.html.css("select.location-select option")]
    doors = [front] + [await fetch.try_fetch(front.join(place)) for place in places if place not in ("", "-1")]
    found = {link.groups(): door.url for door in doors if door for link in REGISTER.finditer(door.text)}
    if not found:
        raise PageError(f"{front.url} has no link to a calendar of {HOST}; see where it sends people now")
    return [Calendar(partner, name, door, {}) for (partner, name), door in found.items()]


def _windows(answer: Any) -> list[Any] | None:
    """The windows: until 3 March 2021 the answer was the bare list; None where there is none."""
    found = answer.get("results") if isinstance(answer, dict) else answer
    return found if isinstance(found, list) else None
