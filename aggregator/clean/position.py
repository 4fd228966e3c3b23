"""Reads positions as sources write them and checks them against the ZIP or state.

Odd cases: the CT finder (latitude and longitude swapped), WA DoH and H-E-B (null), spreadsheets (a comma as the decimal
mark). An impossible position is reported, not repaired.
"""

import math

from aggregator.clean.postal import Box, Postal
from aggregator.clean.problem import problem
from aggregator.model import Location, Position, Problem

NEAR = 5.0  # degrees between a position and its ZIP's center from which one of them is wrong
OUTSIDE = 1.0  # degrees outside the state's box from which the position is not in the state

METRES_PER_DEGREE = 111_195.0  # of latitude

Given = tuple[float | str, float | str]


def read_position(
    given: Given | None, postal: Postal | None, state: str, box: Box | None, problems: list[Problem]
) -> Position | None:
    """The given position if it is plausible, otherwise the center of the ZIP; adds a problem if it is rejected."""
    if given is not None:
        reason, found = _checked(given, postal if postal and postal.placed else None, state, box)
        if found:
            return found
        problems.append(problem("position", given, reason))
    if postal and postal.placed:
        return Position(latitude=postal.latitude, longitude=postal.longitude, approximate=True)
    return None


def given_position(location: Location) -> tuple[float, float] | None:
    """Latitude and longitude if the source itself states them; the center of a postal code is not precise enough."""
    place = location.position
    return (place.latitude, place.longitude) if place and not place.approximate else None


def distance(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float | None:
    """Meters between two positions, correct to 1 % below 100 km; None if one is unknown."""
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
    # Nobody books south of 60° S; a US longitude in place of the latitude lands there.
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
