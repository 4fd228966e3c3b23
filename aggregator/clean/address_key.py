"""Comparable addresses: two spellings of one address have equal or similar keys.

Abbreviations follow USPS Publication 28, appendices C1 and C2, as far as sources use them.
"""

import re
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from aggregator.clean.state import STATE_NAMES
from aggregator.clean.text import folded
from aggregator.model import Location

SAME_SPELLING = 0.85  # similarity from which two street names count as one ("Larch Hll", "Larch Hill")
SHORTEST_MISSPELT = 5  # letters; shorter names differ on purpose ("Oak", "Oat")

_KINDS = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr", "lane": "ln",
    "court": "ct", "place": "pl", "square": "sq", "parkway": "pkwy", "pky": "pkwy", "highway": "hwy", "terrace": "ter",
    "circle": "cir", "trail": "trl", "turnpike": "tpke", "trnpk": "tpke", "tpk": "tpke", "expressway": "expy",
    "plaza": "plz", "way": "way", "pike": "pike", "loop": "loop", "row": "row", "alley": "aly", "mall": "mall",
    "extension": "ext", "route": "hwy", "rte": "hwy", "rt": "hwy", "sr": "hwy", "str": "st",
}  # fmt: skip
_KIND = frozenset(_KINDS.values())
_DIRECTIONS = {
    "north": "n", "south": "s", "east": "e", "west": "w",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
}  # fmt: skip
_DIRECTION = frozenset(_DIRECTIONS.values())
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
}  # fmt: skip
_SHORT_FORMS = {**_KINDS, **_DIRECTIONS, **_NUMBERS, "saint": "st", "mount": "mt", "fort": "ft", "avenida": "ave"}
_OF_THE_ROAD = frozenset({"us", "state", "county"})  # Neighbors call "US Highway 9" and "State Route 9" "Route 9".

# "Washington 20" and "WA-20" are the state's route 20. Codes need a hyphen: "Oak Ct 5" is flat 5 of a court.
_STATE_ROUTE = re.compile(rf"\b(?:(?:{'|'.join(sorted(STATE_NAMES, key=len, reverse=True))})\s|[a-z]{{2}}-)(?=\d+\b)")
_UNIT = re.compile(
    r"(?:\b(?P<kind>suite|ste|unit|apt|space|spc|room|rm|bldg|building)\b\.?\s*+(?:#\s*+)?|(?P<hash>(?<=[\w,. ])#)\s*+)"
    r"(?P<name>[a-z]?-?\d+[a-z]?|[a-z]\b)"
)
_UNIT_KINDS = {"room": "room", "rm": "room", "bldg": "building", "building": "building"}
_UNIT_HERE = "\0"  # stands for a unit that was removed from a line; clean text never contains it
# In "12 #2 Oak St", the text after a unit that follows the house number is the street.
_UNIT_BEFORE_STREET = re.compile(rf"^(\d+(?:\s?[a-z])?)(?:\s*{_UNIT_HERE})+\s*(?=\w)")
_PART_END = re.compile(rf"[,{_UNIT_HERE}]")
_ASIDE = re.compile(r"\([^)]*\)?")
_DOTTED = re.compile(r"\b([ns])\.\s?([ew])\.")
# "7B Larch Road" and "7 B Larch Road" are unit b of number 7; "7 A Street" and "7 N Larch Road" have no unit.
_HOUSE = re.compile(
    r"(?P<number>\d+)(?:(?P<glued>[a-z])\b|\s(?P<letter>[a-df-mo-rt-vx-z])\b(?=\s+\w+\s+\w))?"
    r"(?:\s*[-–]\s*\d+[a-z]?\b)?\s+(?P<street>\S.*)"
)


class Street(NamedTuple):
    """A street without its house number, such as "n", ("larch", "hill"), "pkwy"."""

    direction: str
    words: tuple[str, ...]
    kind: str


class AddressKey(NamedTuple):
    """A comparable address; unknown parts are empty. `units`: (kind, name), such as ("unit", "300").

    `road`: the street, if no line has a house number.
    """

    state: str
    town: str
    postal_code: str
    house: str
    street: Street | None
    units: frozenset[tuple[str, str]]
    road: Street | None = None


def address_key_of(location: Location) -> AddressKey:
    """The key of a location: its first line with a house number (preferably in digits) and the units of all lines."""
    house, street, units, road = _read(location.address_lines)
    return AddressKey(location.state, folded(location.city), location.postal_code, house, street, units, road)


def is_same_street(one: Street, other: Street) -> bool:
    """Whether two spellings are the same street; a kind or direction that only one states is ignored."""
    if _contradict(one.kind, other.kind) or _contradict(one.direction, other.direction):
        return False
    if one.words == other.words:
        return True
    first, second = " ".join(one.words), " ".join(other.words)
    if re.findall(r"\d+", first) != re.findall(r"\d+", second) or min(len(first), len(second)) < SHORTEST_MISSPELT:
        return False
    return SequenceMatcher(None, first, second).ratio() >= SAME_SPELLING


def is_same_address(one: AddressKey, other: AddressKey) -> bool:
    """Whether two addresses have the same house number and street, in the same postal code or town."""
    if one.street is None or other.street is None or one.house != other.house:
        return False
    return is_same_town(one, other) and is_same_street(one.street, other.street)


def is_same_road(one: AddressKey, other: AddressKey) -> bool:
    """Whether two addresses without a house number have the same street and town, which is weaker than one address."""
    if one.road is None or other.road is None or one.road.words != other.road.words:
        return False
    return is_same_town(one, other) and is_same_street(one.road, other.road)


def is_same_town(one: AddressKey, other: AddressKey) -> bool:
    """Whether two addresses have the same postal code or the same town."""
    here = one.postal_code == other.postal_code if one.postal_code and other.postal_code else False
    return here or bool(one.town and one.town == other.town)


def has_other_address(one: AddressKey, other: AddressKey) -> bool:
    """Whether both addresses have a street and house number, and they differ."""
    if one.street is None or other.street is None:
        return False
    return one.house != other.house or not is_same_street(one.street, other.street)


def differing_units(one: AddressKey, other: AddressKey) -> tuple[str, str] | None:
    """The names of the units, if both addresses have a unit of one kind and none of these agree."""
    for kind in ("building", "unit", "room"):
        here, there = ({name for of, name in spot.units if of == kind} for spot in (one, other))
        if here and there and not here & there:
            return min(here), min(there)
    return None


@lru_cache(maxsize=131072)  # a long-running process compares the same lines again and again
def _read(lines: tuple[str, ...]) -> tuple[str, Street | None, frozenset[tuple[str, str]], Street | None]:
    units: set[tuple[str, str]] = set()
    house, street, road, in_digits = "", None, None, False
    for line in lines:
        text = _DOTTED.sub(r"\1\2 ", _ASIDE.sub(" ", line.casefold()))
        units |= {_unit(found) for found in _UNIT.finditer(text)}
        if in_digits:
            continue
        found = _HOUSE.match(_numbered(_UNIT.sub(f" {_UNIT_HERE} ", text)))
        digits = text.lstrip(" #,")[:1].isdecimal()
        # In "One Quince Plaza, 300 Larch St", the number in words is that of a building.
        if found and (digits or not street) and (read := _street(found["street"])):
            house, street, in_digits = found["number"], read, digits
            units |= {("unit", letter) for letter in (found["glued"], found["letter"]) if letter}
        elif not (found or road) and (read := _street(text)) and read.kind:
            road = read
    return house, street, frozenset(units), None if street else road


def _unit(found: re.Match[str]) -> tuple[str, str]:
    return _UNIT_KINDS.get(found["kind"] or "", "unit"), found["name"].replace("-", "").lstrip("0")


def _numbered(text: str) -> str:
    """The line with its first word in digits ("Five Elm Road") and without units between it and the street."""
    first, _, rest = text.lstrip(f" #,{_UNIT_HERE}").partition(" ")
    number = _NUMBERS.get(first, first)
    return _UNIT_BEFORE_STREET.sub(r"\1 ", f"{number if number.isdecimal() else first} {rest}")


def _street(text: str) -> Street | None:
    """The street after a house number; None if there is no word before a comma or a unit ("300 #100")."""
    spelled = _STATE_ROUTE.sub("hwy ", _PART_END.split(text, maxsplit=1)[0].replace("'", ""))
    words = [_SHORT_FORMS.get(word, word) for word in re.split(r"[\W_]+", spelled) if word]
    if not words:
        return None
    direction, kind = "", ""
    of_a_number = len(words) > 2 and words[2].isdecimal()  # "East Route 130", but not "North Street"
    if len(words) > 1 and words[0] in _DIRECTION and (words[1] not in _KIND or of_a_number):
        direction = words.pop(0)
    words = [word for word in (_road(*pair) for pair in pairwise([*words, ""])) if word]
    end = next((at for at in range(1, len(words)) if words[at] in _KIND), None)
    if end is not None:
        while end + 1 < len(words) and words[end + 1] in _KIND:
            end += 1
        kind, after = words[end], words[end + 1 : end + 2]
        direction = direction or (after[0] if after and after[0] in _DIRECTION else "")
        words = words[:end]
    elif len(words) > 1 and words[-1] in _DIRECTION:
        last = words.pop()
        direction = direction or last
    return Street(direction, tuple(words), kind)


def _road(word: str, following: str) -> str:
    """ "us" as "hwy" in "US 69", and as nothing in "US Highway 69"."""
    if word not in _OF_THE_ROAD or not (following.isdecimal() or following == "hwy"):
        return word
    return "hwy" if following.isdecimal() else ""


def _contradict(one: str, other: str) -> bool:
    return bool(one and other and one != other)
