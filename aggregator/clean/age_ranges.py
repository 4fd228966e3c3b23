"""Reads ages ("12+", "5-11 yrs", "18 years and older", "6 months - 4 years", "+ 12 ans") as months.

Forms come from vaccine product texts of 2021 to 2023 (univaf, H-E-B, Hy-Vee, NJVSS, PrepMod) and visit reasons of
French systems. A bare number is not an age, nor is a date, a strength, or a dose.
"""

import re
from functools import lru_cache
from typing import NamedTuple

OLDEST = 120  # years


class Ages(NamedTuple):
    """An age range in whole months: from `youngest` on and younger than `below`; None means no such limit is stated."""

    youngest: int | None
    below: int | None


_NUMBER = r"(?<![a-z\d.,/])(?<!\d-)(?<!covid-)(?<!dose )(?<!doses )(\d{1,3})(?![.,/]?\d)"
_UNIT = r"(?:[\s-]*(years?|yrs?|y/?o|y|ans?|months?|mos?|mois|m)(?![a-z])\.?(?:[\s-]?olds?|\s+of age)?)?"
_ONE = _NUMBER + _UNIT
_AND = r"\s*(?:and|or|&|et)\s*"
_NOT_AN_AGE = r"(?!\s*(?:[/.-]\d|mcg|µg|ml|days?\b|weeks?\b|doses?\b))"
_SPAN = re.compile(rf"{_ONE}\s*(?:-|to|thru|through|à)\s*(\d{{1,3}}){_UNIT}(?!\d){_NOT_AN_AGE}")
_FROM = re.compile(
    rf"{_ONE}(?:\s?\+(?!\s?\d)|{_AND}(?:up|older|over|above|plus)\b)"
    rf"|(?:\bover|\bat least|\bplus de|\+(?: de)?)\s*{_NUMBER}[\s-]*(years?|yrs?|ans|months?|mois)\b"
)
_BELOW = re.compile(rf"(?:\bunder|\bbelow|\b(?:younger|less) than|\bmoins de|<)\s*{_ONE}")
_UP_TO = re.compile(rf"{_ONE}{_AND}(?:under|younger)\b")


@lru_cache(maxsize=4096)
def ages(text: str) -> Ages | None:
    """The first age range in `text`; None if there is none, or only an impossible one."""
    plain = " ".join(text.lower().replace("–", "-").replace("_", " ").split())
    hits = [(hit.start(), read(hit)) for form, read in _FORMS if (hit := form.search(plain))]
    found = min(hits, key=lambda one: one[0])[1] if hits else None
    return found if found and (found.youngest or 0) < (found.below or OLDEST * 12 + 12) <= OLDEST * 12 + 12 else None


def _months(number: str, unit: str | None, *, more: int = 0) -> int:
    return int(number) + more if unit and unit.startswith("m") else (int(number) + more) * 12


def _span(hit: re.Match[str]) -> Ages:
    low, low_unit, high, high_unit = hit.groups()
    return Ages(
        _months(low, low_unit or high_unit), _months(high, high_unit, more=1)
    )  # "5-11" ends at the 12th birthday.


def _from(hit: re.Match[str]) -> Ages:
    number, unit, later, its_unit = hit.groups()
    return Ages(_months(number or later, unit or its_unit), None)


def _below(hit: re.Match[str]) -> Ages:
    return Ages(None, _months(*hit.groups()))


def _up_to(hit: re.Match[str]) -> Ages:
    return Ages(None, _months(*hit.groups(), more=1))


_FORMS = ((_SPAN, _span), (_FROM, _from), (_BELOW, _below), (_UP_TO, _up_to))
