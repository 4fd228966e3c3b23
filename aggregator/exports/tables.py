"""The open data as tables, one flat row per place: CSV for spreadsheets and GeoJSON for maps.

docs/published-contract.md describes the columns.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

import msgspec

from aggregator.exports.univaf import LocationData, encode, rfc3339_or_none
from aggregator.model import Available, LocationType


class TableRow(msgspec.Struct, frozen=True):
    """A place as one row; the fields are the columns of the CSV and the properties of the GeoJSON.

    Exists beside `LocationData` because spreadsheets and map programs cannot read nested lists.
    """

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
    attribution: str | None


# Texts that a spreadsheet runs as a formula; "+" and digits (a phone number) is only a number.
_FORMULA = re.compile(r"(?!\+\d+\Z)[=+\-@\t\r]", re.ASCII)
COLUMNS = TableRow.__struct_fields__


def row(place: LocationData) -> TableRow:
    """The row of a place. Lists become texts separated by "; "."""
    availability, position = place.availability, place.position
    first = next((slot.start for slot in availability.slots if slot.available is Available.YES), None)
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
        availability.available,
        availability.available_count,
        "; ".join(availability.products),
        "; ".join(availability.doses),
        first.isoformat() if first else None,
        rfc3339_or_none(availability.checked_at),
        rfc3339_or_none(availability.valid_at),
        rfc3339_or_none(availability.changed_at),
        "; ".join(", ".join(filter(None, (one.publisher, one.license))) for one in place.attributions) or None,
    )


def feature(one: TableRow) -> bytes:
    """A GeoJSON feature, serialized. Without a position its geometry is null (RFC 7946, 3.2)."""
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
    """The lines below a header line with the names of the columns."""
    return b"".join((_line(COLUMNS), *lines))


def _line(cells: Sequence[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
