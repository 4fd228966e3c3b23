"""The open data as tables: one flat row a place, as CSV for spreadsheets and as GeoJSON for maps.

Programs for maps read no lists within properties. docs/published-contract.md describes the columns.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

import msgspec

from aggregator.exports.univaf import LocationData, encode, maybe
from aggregator.model import Available, LocationType


class TableRow(msgspec.Struct, frozen=True):
    """A place; its fields are the columns."""

    id: str
    provider: str
    location_type: LocationType
    name: str
    address: str
    city: str | None
    state: str | None
    postal_code: str | None
    county: str | None
    latitude: float | None
    longitude: float | None
    booking_url: str | None
    booking_phone: str | None
    restrictions: str | None
    available: Available
    available_count: int | None
    products: str
    doses: str
    first_slot: str | None
    checked_at: str | None
    valid_at: str | None
    changed_at: str | None


# What a spreadsheet takes for a formula; "+" and digits (a telephone number) is only a number to it.
_FORMULA = re.compile(r"(?!\+\d+\Z)[=+\-@\t\r]", re.ASCII)
COLUMNS = TableRow.__struct_fields__


def row(place: LocationData) -> TableRow:
    said, position = place.availability, place.position
    first = next((slot.start for slot in said.slots if slot.available is Available.YES), None)
    return TableRow(
        place.id,
        place.provider,
        place.location_type,
        place.name,
        ", ".join(place.address_lines),
        place.city,
        place.state,
        place.postal_code,
        place.county,
        position.latitude if position else None,
        position.longitude if position else None,
        place.booking_url,
        place.booking_phone,
        place.restrictions,
        said.available,
        said.available_count,
        "; ".join(said.products),
        "; ".join(said.doses),
        first.isoformat() if first else None,
        maybe(said.checked_at),
        maybe(said.valid_at),
        maybe(said.changed_at),
    )


def feature(one: TableRow) -> bytes:
    """A point with its row as properties; without a position the geometry is null (RFC 7946, 3.2)."""
    return encode({"type": "Feature", "id": one.id, "geometry": _point(one), "properties": one})


def geojson(features: Iterable[bytes]) -> bytes:
    return encode({"type": "FeatureCollection", "features": [msgspec.Raw(one) for one in features]})


def _point(one: TableRow) -> dict[str, object] | None:
    if one.latitude is None:
        return None
    return {"type": "Point", "coordinates": (one.longitude, one.latitude)}


def line(one: TableRow) -> bytes:
    """A line of CSV (RFC 4180). A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    cells = msgspec.structs.astuple(one)
    return _line([f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell for cell in cells])


def table(lines: Iterable[bytes]) -> bytes:
    """The lines under the names of their columns."""
    return b"".join((_line(COLUMNS), *lines))


def _line(cells: Sequence[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
