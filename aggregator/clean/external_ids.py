"""External ids in one form for each system, so that the same store bears the same id in every source."""

import re
from collections.abc import Iterable

from aggregator.clean.text import clean

LENGTH = 200
MAX_IDS = 50

_PLACEHOLDERS = frozenset({"", "null", "nil", "none", "n/a", "undefined"})
# The Little Clinic: first two of the five digits it uses -> the first five of Kroger's eight (kroger sheet).
_LITTLE_CLINIC = {
    "03": "85100", "06": "85200", "11": "85600", "15": "85800", "17": "86100", "18": "85300", "36": "85400",
    "43": "85500", "47": "85900",
}  # fmt: skip


def external_ids(given: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Systems and values, each pair once, without what publishers write where they have none."""
    pairs = ((clean(system, LENGTH), clean(value, LENGTH)) for system, value in given)
    kept = (
        (system, kroger(value) if system == "kroger" else value)
        for system, value in pairs
        if system and not _is_placeholder(value)
    )
    return tuple(dict.fromkeys(kept))[:MAX_IDS]


def kroger(number: str) -> str:
    """Kroger's eight digits of a store, which have lost their zeros in some sources, or of a Little Clinic.

    A Little Clinic's number has four or five digits. City Market's 620xxxxx of older sources are not made into
    625xxxxx: 620 may be another brand's. Any other form (a pop-up clinic's) stays as it is.
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
