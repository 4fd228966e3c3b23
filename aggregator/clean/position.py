"""Where a place is: degrees as sources write them, held against its ZIP or its state.

Odd cases: the CT finder (latitude and longitude swapped), WA DoH and H-E-B (null), spreadsheets (a comma as the decimal
mark). A position that cannot be right is reported, not mended.
"""

import math

from aggregator.clean.postal import Box, Postal
from aggregator.clean.problem import problem
from aggregator.model import Location, Position, Problem

NEAR = 5.0  # degrees between a position and its ZIP's middle from which on one of them is wrong
OUTSIDE = 1.0  # degrees outside the state's box from which on it is not that state

METRES_PER_DEGREE = 111_195.0  # of latitude

Given = tuple[float | str, float | str]


def read_position(
    given: Given | None, postal: Postal | None, state: str, box: Box | None, problems: list[Problem]
) -> Position | None:
    """The position given if it can be one, else the middle of the ZIP; what is dropped is added to `problems`."""
    if given is not None:
        reason, found = _checked(given, postal if postal and postal.placed else None, state, box)
        if found:
            return found
        problems.append(problem("position", given, reason))
    if postal and postal.placed:
        return Position(latitude=postal.latitude, longitude=postal.longitude, approximate=True)
    return None


def given_position(location: Location) -> tuple[float, float] | None:
    """Latitude and longitude if the source itself gives them; the middle of a postal code says too little."""
    place = location.position
    return (place.latitude, place.longitude) if place and not place.approximate else None


def distance(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float | None:
    """Metres between two positions; None where one is not known. Right to a percent below 100 km."""
    if one is None or other is None:
        return None
    north = one[0] - other[0]
    east = (one[1] - other[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return math.hypot(north, east) * METRES_PER_DEGREE


def _checked(given: Given, postal: Postal | None, state: str, box: Box | None) -> tuple[str, Position | None]:
    try:
        latitude, longitude = map(_degrees, given)
    except (TypeError, ValueError, OverflowError):
        return "is not a latitude and a longitude", None
    # Nobody books south of 60° S; a longitude of the United States in the place of the latitude lands there.
    if not (-60 <= latitude <= 90 and -180 <= longitude <= 180) or math.hypot(latitude, longitude) < 0.01:
        return "is not a place where people live", None
    if postal:
        if max(abs(latitude - postal.latitude), abs(longitude - postal.longitude)) > NEAR:
            return f"is far from ZIP {postal.code}", None
    elif box and not (
        box.south - OUTSIDE <= latitude <= box.north + OUTSIDE and box.west - OUTSIDE <= longitude <= box.east + OUTSIDE
    ):
        return f"is not in {state}", None
    return "", Position(latitude=latitude, longitude=longitude)


def _degrees(value: float | str) -> float:
    if isinstance(value, float | int):
        return float(value)
    return float(value[:40].replace(",", ".") if value.count(",") == 1 and "." not in value else value[:40])
