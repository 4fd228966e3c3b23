"""The made-up pairs of `made_pairs.toml` as locations, read by the same code as collected ones."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from aggregator.clean.listing import Context, normalize
from aggregator.model import Listing, Location, LocationType

FILE = Path(__file__).parent / "made_pairs.toml"
CONTEXT = Context(
    source="made",
    base_url="https://made.example.org/",
    time_zone="America/New_York",
    state="",
    location_type=LocationType.CLINIC,
)


class Pair(NamedTuple):
    label: str
    why: str
    one: Location
    other: Location


def pairs() -> list[Pair]:
    document = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return [
        Pair(label, row["why"], location(row["one"]), location(row["other"]))
        for label in ("same", "different")
        for row in document[label]
    ]


def location(text: str) -> Location:
    """A location from one line: name; address; town; state and postal code; ids; position."""
    name, address, city, place, ids, position = [part.strip() for part in f"{text};;".split(";")[:6]]
    state, _, postal_code = place.partition(" ")
    values = [(system, value) for system, _, value in (pair.partition("=") for pair in ids.split(","))]
    point = position.partition(",")
    listing = Listing(
        name=name,
        address=address,
        city=city,
        state=state,
        postal_code=postal_code,
        position=(point[0], point[2]) if position else None,
        location_type=next((LocationType(value) for system, value in values if system == "type"), None),
        external_ids=tuple((system, value) for system, value in values if system not in ("", "type")),
    )
    reading, problems = normalize(listing, CONTEXT, datetime(2021, 5, 13, tzinfo=UTC))
    assert not problems, problems
    return reading.location
