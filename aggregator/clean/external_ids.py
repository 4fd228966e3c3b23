"""Normalizes external ids, so that a store has the same id in every source."""

import re
from collections.abc import Iterable

from aggregator.clean.text import clean

LENGTH = 200
MAX_IDS = 50

_PLACEHOLDERS = frozenset({"", "null", "nil", "none", "n/a", "undefined"})
# The Little Clinic: the first two of its five digits -> the first five of Kroger's eight (Kroger's store list).
_LITTLE_CLINIC = {
    "03": "85100", "06": "85200", "11": "85600", "15": "85800", "17": "86100", "18": "85300", "36": "85400",
    "43": "85500", "47": "85900",
}  # fmt: skip


def external_ids(given: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The ids as (system, value), without duplicates and without placeholders such as "n/a"."""
    pairs = ((clean(system, LENGTH), clean(value, LENGTH)) for system, value in given)
    kept = (
        (system, kroger(value) if system == "kroger" else value)
        for system, value in pairs
        if system and not _is_placeholder(value)
    )
    return tuple(dict.fromkeys(kept))[:MAX_IDS]


def kroger(number: str) -> str:
    """Kroger's eight-digit number of a store (some sources drop its zeros) or of a Little Clinic.

    A Little Clinic's number has four or five digits. City Market's 620xxxxx in older sources is not converted to
    625xxxxx, because 620 may be another brand's. Any other form (such as a pop-up clinic's) stays unchanged.
    """
    if not re.fullmatch(r"\d{1,8}", number, re.ASCII):
        return number
    digits = number.lstrip("0")
    short = digits.zfill(5)
    if len(digits) in {4, 5} and short[:2] in _LITTLE_CLINIC:
        return _LITTLE_CLINIC[short[:2]] + short[2:]
    return digits.zfill(8)


def _is_placeholder(value: str) -> bool:
    return value.casefold() in _PLACEHOLDERS or "unknown" in value.casefold()
