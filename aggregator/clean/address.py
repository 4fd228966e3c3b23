"""Reads US addresses from right to left, using the towns of the ZIP as the key.

Rules and odd cases come from PrepMod (the whole address in the street field; a county, ZIP, or date in place of the
state; misspelled towns). If the ZIP's town or state contradicts a misspelled or missing one, the ZIP wins.
"""

import re
from functools import lru_cache

from aggregator.clean.address_tail import best_code, take_bracket, take_codes, take_note
from aggregator.clean.postal import Postal, lookup, read_code
from aggregator.clean.state import read_state, take_state
from aggregator.clean.street import ENDS_IN_STREET, street_lines
from aggregator.clean.text import clean, title_case
from aggregator.clean.town import ending_in_town, is_town, known_town, same_name, spellings, town_in_state
from aggregator.model import Struct

LIMIT = 500  # characters of an address that are read
CITY_LENGTH = 80

# Words that begin a town's name: before a known town, they make it another town ("North Providence").
_TOWN_PREFIX = re.compile(
    r"(?:(?:north|south|east|west|[nsew]|no|so|new|old|port|fort|ft|mount|mt|saint|st|lake|upper|lower)\b\.?\s*)+",
    re.IGNORECASE,
)


class Address(Struct, frozen=True, kw_only=True):
    """A clean address. `state` has two letters, `postal_code` five digits; unknown parts are empty.

    `refused`: text in place of a ZIP that is not one, or not one of this town or state. Zeros alone are not reported.
    """

    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    refused: str = ""


def read_address(text: str, default_state: str) -> Address:
    """Reads an address on one line ("1 Main St, Anytown MA, 01999")."""
    return _read_line(clean(text.replace("\n", ", "), LIMIT), default_state)


def read_parts(lines: tuple[str, ...], city: str, state: str, postal_code: str, default_state: str) -> Address:
    """Reads an address in parts, any of which may be empty, wrong, or repeated in another one."""
    rows = tuple(clean(row, LIMIT) for line in lines[:8] for row in line[: LIMIT * 2].splitlines())
    rows = tuple(filter(None, rows))
    town, state_field, code_field = clean(city, LIMIT), clean(state, 60), clean(postal_code, 60)
    if not town:
        return _read_line(clean(", ".join((*rows, f"{state_field}, {code_field}")), LIMIT), default_state)
    return _read_parts(rows, town, state_field, code_field, default_state)


@lru_cache(maxsize=16384)
def _read_line(text: str, default_state: str) -> Address:
    text, note = take_note(text if "," in text else text.replace(";", ","))
    text, codes = take_codes(text)
    rest, stated = take_state(text)
    if stated and not codes and (codes := _codes_before_state(rest, stated)):
        text = rest = take_codes(rest)[0]
    code = best_code(codes, stated or default_state)
    postal = lookup(code)
    bare, remark = take_bracket(rest)
    if remark and ending_in_town(bare, postal)[1]:
        text = rest = bare
        note = f"{remark}, {note}"
    street, city = _split_town(rest, text, postal)
    if _contradicts(postal, city, stated):
        postal, code = None, ""
        street, city = _split_town(rest, text, None)
    known = postal if postal and same_name(city) in spellings(postal) else None
    state = known.state if known else stated or (postal.state if postal else default_state)
    pieces = _without_repeats(_pieces(street), city, postal)
    return Address(
        lines=street_lines((*pieces, *_pieces(note))),
        city=town_in_state(city, state),
        state=state,
        postal_code=code,
        refused=_refused(codes[0] if codes else "", code),
    )


@lru_cache(maxsize=16384)
def _read_parts(rows: tuple[str, ...], city: str, state: str, code_field: str, default_state: str) -> Address:
    ends = [take_note(row) for row in (*rows, city)]
    (rows, city), notes = ((*(row for row, _ in ends[:-1]),), ends[-1][0]), [note for _, note in ends]
    (state, of_state), (city, of_city) = take_codes(state), take_codes(city)
    city, remark = take_bracket(city)
    stated, codes = read_state(state), (*of_state, *of_city, *_codes_of_row(rows[-1] if rows else ""))
    code = read_code(code_field, stated or default_state)
    code = code or ("" if _refused(code_field, code) else best_code(codes, stated or default_state))
    postal = lookup(code)
    bare, in_city = take_state(city)
    town = known_town(bare, postal) or known_town(city, postal)
    if town and postal:
        stated = postal.state
    elif _contradicts(postal, "", stated):
        postal, code = None, ""
    in_city = in_city if bare and ("," in city or is_town(bare, in_city)) else ""  # "Mount Washington" is a town.
    town = town or title_case(bare if in_city else city)[:CITY_LENGTH]
    final = stated or (postal.state if postal else "") or in_city or default_state
    pieces = _without_repeats(tuple(p for row in rows for p in _pieces(row)), town, postal)
    return Address(
        lines=street_lines((*pieces, *(piece for note in (*notes, remark) for piece in _pieces(note)))),
        city=town_in_state(town, final),
        state=final,
        postal_code=code,
        refused=_refused(code_field, code),
    )


def _codes_of_row(row: str) -> tuple[str, ...]:
    """The ZIPs that end a street line after a state or their town; in "PO Box 10001", it is not a ZIP."""
    plain, codes = take_codes(row)
    return codes if codes and (take_state(plain)[1] or ending_in_town(plain, lookup(best_code(codes, "")))[1]) else ()


def _codes_before_state(rest: str, state: str) -> tuple[str, ...]:
    """The ZIPs before a state ("Providence, 02903, RI"): after their town, or alone between commas."""
    plain, codes = take_codes(rest)
    postal = lookup(best_code(codes, state)) if codes else None
    alone = rest[len(plain) :].startswith(",") and postal is not None and postal.state == state
    return codes if codes and (alone or ending_in_town(plain, postal)[1]) else ()


def _contradicts(postal: Postal | None, city: str, stated: str) -> bool:
    """Whether a ZIP belongs to neither the town nor the state."""
    return bool(postal and stated and stated != postal.state and same_name(city) not in spellings(postal))


def _refused(given: str, code: str) -> str:
    return given if not code and given.strip(" 0-") else ""


def _split_town(rest: str, whole: str, postal: Postal | None) -> tuple[str, str]:
    """Splits street and town. `rest` is the address without its state, `whole` with it ("New York" is both)."""
    for text in (rest, whole):
        start, town = ending_in_town(text, postal)
        if town:
            head, _, last = text[:start].rpartition(",")
            if _TOWN_PREFIX.fullmatch(last.strip()):
                return head, title_case(text[len(head) :].strip(" ,"))[:CITY_LENGTH]
            return text[:start], town
    head, comma, last = rest.rpartition(",")
    last = last.strip()
    for town in postal.towns if postal else ():  # stray text after the town, such as a county
        after = last[len(town) :]
        if comma and last.casefold().startswith(town.casefold()) and after.startswith(" "):
            return head, town
    if comma:
        return head, known_town(last, postal) or title_case(last)[:CITY_LENGTH]
    return _split_without_comma(last, postal)


def _split_without_comma(text: str, postal: Postal | None) -> tuple[str, str]:
    words = text.split()
    for count in (1, 2, 3):  # a misspelled town directly after the street
        head, tail = " ".join(words[:-count]), " ".join(words[-count:])
        if ENDS_IN_STREET.search(head):
            return head, known_town(tail, postal) or title_case(tail)[:CITY_LENGTH]
    return ("", title_case(text)[:CITY_LENGTH]) if not any(c.isdigit() for c in text) else (text, "")


def _pieces(street: str) -> tuple[str, ...]:
    return tuple(piece.strip() for piece in street.split(",") if piece.strip(" .;-"))


def _without_repeats(pieces: tuple[str, ...], city: str, postal: Postal | None) -> tuple[str, ...]:
    """The street pieces without "town, ST ZIP" and ", USA" repeated at their end; the first piece always stays."""
    left = list(pieces)
    cut = False  # After a state or ZIP was removed, a town may end the piece without a comma before it.
    while left:
        plain, codes = take_codes(left[-1])
        bare, state = take_state(plain) if plain else ("", "")
        start, town = ending_in_town(bare, postal, others=(city,))
        if len(left) > 1 and (not bare or (town and not start)):
            left.pop()
            cut = cut or bool(state or codes)
        elif town and start and (cut or state or codes):
            left[-1] = bare[:start].rstrip(" ,")
            break
        else:
            break
    return tuple(left)
