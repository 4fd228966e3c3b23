"""Thrifty White: the booking page of a pharmacy chain of the northern Midwest, asked city by city and day by day.

Unofficial: the chain's own page asks the same way, no key. Fills in: stores with address and position, every free time
with its product. Cannot: phones, doses. Shape from published code, never seen by us.
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


class Found(NamedTuple):
    """The stores, and their free times, by number.

    `whole`: every city and day came; only then a store without times has none.
    """

    stores: dict[str, Any]
    slots: dict[str, dict[tuple[str, str], SlotListing]]
    whole: bool = True

    def add(self, city: Any) -> None:
        """The free times of a city's answer; it has nothing where the last one was taken meanwhile."""
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
        found = Found({read.plain(store["STORENUMBER"]): store for store in _in_script(stores, "locations")}, {})
        offered = _in_script(await fetch(source.url), "oSlt")
        whole = True
        for state in source.states:
            for key, city in _of_state(offered, state).items():
                for offer in _parts(city, "d").values():
                    asked = {"ajaxGetOpenSlots": "1", "state": state, "city": city["name"], "date": offer["dateF"]}
                    page = await fetch.try_fetch(source.url, form=asked)
                    if page:
                        found.add(_inside(_of_state(page.json["oSlt"], state), key))
                    whole = whole and bool(page)
        yield stores.with_context(found._replace(whole=whole))

    def rows_of(self, page: Page) -> Iterable[Any]:
        found: Found = page.context
        return found.stores.values()

    def listing(self, row: DataRow) -> Listing | None:
        if not read.in_states(row["STATE"], row.source):
            return None
        number = read.plain(row["STORENUMBER"])
        found: Found = row.context
        return Listing(
            **read.copied(row, address=("ADDRESS1", "ADDRESS2"), city="CITY", state="STATE"),
            id=number,
            name=f"Thrifty White {row['NAME']}",
            postal_code=row["ZIP"],
            position=read.point(row, "XCOORD", "YCOORD"),  # X is the latitude
            booking_url=row.source.url,
            no_if_empty=True,
            complete=found.whole,
            slots=tuple(found.slots.get(number, {}).values()),
        )


def _in_script(page: Page, variable: str) -> Any:
    """The JSON that a script of the page sets a variable to."""
    found = page.found(re.compile(rf"\b{variable}\s*=\s*(?=[\[{{])"))
    return json.JSONDecoder(strict=False).raw_decode(page.text, found.end())[0]


def _inside(of: Any, key: str) -> Any:
    """What a table holds at `key`; PHP writes an empty one as []."""
    return {} if of == [] else of.get(key, {})


def _of_state(of: Any, state: str) -> Any:
    """What a table has for a state; nothing where no city of it has times."""
    try:
        return read.of_state(of or {}, state)
    except KeyError:
        return {}


def _parts(of: Any, kind: str) -> dict[str, Any]:
    """The days ("d1"), stores ("s2") or times ("t1a") of a thing; the numbers in their keys only count them."""
    form = re.compile(rf"{kind}\d+" + ("[a-z]+" if kind == "t" else ""))
    return {key: part for key, part in of.items() if form.fullmatch(key)}


def _row(store: Any) -> Any:
    """A store that is not in the list of stores, in the list's words."""
    names = ("storeNumber", "name", "address1", "address2", "city", "state", "zip")
    return {name.upper(): store.get(name) for name in names} | {"XCOORD": None}
