"""Baystate Health (workwell): the campaigns behind the hospital group's own registration page.

- Official: the group's own interface; no key.
- Not verified: written from published code; we have no recording of the system.
- Fills in: the towns of a campaign, and NO if nothing is left.
- Cannot fill in: YES, dates, streets. The page may be closed while the interface still counts doses, and a script
  builds it, so a campaign with doses left stays UNKNOWN.
"""

from collections.abc import Iterator
from typing import Any

from aggregator.adapter import Available, JsonAdapter, Listing, Page, RecordError, Row


class Baystate(JsonAdapter):
    name = "baystate"
    title = "Baystate Health"
    local_ids = True
    rows = "campaigns"
    lists_only_available = True
    options = {"booking_url": ()}

    def rows_of(self, page: Page) -> Iterator[tuple[Any, Any, str]]:
        for campaign in super().rows_of(page):
            for vaccine in campaign["vaccines"]:
                for location in vaccine["locations"]:
                    yield campaign, vaccine, location["city"]

    def listing(self, row: Row) -> Listing | None:
        campaign, vaccine, town = row.value
        if town is None:
            raise RecordError("city", vaccine, "is missing; expected a town or an empty text")
        if not town:
            return None
        left = int(vaccine["dose1Available"])
        none = left == 0 or campaign["active"] == 0 or vaccine["cvaActive"] == 0 or vaccine["status"] == "INACTIVE"
        note = f"First doses of {vaccine['name']} left in the campaign, over all its places: {left}"
        return Listing(
            name=f"Baystate Health {town}",
            id=town,
            city=town,
            booking_url=row.source.options.get("booking_url", ""),
            description="" if none else note,
            available=Available.NO if none else Available.UNKNOWN,
        )
