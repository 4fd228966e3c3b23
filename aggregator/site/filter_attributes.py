"""Attributes used by the page's filters, which the script reads from a card. Not escaped.

They only hold what a source states. Days, products, doses or ages that are not stated stay empty, and no filter hides a
place for that. Flags are stricter: people who need one see only the places that state it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from aggregator.clean import ages
from aggregator.model import LocationType, Place
from aggregator.wording import Spell

DAYS = 14  # that a reader can choose from; later days are stored under this number
KINDS = {
    LocationType.PHARMACY: "p",
    LocationType.CLINIC: "c",
    LocationType.MASS_VAX: "m",
    LocationType.MOBILE_CLINIC: "v",
}
PARTS = (
    ("m", 0, 12),
    ("a", 12, 17),
    ("e", 17, 24),
)  # morning, afternoon, evening: first hour, and the hour after the last
_FLAGS = {
    "w": re.compile(r"(?<!no )(?<!not )\bwalk[- ]?(?:in|up)s?\b(?! not| are not)", re.IGNORECASE),
    "a": re.compile(r"\bwheelchair|\bhandicap(?:ped)?[- ]accessible|\bADA[- ]accessible", re.IGNORECASE),
    "s": re.compile(r"\bspanish\b|\bespañol\b|\binterpreters?\b|\binterpretation\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class FilterAttributes:
    """The data-* attributes of a card, in the compact form that `places.js` parses.

    `days`: "0m 3ae 5 14m" means this morning, the afternoon and evening in three days, some time in five days, and a
    morning after the `DAYS` days that a reader can choose from.
    `products` (names) and `doses` ("1", "2", "booster"), separated by "|"; `ages` in months, "60-144" or "216-";
    `flags`: w walk-in, p by phone, a wheelchair, s other languages.
    """

    kind: str
    days: str
    products: str
    doses: str
    ages: str
    flags: str


def filter_attributes(place: Place, spells: Sequence[Spell], today: date) -> FilterAttributes:
    """The attributes of a place that offers these slots, on the given day in its time zone."""
    location, current, slots = place.location, place.current, [spell.slot for spell in spells]
    products = dict.fromkeys((*(name for slot in slots for name in slot.products), *current.products))
    doses = {dose for slot in slots for dose in slot.doses} | set(current.doses)
    texts = {location.name, location.description, location.restrictions, *(slot.restrictions for slot in slots)}
    flagged = "".join(map(_flags, texts))
    flags = "".join(flag for flag in _FLAGS if flag in flagged)
    by_phone = "p" if location.booking_phone and not location.booking_url else ""
    return FilterAttributes(
        kind=KINDS[location.location_type],
        days=" ".join(_days(spells, today)),
        products="|".join(products),
        doses="|".join(sorted(doses)),
        ages=_ages(products, location.restrictions),
        flags=flags + by_phone,
    )


def _days(spells: Iterable[Spell], today: date) -> Iterable[str]:
    parts: dict[int, set[str]] = defaultdict(set)
    for spell in spells:
        first, last = _span(spell)
        begins, ends = min(DAYS, max(0, (first - today).days)), min(DAYS, max(0, (last - today).days))
        part_letters = _parts(spell)
        for offset in range(begins, ends + 1):
            parts[offset].add(part_letters)
    for offset, letters_of_day in sorted(parts.items()):
        letters = set().union(*letters_of_day)
        stated = "" if "" in letters_of_day else "".join(letter for letter, _, _ in PARTS if letter in letters)
        yield f"{offset}{stated}"


def _span(spell: Spell) -> tuple[date, date]:
    first = spell.start.date()
    if spell.slot.first_of_many:  # the others may be on any later day, so no day hides the place
        return first, first + timedelta(days=DAYS)
    if not spell.slot.all_day:
        return first, first
    return first, max(first, ((spell.end or spell.start) - timedelta(microseconds=1)).date())


def _parts(spell: Spell) -> str:
    """Letters of the parts of a day that the slot touches; "" if only the day is known."""
    if spell.slot.all_day or spell.slot.first_of_many:
        return ""
    start = spell.start
    end = spell.end if spell.slot.window and spell.end else start
    last = 24 if end.date() > start.date() else end.hour + (end.minute > 0)
    return _parts_between(start.hour, max(last, start.hour + 1))


@lru_cache
def _parts_between(first: int, last: int) -> str:
    return "".join(letter for letter, begins, ends in PARTS if first < ends and last > begins)


@lru_cache(maxsize=4096)  # a source mostly repeats the same texts for all of its places
def _flags(text: str) -> str:
    return "".join(flag for flag, pattern in _FLAGS.items() if pattern.search(text))


def _ages(products: Iterable[str], restrictions: str) -> str:
    """The ages in the restrictions, else the widest span of the products; "" if a product states none."""
    limits = ages(restrictions)
    found = [limits] if limits else [ages(product) for product in products]
    stated = [limit for limit in found if limit]
    if not stated or len(stated) < len(found):
        return ""
    ends = [limit.below for limit in stated]
    return f"{min(limit.youngest or 0 for limit in stated)}-{'' if None in ends else max(filter(None, ends))}"
