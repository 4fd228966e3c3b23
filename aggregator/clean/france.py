"""Reads French addresses and postal codes.

Sources: the forms that French booking systems used in 2021 and 2022, and La Poste's rules for postal addresses (street,
then code and town, then CEDEX). A postal code is never looked up: it determines the department and, overseas, the time
zone, but no position.
"""

import re

from aggregator.clean import text
from aggregator.clean.address import CITY_LENGTH, LIMIT, Address
from aggregator.clean.street import bounded
from aggregator.clean.text import clean

OVERSEAS_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}

_SMALL = re.compile(r"(?<=[\s-])(?:de|du|des|la|le|les|et|en|sur|sous|aux?|lès)(?=[\s-])", re.IGNORECASE)
_ELIDED = re.compile(r"(?<![^\s-])([dl])['’](?=\w)(\w)", re.IGNORECASE)
_COUNTRY = re.compile(  # not "Fort de France"
    r"(?:(?:(?<!\s)\s++)?+,\s*+|(?<!\bde)(?<!\s)\s++)France[\s.]*+$|(?:(?<!\s)\s++)?+,\s*+FR$", re.IGNORECASE
)
_CEDEX = re.compile(r"(?<![\s,])[\s,]++cedex\b[\s\d]*+$", re.IGNORECASE)
_CODE = re.compile(r"(?:^|(?<=[\s,-]))(?:F-?)?(\d{2}) ?(\d{3})(?=[\s,]|$)")
_ENDS_IN_CODE = re.compile(r"(?<!\d)\d{2} ?\d{3}$")
_CODE_FIELD = re.compile(r"(?<!\d)(\d{2}) ?(\d{3})(?!\d)|^\s*(\d{4})\s*$")
_DEPARTMENT = re.compile(r"\d{2,3}|2[AB]")
# In "4, rue du Pont", the comma belongs to the number.
_NUMBER = re.compile(r"^(\d{1,4}(?:\s?(?:bis|ter|quater|[a-d]))?)\s*,\s*(?=\D)", re.IGNORECASE)
_SAINT = re.compile(r"(?<![^\s-])St(e?)\.?[\s-]+(?=\w)", re.IGNORECASE)
_NO_TOWN = frozenset({"[object object]", "null", "undefined"})


def read_address(line: str, default_state: str) -> Address:
    """Reads an address on one line ("12 rue X, 01000 Bourg-en-Bresse"); `state` is the department's number."""
    street, code, city = _split(clean(line.replace("\n", ", "), LIMIT))
    if not code and not city:
        head, comma, last = street.rpartition(",")
        street, city = (head, last) if comma and not re.search(r"\d", last) else (street, "")
    return _address((street,), city, code, default_state)


def read_parts(lines: tuple[str, ...], city: str, state: str, postal_code: str, default_state: str) -> Address:
    """Reads an address in parts, any of which may be empty or repeated in another ("82600 - AUCAMVILLE")."""
    rows = tuple(clean(line.replace("\n", ", "), LIMIT) for line in lines[:8])
    bare, of_city, given = _split(clean(city, LIMIT))
    given = given or bare
    last = rows[-1] if rows else ""
    before, of_line, town = _split(f"{last} {given}" if given and _ENDS_IN_CODE.search(last) else last)
    if of_line:
        rows = (*rows[:-1], before)
    code = read_code(clean(postal_code, LIMIT)) or of_city or of_line
    stated = clean(state, 60)
    town = town if not given or given.casefold() in _NO_TOWN else given
    return _address(rows, town, code, stated if _DEPARTMENT.fullmatch(stated) else default_state)


def department(code: str) -> str:
    """The department's number: two digits of the postal code, three overseas; "" without a code."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def lookup(code: str) -> None:
    """None: there is no table of French postal codes here."""


def box(number: str) -> None:
    """None: there is no table of departments here."""


def time_zone(code: str) -> str:
    """The IANA zone of an overseas code; "" if the source's own zone applies."""
    return OVERSEAS_ZONES.get(code[:3], "")


def title_case(value: str) -> str:
    """A name in all capitals or all lower case, as French capitalizes it; any other name unchanged."""
    cased = text.title_case(value)
    if cased == value:
        return value
    cased = _ELIDED.sub(lambda found: f"{found[1].lower() if found.start() else found[1]}'{found[2].upper()}", cased)
    return _SMALL.sub(lambda found: found[0].lower(), cased)


def _split(line: str) -> tuple[str, str, str]:
    """The text before the last postal code, the code, and the town after it; without a code, all text and "", ""."""
    line = _CEDEX.sub("", _COUNTRY.sub("", line))
    codes = list(_CODE.finditer(line))
    if not codes:
        return line, "", ""
    found = codes[-1]
    town = line[found.end() :].strip(" ,-")
    town, _, note = town.partition("(") if not town.startswith("(") else ("", "", town[1:])
    before = _without_department(line[: found.start()].rstrip(" ,-"), found[1] + found[2])
    if not town:  # "Bourg-en-Bresse 01000"
        before, _, town = before.rpartition(",")
    return ", ".join(filter(None, (before, note.rstrip(" )")))), found[1] + found[2], town


def _without_department(text: str, code: str) -> str:
    """`text` without the department's number at its end ("1 rue Haute, 06" before 06220)."""
    number = "20|2[AB]" if code.startswith("20") else department(code)
    return re.sub(rf"(?:^|(?<![\s,(–-])[\s,(–-]++)(?:{number})\)?$", "", text, flags=re.IGNORECASE).rstrip(" ,-")


def read_code(field: str) -> str:
    """The code in a postal code field, with the leading zero that numbers lose ("1000")."""
    found = _CODE_FIELD.search(field)
    return (found[3] or found[1] + found[2]).zfill(5) if found else ""


def _address(rows: tuple[str, ...], city: str, code: str, default_state: str) -> Address:
    pieces = (piece.strip(" ,;-") for row in rows for piece in _NUMBER.sub(r"\1 ", row).split(","))
    lines = dict.fromkeys(title_case(piece) for piece in pieces if piece)
    return Address(
        lines=bounded(list(lines)),
        city=_SAINT.sub(r"Saint\1-", title_case(city.strip(" ,-")))[:CITY_LENGTH],
        state=department(code) or default_state,
        postal_code=code,
    )
