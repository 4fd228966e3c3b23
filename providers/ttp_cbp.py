"""CBP Trusted Traveler Programs: interviews for Global Entry, NEXUS, SENTRI, and FAST at enrollment centers.

- Official: the data behind the agency's public page of openings; no key, no agreement, undocumented.
- Fills in: centers in the US, Canada, and elsewhere with address, phone, and time zone; every open interview.
- Cannot fill in: positions, how many people a time is for, a link to an interview. A time is offered for every program
  of its center.
- Shape from published code of 2017 to 2025, never seen by us. Openings last seconds to minutes.
- `options.services` lists the programs as the agency spells them ("Global Entry"). `options.countries` lists the
  countries whose centers are wanted besides those in the region's states, such as "CA".
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from aggregator.adapter import DataRow, Fetch, JsonAdapter, Listing, Page, Pages, SlotListing, SourceInfo, read

BOOKING = "https://ttp.cbp.dhs.gov/schedulerui/schedule-interview/location"
LIMIT = 500  # records in one answer; there are about 130 centers


class TtpCbp(JsonAdapter):
    name = "ttp_cbp"
    title = "Trusted Traveler interviews"
    may_be_empty = False
    whole_rows = True
    options = {"services": (), "countries": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        centers: list[Page] = []
        slots: dict[str, list[Any] | None] = {}
        for service in source.options["services"]:
            name = f"serviceName={quote(service)}"
            query = f"temporary=false&inviteOnly=false&operational=true&{name}"
            centers.append(await fetch(f"{source.url}/locations/?{query}"))
            for center in _list(await fetch(f"{source.url}/slots/asLocations?minimum=1&limit={LIMIT}&{name}")):
                number = read.plain(center["id"])
                if number not in slots and _is_wanted(center, source, read.named_states):
                    query = f"orderBy=soonest&limit={LIMIT}&locationId={number}&minimum=1"
                    answer = await fetch.try_fetch(f"{source.url}/slots?{query}")
                    slots[number] = _list(answer) if answer else None
        for page in centers:
            yield page.with_context(slots)

    def listing(self, row: DataRow) -> Listing | None:
        if not _is_wanted(row, row.source, read.in_states):
            return None
        slots = row.context.get(
            read.plain(row["id"]), []
        )  # a center without openings is not among those that have some
        services = [service["name"] for service in row["services"]]
        return Listing(
            name=row["name"].rstrip(" -"),
            id=read.plain(row["id"]),
            **read.copied(row, address=("address", "addressAdditional"), city="city"),
            **read.copied(row, state="state", postal_code="postalCode", country="countryCode", time_zone="tzData"),
            **read.given(row, description="notes"),
            info_phone=f"+{row['phoneCountryCode']} {row['phoneNumber']}" if row.get("phoneNumber") else "",
            booking_url=f"{BOOKING}?lang=en&vo=true&returnUrl=ttp-external&service=up",
            restrictions="For applicants with conditional approval",
            products=tuple(service for service in services if service in row.source.options["services"]),
            slots=tuple(_slots(slots or ())),
            no_if_empty=True,
            complete=slots is not None,
        )


def _is_wanted(center: Any, source: SourceInfo, in_states: Callable[[str, SourceInfo], bool | None]) -> bool:
    country = center["countryCode"]
    if country in source.options.get("countries", ()):
        return True
    return country == "US" and bool(in_states(center["state"], source))


def _list(page: Page) -> list[Any]:
    if not isinstance(page.json, list):
        raise page.error("is not a list")
    return page.json


def _slots(slots: Iterable[Any]) -> Iterable[SlotListing]:
    for slot in slots:
        if read.flag(slot, "active"):
            yield SlotListing(start=slot["startTimestamp"], end=slot["endTimestamp"], count="1+")
