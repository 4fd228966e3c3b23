"""US postal codes: which exist, and what is known of each.

Source: the `zipcodes` package (USPS towns, county, time zone, middle of the area). A lookup takes half a millisecond
the first time and the package's own table as much as 0.4 s at first use, so it is imported late and answers are kept.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from aggregator.model import Struct

LOWEST, HIGHEST = "00501", "99950"

_CODE = re.compile(r"(?<!\d)(\d{3,5})(?:-\d{1,4}|\d{4})?(?!\d)")
_OTHER_TOWNS = ("acceptable", "unacceptable")  # of a row, as the post office calls them
_COUNTY_KIND = re.compile(r"(?<!\s)\s++(?:county|parish|borough|census area|municipality|municipio)$", re.IGNORECASE)


class Postal(Struct, frozen=True, kw_only=True):
    """One ZIP. `towns` holds every name used for it, the preferred one first; `time_zone` may be empty.

    `placed`: whether its middle is known; it is not of military post offices and some of post-office boxes.
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
    """The degrees between which the ZIPs of a state have their middles."""

    south: float
    north: float
    west: float
    east: float


@lru_cache(maxsize=65536)
def lookup(code: str) -> Postal | None:
    """What is known of a ZIP of five digits; None for one that does not exist."""
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
    """The IANA zone of a ZIP; "" where it is not known."""
    postal = lookup(code)
    return postal.time_zone if postal else ""


@lru_cache(maxsize=64)
def box(state: str) -> Box | None:
    """Where a state lies; None for what is none, or has no place (military post offices)."""
    import zipcodes

    rows = zipcodes.filter_by(state=state)  # type: ignore[no-untyped-call]
    middles = [(float(row["lat"]), float(row["long"])) for row in rows]
    placed = [middle for middle in middles if any(middle)]
    if not placed:
        return None
    latitudes, longitudes = zip(*placed, strict=True)
    return Box(min(latitudes), max(latitudes), min(longitudes), max(longitudes))


def towns_of(state: str) -> tuple[str, ...]:
    """Every name of a town in a state, the names that the post office prefers first."""
    import zipcodes

    rows = zipcodes.filter_by(state=state)  # type: ignore[no-untyped-call]
    kinds = ([row["city"]] for row in rows), *((row[f"{kind}_cities"] for row in rows) for kind in _OTHER_TOWNS)
    return tuple(dict.fromkeys(town for kind in kinds for towns in kind for town in towns if town))


def read_code(text: str, state: str = "") -> str:
    """The ZIP in a postal code field, five digits; "" where there is none.

    Accepts ZIP+4 in any length, a state in front ("PR00725"), and what spreadsheets make of numbers: lost leading zeros
    and ".0" ("8332-3762", "6716", "2139.0"). Zeros are put back where that gives a ZIP that exists and lies in `state`,
    if one is given: "0906" of Massachusetts is not San Juan, Puerto Rico. Five digits that no table knows may be a new
    ZIP and stay as they are, as long as they lie between the lowest and the highest code there is.
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
    """ "King County" -> "King"."""
    return _COUNTY_KIND.sub("", name)


@lru_cache(maxsize=256)
def _is_zone(name: str) -> bool:
    # The package holds a few zones that are town names, and none for military post offices.
    try:
        return bool(name and ZoneInfo(name))
    except (ValueError, OSError, KeyError):
        return False
