"""Thrifty White: the booking page of a pharmacy chain in the northern Midwest, queried by city and day.

- Unofficial: the chain's own page sends the same requests; no key.
- Not verified: written from published code; we have no recording of the system.
- Fills in: stores with address and position, every free time with its product.
- Cannot fill in: phones, doses.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from aggregator.adapter import (
    Adapter,
    DataRow,
    Fetch,
    Listing,
    LocationType,
    Page,
    Pages,
    SlotListing,
    SourceInfo,
    read,
)


class StoreTimes(NamedTuple):
    """The stores and their free times, by number.

    `complete`: every city and day was answered; only then a store without times has none.
    """

    stores: dict[str, Any]
    slots: dict[str, dict[tuple[str, str], SlotListing]]
    complete: bool = True

    def add(self, city: Any) -> None:
        """Adds the free times of a city's answer, which is empty if the last one was just taken."""
        for day in _parts(city, "d").values():
            for store in _parts(day, "s").values():
                number = str(int(store["storeNumber"]))
                self.stores.setdefault(number, _row(store))
                times = self.slots.setdefault(number, {})
                for key, time in _parts(store, "t").items():
                    start = f"{day['dateF']} {time['t1']}"
                    times[start, key] = SlotListing(start=start, count=1, products=(time["manuf"],))


class ThriftyWhite(Adapter):
    name = "thrifty_white"
    title = "Thrifty White"
    location_type = LocationType.PHARMACY
    whole_rows = True
    row_type = DataRow

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        stores = await fetch(source.url.rpartition("/")[0] + "/locations")
        found = StoreTimes({read.plain(store["STORENUMBER"]): store for store in _in_script(stores, "locations")}, {})
        offered = _in_script(await fetch(source.url), "oSlt")
        complete = True
        for state in source.states:
            for key, city in _of_state(offered, state).items():
                for offer in _parts(city, "d").values():
                    form = {"ajaxGetOpenSlots": "1", "state": state, "city": city["name"], "date": offer["dateF"]}
                    page = await fetch.try_fetch(source.url, form=form)
                    if page:
                        found.add(_entry(_of_state(page.json["oSlt"], state), key))
                    complete = complete and bool(page)
        yield stores.with_context(found._replace(complete=complete))

    def rows_of(self, page: Page) -> Iterable[Any]:
        found: StoreTimes = page.context
        return found.stores.values()

    def listing(self, row: DataRow) -> Listing | None:
        if not read.in_states(row["STATE"], row.source):
            return None
        number = read.plain(row["STORENUMBER"])
        found: StoreTimes = row.context
        return Listing(
            **read.copied(row, address=("ADDRESS1", "ADDRESS2"), city="CITY", state="STATE"),
            id=number,
            name=f"Thrifty White {row['NAME']}",
            postal_code=row["ZIP"],
            position=read.point(row, "XCOORD", "YCOORD"),  # XCOORD is the latitude
            booking_url=row.source.url,
            no_if_empty=True,
            complete=found.complete,
            slots=tuple(found.slots.get(number, {}).values()),
        )


def _in_script(page: Page, variable: str) -> Any:
    """The JSON that a script of the page assigns to a variable."""
    found = page.found(re.compile(rf"\b{variable}\s*=\s*(?=[\[{{])"))
    return json.JSONDecoder(strict=False).raw_decode(page.text, found.end())[0]


def _entry(of: Any, key: str) -> Any:
    """The entry of a table at `key`, or {}; PHP writes an empty table as []."""
    return {} if of == [] else of.get(key, {})


def _of_state(of: Any, state: str) -> Any:
    """The entry of a table for a state, or {} if no city in it has times."""
    try:
        return read.of_state(of or {}, state)
    except KeyError:
        return {}


def _parts(of: Any, kind: str) -> dict[str, Any]:
    """The entries of one kind: days ("d1"), stores ("s2"), or times ("t1a"), numbered in their keys."""
    form = re.compile(rf"{kind}\d+" + ("[a-z]+" if kind == "t" else ""))
    return {key: part for key, part in of.items() if form.fullmatch(key)}


def _row(store: Any) -> Any:
    """Converts a store that the list of stores lacks to the list's keys."""
    names = ("storeNumber", "name", "address1", "address2", "city", "state", "zip")
    return {name.upper(): store.get(name) for name in names} | {"XCOORD": None}
