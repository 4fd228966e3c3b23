"""US postal codes: which exist, and what is known of each.

Source: the `zipcodes` package (USPS towns, county, time zone, middle of the area). A lookup takes half a millisecond
the first time and the package's own table as much as 0.4 s at first use, so it is imported late and answers are kept.
"""

import re
from functools import lru_cache
from zoneinfo import ZoneInfo

from aggregator.model import Struct

LOWEST, HIGHEST = "00501", "99950"

_CODE = re.compile(r"(?<!\d)(\d{3,5})(?:-\d{1,4}|\d{4})?(?!\d)")
_COUNTY_KIND = re.compile(r"\s+(?:county|parish|borough|census area|municipality|municipio)$", re.IGNORECASE)


class Postal(Struct, frozen=True, kw_only=True):
    """One ZIP. `towns` holds every name used for it, the preferred one first; `time_zone` may be empty."""

    code: str
    towns: tuple[str, ...]
    state: str
    county: str
    time_zone: str
    latitude: float
    longitude: float


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
    return Postal(
        code=code,
        towns=tuple(filter(None, (row["city"], *row["acceptable_cities"], *row["unacceptable_cities"]))),
        state=row["state"],
        county=plain_county(row["county"]),
        time_zone=row["timezone"] if _is_zone(row["timezone"]) else "",
        latitude=float(row["lat"]),
        longitude=float(row["long"]),
    )


def time_zone(code: str) -> str:
    """The IANA zone of a ZIP; "" where it is not known."""
    postal = lookup(code)
    return postal.time_zone if postal else ""


def read_code(text: str) -> str:
    """The ZIP in a postal code field, five digits; "" where there is none.

    Accepts ZIP+4 in any length, a state in front, and lost leading zeros where that gives a ZIP that exists
    ("8332-3762", "6716"; riteaid sheet). Five digits that no table knows may be a new ZIP and stay as they are, as
    long as they lie between the lowest and the highest code there is.
    """
    found = _CODE.search(text[:100])
    code = found[1].zfill(5) if found else ""
    return code if lookup(code) or (found and len(found[1]) == 5 and LOWEST <= code <= HIGHEST) else ""


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
