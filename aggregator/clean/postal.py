"""US postal codes: which exist, and their towns, county, time zone, and position.

Source: the `zipcodes` package (USPS). The first lookup of a code takes half a millisecond and loading the package up to
0.4 s, so it is imported late and results are cached.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from aggregator.model import Struct

LOWEST, HIGHEST = "00501", "99950"

_CODE = re.compile(r"(?<!\d)(\d{3,5})(?:-\d{1,4}|\d{4})?(?!\d)")
_OTHER_TOWNS = ("acceptable", "unacceptable")  # of a row, in the post office's terms
_COUNTY_KIND = re.compile(r"(?<!\s)\s++(?:county|parish|borough|census area|municipality|municipio)$", re.IGNORECASE)


class Postal(Struct, frozen=True, kw_only=True):
    """One ZIP. `towns` has every name used for it, the preferred one first; `time_zone` may be empty.

    `placed`: whether its center is known; it is not for military post offices and some post office boxes.
    """

    code: str
    towns: tuple[str, ...]
    state: str
    county: str
    time_zone: str
    latitude: float
    longitude: float
    placed: bool = True


class Box(NamedTuple):
    """The bounding box, in degrees, of the centers of a state's ZIPs."""

    south: float
    north: float
    west: float
    east: float


@lru_cache(maxsize=65536)
def lookup(code: str) -> Postal | None:
    """The record of a five-digit ZIP; None if it does not exist."""
    if len(code) != 5 or not (code.isascii() and code.isdigit()):
        return None
    import zipcodes

    found = zipcodes.matching(code)  # type: ignore[no-untyped-call]
    if not found:
        return None
    row = found[0]
    latitude, longitude = float(row["lat"]), float(row["long"])
    return Postal(
        code=code,
        towns=tuple(filter(None, (row["city"], *(town for kind in _OTHER_TOWNS for town in row[f"{kind}_cities"])))),
        state=row["state"],
        county=plain_county(row["county"]),
        time_zone=row["timezone"] if _is_zone(row["timezone"]) else "",
        latitude=latitude,
        longitude=longitude,
        placed=bool(latitude or longitude),
    )


def time_zone(code: str) -> str:
    """The IANA time zone of a ZIP; "" if it is unknown."""
    postal = lookup(code)
    return postal.time_zone if postal else ""


@lru_cache(maxsize=64)
def box(state: str) -> Box | None:
    """The bounding box of a state; None for an unknown one, or one without a place (military post offices)."""
    import zipcodes

    rows = zipcodes.filter_by(state=state)  # type: ignore[no-untyped-call]
    middles = [(float(row["lat"]), float(row["long"])) for row in rows]
    placed = [middle for middle in middles if any(middle)]
    if not placed:
        return None
    latitudes, longitudes = zip(*placed, strict=True)
    return Box(min(latitudes), max(latitudes), min(longitudes), max(longitudes))


def towns_of(state: str) -> tuple[str, ...]:
    """All town names in a state; those that the post office prefers come first."""
    import zipcodes

    rows = zipcodes.filter_by(state=state)  # type: ignore[no-untyped-call]
    kinds = ([row["city"]] for row in rows), *((row[f"{kind}_cities"] for row in rows) for kind in _OTHER_TOWNS)
    return tuple(dict.fromkeys(town for kind in kinds for towns in kind for town in towns if town))


def read_code(text: str, state: str = "") -> str:
    """The five-digit ZIP in a postal code field; "" if there is none.

    Accepts ZIP+4 of any length, a state before it ("PR00725"), and numbers from spreadsheets: lost leading zeros and
    ".0" ("8332-3762", "6716", "2139.0"). Zeros are restored if that gives a ZIP that exists and lies in `state`, if
    given: "0906" in Massachusetts is not San Juan, Puerto Rico. Five unknown digits may be a new ZIP and are accepted
    between the lowest and the highest existing code.
    """
    found = _CODE.search(text[:100])
    if not found:
        return ""
    code = found[1].zfill(5)
    postal = lookup(code)
    if len(found[1]) == 5:
        return code if postal or LOWEST <= code <= HIGHEST else ""
    return code if postal and state in {"", postal.state} else ""


def plain_county(name: str) -> str:
    """A county's name without its kind: "King County" -> "King"."""
    return _COUNTY_KIND.sub("", name)


@lru_cache(maxsize=256)
def _is_zone(name: str) -> bool:
    # The package contains a few zones that are town names, and none for military post offices.
    try:
        return bool(name and ZoneInfo(name))
    except (ValueError, OSError, KeyError):
        return False
