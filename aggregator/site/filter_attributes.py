"""By what a list can be filtered: what the script reads off a card. Pure; nothing here is escaped.

Only what a source says counts. A place that says nothing of its days, products, doses or ages keeps them empty, and no
filter hides it for that; a flag is asked for by people who need it, who are shown the places that say so.
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

DAYS = 14  # of the strip; what is later stands under this number
KINDS = {
    LocationType.PHARMACY: "p",
    LocationType.CLINIC: "c",
    LocationType.MASS_VAX: "m",
    LocationType.MOBILE_CLINIC: "v",
}
PARTS = (("m", 0, 12), ("a", 12, 17), ("e", 17, 24))  # morning, afternoon, evening: from and to which hour
_FLAGS = {
    "w": re.compile(r"(?<!no )(?<!not )\bwalk[- ]?(?:in|up)s?\b(?! not| are not)", re.IGNORECASE),
    "a": re.compile(r"\bwheelchair|\bhandicap(?:ped)?[- ]accessible|\bADA[- ]accessible", re.IGNORECASE),
    "s": re.compile(r"\bspanish\b|\bespañol\b|\binterpreters?\b|\binterpretation\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Traits:
    """By what a place can be found.

    `days`: "0m 3ae 5 14m" is in the morning of today, in the afternoon and evening in three days, at some time in five,
    and in a morning after the `DAYS` days that people can choose from.
    `products` by name and `doses` ("1", "2", "booster"), parted by "|"; `ages` in months, "60-144" or "216-";
    `flags`: w walk-in, p by phone, a wheelchair, s other languages.
    """

    kind: str
    days: str
    products: str
    doses: str
    ages: str
    flags: str


def traits(place: Place, spells: Sequence[Spell], today: date) -> Traits:
    """Those of a place with these slots to offer."""
    location, current, slots = place.location, place.current, [spell.slot for spell in spells]
    products = dict.fromkeys((*(name for slot in slots for name in slot.products), *current.products))
    doses = {dose for slot in slots for dose in slot.doses} | set(current.doses)
    texts = {location.name, location.description, location.restrictions, *(slot.restrictions for slot in slots)}
    flagged = "".join(map(_flags, texts))
    flags = "".join(flag for flag in _FLAGS if flag in flagged)
    by_phone = "p" if location.booking_phone and not location.booking_url else ""
    return Traits(
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
        said = _parts(spell)
        for offset in range(begins, ends + 1):
            parts[offset].add(said)
    for offset, said_of_day in sorted(parts.items()):
        letters = set().union(*said_of_day)
        known = "" if "" in said_of_day else "".join(letter for letter, _, _ in PARTS if letter in letters)
        yield f"{offset}{known}"


def _span(spell: Spell) -> tuple[date, date]:
    first = spell.start.date()
    if not spell.slot.all_day:
        return first, first
    return first, max(first, ((spell.end or spell.start) - timedelta(microseconds=1)).date())


def _parts(spell: Spell) -> str:
    """In which parts of a day; "" where only the day is known."""
    if spell.slot.all_day:
        return ""
    start = spell.start
    end = spell.end if spell.slot.window and spell.end else start
    last = 24 if end.date() > start.date() else end.hour + (end.minute > 0)
    return _parts_between(start.hour, max(last, start.hour + 1))


@lru_cache
def _parts_between(first: int, last: int) -> str:
    return "".join(letter for letter, begins, ends in PARTS if first < ends and last > begins)


@lru_cache(maxsize=4096)  # what a source says of its places is mostly the same
def _flags(text: str) -> str:
    return "".join(flag for flag, pattern in _FLAGS.items() if pattern.search(text))


def _ages(products: Iterable[str], restrictions: str) -> str:
    """Those of the restrictions, else the widest span of the products'; "" where not everything is stated."""
    limits = ages(restrictions)
    found = [limits] if limits else [ages(product) for product in products]
    stated = [said for said in found if said]
    if not stated or len(stated) < len(found):
        return ""
    ends = [said.below for said in stated]
    return f"{min(said.youngest or 0 for said in stated)}-{'' if None in ends else max(filter(None, ends))}"
