"""Reads addresses in countries without rules of their own: the parts pass through as the source gives them.

Nothing is looked up or corrected, so a wrong part stays wrong, but no part is lost or taken for a US one: "ON" stays a
province, "K0X1X0" stays a postal code, and a place without a state or postal code has none.
"""

import re

from aggregator.clean import text
from aggregator.clean.address import CITY_LENGTH, LIMIT, Address
from aggregator.clean.street import bounded
from aggregator.clean.text import clean

STATE_LENGTH = 60

# Letters, digits, blanks, and hyphens, at most 12; the longest postal codes have 10 ("12345-6789").
_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9 -]{0,10}[A-Z0-9])?", re.ASCII)
_CANADIAN = re.compile(r"([A-Z]\d[A-Z])[ -]?(\d[A-Z]\d)")


def read_address(line: str, default_state: str) -> Address:
    """An address on one line stays as it is: which part is the town differs from country to country."""
    return read_parts((line,), "", "", "", default_state)


def read_parts(lines: tuple[str, ...], city: str, state: str, postal_code: str, default_state: str) -> Address:
    """The parts as given, cleaned and bounded. `default_state` is for addresses that state none."""
    rows = (clean(row, LIMIT) for line in lines[:8] for row in line[: LIMIT * 2].splitlines())
    pieces = dict.fromkeys(piece.strip() for row in rows for piece in row.split(",") if piece.strip(" .;-"))
    given = clean(postal_code, STATE_LENGTH).upper()
    code = given if _CODE.fullmatch(given) else ""
    return Address(
        lines=bounded([text.title_case(piece) for piece in pieces]),
        city=text.title_case(clean(city, CITY_LENGTH)),
        state=clean(state, STATE_LENGTH) or default_state,
        postal_code=_CANADIAN.sub(r"\1 \2", code) if _CANADIAN.fullmatch(code) else code,
        refused=given if given.strip(" 0-") and not code else "",
    )


def lookup(code: str) -> None:
    """None: there is no table of these postal codes here."""


def box(state: str) -> None:
    """None: there is no table of these states here."""


def time_zone(code: str) -> str:
    """ "": the source's own zone applies, or the one that the record states."""
    return ""
