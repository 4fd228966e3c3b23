"""New York State's mass vaccination sites: one list with a row for each site and vaccine.

- Official: the state's own page reads it; no key.
- Fills in: sites with their town, which vaccines have appointments, when the list was made.
- Cannot fill in: street, ZIP code, position, times, counts.
- A vaccine marked "Walk-in Only" has no appointments but can be had, so it becomes a restriction.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from aggregator.adapter import Available, JsonAdapter, Listing, LocationType, Page, Row, read

ANSWERS = {"Yes": Available.YES, "No": Available.NO, "Walk-in Only": Available.NO}


class NyState(JsonAdapter):
    name = "ny_state"
    title = "New York State vaccination sites"
    whole_rows = True
    rows = "providerList"
    location_type = LocationType.MASS_VAX

    def rows_of(self, page: Page) -> Iterable[Any]:
        """The rows of the list, grouped by site."""
        shown = [row for row in super().rows_of(page) if row.get("isShowable") is not False]
        return [list(rows) for _, rows in groupby(sorted(shown, key=_site), key=_site)]

    def listing(self, row: Row) -> Listing:
        site: list[Any] = row.value
        name, address = _site(site[0])
        answers = [ANSWERS.get(one["availableAppointments"], Available.UNKNOWN) for one in site]
        walk_in = [one["vaccineBrand"] for one in site if one["availableAppointments"] == "Walk-in Only"]
        return Listing(
            name=name,
            address=address,
            booking_url="https://am-i-eligible.covid19vaccine.health.ny.gov/",
            restrictions=f"Walk-in only: {', '.join(walk_in)}" if walk_in else "",
            external_ids=tuple(("ny_state", one["providerId"]) for one in site),
            available=next(one for one in (Available.YES, Available.UNKNOWN, Available.NO) if one in answers),
            products=tuple(one["vaccineBrand"] for one in site),
            valid_at=row.page.json["lastUpdated"],
        )


def _site(row: Any) -> tuple[str, str]:
    return read.plain(row["providerName"]).strip(), read.plain(row["address"]).strip()
