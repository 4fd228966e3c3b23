"""Reads numbers of appointments: "12", "1,200", "10+", "more than 5", "3 left". A zero counts only on its own."""

import re
from typing import NamedTuple

MAX_COUNT = 1_000_000  # a higher number at one time and place is not a count
_LENGTH = 40

_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+?)(?:\.00?)?"  # "5.0" of a spreadsheet
_MORE_THAN = r"more than|over|>|plus de|m[áa]s de|mehr als|mais de|pi[ùu] di"
_AT_LEAST = r"at least|≥|>=|au moins|al menos|mindestens|pelo menos|almeno"
_OR_MORE = r"\+|(?:or|and|&) (?:more|up)|plus\b|ou plus|o m[áa]s|oder mehr|ou mais|o pi[ùu]"
_NOUN = (
    r"left|remaining|available|open|free|appointments?|slots?|spots?|spaces?|places?|seats?|openings?|times?|doses?"
    r"|restante?s?|disponibles?|libres?|citas?|rendez-vous|Termine?|frei|vagas?"
)
_COUNT = re.compile(
    rf"(?:(?P<more>{_MORE_THAN})|(?P<least>{_AT_LEAST}))?\s*{_NUMBER}"
    rf"(?:\s*+(?P<up>{_OR_MORE}))?(?P<noun>(?:\s++(?:{_NOUN}))+)?",
    re.ASCII | re.IGNORECASE,
)


class Count(NamedTuple):
    """A number of appointments. `number` None: "some". `at_least`: a lower bound. `readable` False: not a count."""

    number: int | None
    at_least: bool = False
    readable: bool = True


UNREADABLE = Count(None, readable=False)


def read_count(value: int | str | None) -> Count:
    """Reads a number or its text; None is "some". "more than 5" is at least 5.

    Text that could mean zero ("0+", "0 left", "< 5", "few", "1.200", "-2") is unreadable, never a zero.
    """
    if value is None:
        return Count(None)
    text = str(value)
    found = _COUNT.fullmatch(text.strip()) if len(text) <= _LENGTH else None
    if found is None:
        return UNREADABLE
    number = int(re.sub(r"\D", "", found[3]))
    qualified = bool(found["more"] or found["least"] or found["up"])
    if number > MAX_COUNT or (number == 0 and (qualified or found["noun"])):
        return UNREADABLE
    return Count(number, at_least=qualified)
