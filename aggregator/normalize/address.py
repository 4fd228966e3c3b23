"""Addresses as a careful person reads them: from the right, with the ZIP's own towns as the key.

Rules and odd cases: the PrepMod sheets (whole address in the street field, a county, ZIP or date for the state,
typing errors in town names). What the ZIP says of town and state wins over a misspelt or missing one.
"""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from aggregator.model import Struct
from aggregator.normalize.ending import best_code, take_codes
from aggregator.normalize.postal import Postal, lookup, read_code
from aggregator.normalize.state import read_state, take_state
from aggregator.normalize.street import ENDS_IN_STREET, street_lines
from aggregator.normalize.text import clean, title_case

LIMIT = 500  # characters of an address that are looked at
CITY_LENGTH = 80
SAME_TOWN = 0.85  # likeness of two spellings from which on they are one town ("Johnstone", "North Kingston")

# Words that begin a town's name: before a known town they make it another town ("North Providence").
_TOWN_PREFIX = re.compile(
    r"(?:(?:north|south|east|west|[nsew]|new|old|port|fort|mount|lake|upper|lower)\s*)+", re.IGNORECASE
)


class Address(Struct, frozen=True, kw_only=True):
    """`state` has two letters, `postal_code` five digits; what is not known is empty.

    `refused` is what stood in the place of a ZIP and is none, or none of this place; zeros alone say nothing.
    """

    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    refused: str = ""


def read_address(text: str, default_state: str) -> Address:
    """An address on one line ("1 Main St, Anytown MA, 01999")."""
    return _read_line(clean(text.replace("\n", ", "), LIMIT), default_state)


def read_parts(lines: tuple[str, ...], city: str, state: str, postal_code: str, default_state: str) -> Address:
    """An address in parts, any of which may be empty, repeated in another or wrong."""
    rows = tuple(clean(row, LIMIT) for line in lines[:8] for row in line[: LIMIT * 2].splitlines())
    rows = tuple(filter(None, rows))
    town, state_field, code_field = clean(city, LIMIT), clean(state, 60), clean(postal_code, 60)
    if not town:
        return _read_line(clean(", ".join((*rows, f"{state_field}, {code_field}")), LIMIT), default_state)
    return _read_parts(rows, town, state_field, code_field, default_state)


@lru_cache(maxsize=16384)
def _read_line(text: str, default_state: str) -> Address:
    text, codes = take_codes(text)
    rest, stated = take_state(text)
    code = best_code(codes, stated or default_state)
    postal = lookup(code)
    street, city = _split_town(rest, text, postal)
    if _contradicts(postal, city, stated):
        postal, code = None, ""
        street, city = _split_town(rest, text, None)
    known = postal if postal and city in postal.towns else None
    state = known.state if known else stated or (postal.state if postal else default_state)
    pieces = _without_repeats(_pieces(street), city, postal)
    refused = _refused(codes[0] if codes else "", code)
    return Address(lines=street_lines(pieces), city=city, state=state, postal_code=code, refused=refused)


@lru_cache(maxsize=16384)
def _read_parts(rows: tuple[str, ...], city: str, state: str, code_field: str, default_state: str) -> Address:
    stated = read_state(state)
    code = read_code(code_field, stated or default_state) or (read_code(state) if state[:5].isdigit() else "")
    postal = lookup(code)
    city = take_codes(city)[0]
    bare, in_city = take_state(city)
    town = _town(bare, postal) or _town(city, postal)
    if town and postal:
        stated = postal.state
    elif _contradicts(postal, "", stated):
        postal, code = None, ""
    town = town or title_case(bare if "," in city and bare else city)[:CITY_LENGTH]
    final = stated or (postal.state if postal else "") or in_city or default_state
    pieces = _without_repeats(tuple(p for row in rows for p in _pieces(row)), town, postal)
    refused = _refused(code_field, code)
    return Address(lines=street_lines(pieces), city=town, state=final, postal_code=code, refused=refused)


def _contradicts(postal: Postal | None, city: str, stated: str) -> bool:
    """Whether a ZIP is of neither the town nor the state."""
    return bool(postal and stated and stated != postal.state and city not in postal.towns)


def _refused(given: str, code: str) -> str:
    return given if not code and given.strip(" 0-") else ""


def _split_town(rest: str, whole: str, postal: Postal | None) -> tuple[str, str]:
    """Street and town. `rest` is the address without its state, `whole` with it ("New York" is both)."""
    towns = postal.towns if postal else ()
    for text in (rest, whole):
        start, town = _ending_in_town(text, towns)
        if town:
            head, _, last = text[:start].rpartition(",")
            if _TOWN_PREFIX.fullmatch(last.strip()):
                return head, title_case(text[len(head) :].strip(" ,"))[:CITY_LENGTH]
            return text[:start], town
    head, comma, last = rest.rpartition(",")
    last = last.strip()
    for town in towns:  # a county or other stray text after the town
        after = last[len(town) :]
        if comma and last.casefold().startswith(town.casefold()) and after.startswith(" "):
            return head, town
    if comma:
        return head, _town(last, postal) or title_case(last)[:CITY_LENGTH]
    return _split_without_comma(last, postal)


def _split_without_comma(text: str, postal: Postal | None) -> tuple[str, str]:
    words = text.split()
    for count in (1, 2, 3):  # a misspelt town right after the street
        head, tail = " ".join(words[:-count]), " ".join(words[-count:])
        if ENDS_IN_STREET.search(head):
            return head, _town(tail, postal) or title_case(tail)[:CITY_LENGTH]
    return ("", title_case(text)[:CITY_LENGTH]) if not any(c.isdigit() for c in text) else (text, "")


def _ending_in_town(text: str, towns: tuple[str, ...]) -> tuple[int, str]:
    """Where a known town begins at the end of `text`, and the town; the longest wins."""
    for town in sorted(towns, key=len, reverse=True):
        start = len(text) - len(town)
        if start >= 0 and text[start:].casefold() == town.casefold() and text[:start][-1:] in {"", " ", ","}:
            return start, town
    return 0, ""


def _town(text: str, postal: Postal | None) -> str:
    """The ZIP's spelling of a town, "" if `text` is none of its towns."""
    best, town = 0.0, ""
    for known in postal.towns if postal else ():
        # "East" and "West" of one name are alike to the letter, but not the same town.
        if known[0].casefold() == text[:1].casefold():
            likeness = SequenceMatcher(None, known.casefold(), text.casefold()).ratio()
            if likeness > best:
                best, town = likeness, known
    return town if best >= SAME_TOWN else ""


def _pieces(street: str) -> tuple[str, ...]:
    return tuple(piece.strip() for piece in street.split(",") if piece.strip(" .;-"))


def _without_repeats(pieces: tuple[str, ...], city: str, postal: Postal | None) -> tuple[str, ...]:
    """Street pieces without "town, ST ZIP" and ", USA" repeated at their end; the first piece always stays."""
    towns = {city.casefold(), *(town.casefold() for town in (postal.towns if postal else ()))} - {""}
    left = list(pieces)
    cut = False  # a state or ZIP was dropped, so a town may end the piece without a comma before it
    while left:
        plain, codes = take_codes(left[-1])
        bare, state = take_state(plain) if plain else ("", "")
        start, town = _ending_in_town(bare, tuple(towns))
        if len(left) > 1 and (not bare or bare.casefold() in towns):
            left.pop()
            cut = cut or bool(state or codes)
        elif town and start and (cut or state or codes):
            left[-1] = bare[:start].rstrip(" ,")
            break
        else:
            break
    return tuple(left)
