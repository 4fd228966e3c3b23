"""By what a list can be filtered: what the script reads off a card. Pure; nothing here is escaped.

Only what a source says counts. A place that says nothing of its days, products, doses or ages keeps them empty, and no
filter hides it for that; a flag is asked for by people who need it, who are shown the places that say so.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aggregator.model import LocationType, Place, Slot
from aggregator.normalize.ages import ages
from aggregator.publish.calendar import Calendar

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


def traits(place: Place, slots: Sequence[Slot], time: Calendar) -> Traits:
    """Those of a place with these slots to offer."""
    location, current = place.location, place.current
    products = dict.fromkeys((*(name for slot in slots for name in slot.products), *current.products))
    doses = {dose for slot in slots for dose in slot.doses} | set(current.doses)
    text = "\n".join(
        (location.name, location.description, location.restrictions, *(slot.restrictions for slot in slots))
    )
    flags = "".join(flag for flag, pattern in _FLAGS.items() if pattern.search(text))
    by_phone = "p" if location.booking_phone and not location.booking_url else ""
    return Traits(
        kind=KINDS[location.location_type],
        days=" ".join(_days(slots, time)),
        products="|".join(products),
        doses="|".join(sorted(doses)),
        ages=_ages(products, location.restrictions),
        flags=flags + by_phone,
    )


def _days(slots: Iterable[Slot], time: Calendar) -> Iterable[str]:
    parts: dict[int, set[str]] = defaultdict(set)
    for slot in slots:
        begins, ends = (min(DAYS, max(0, (day - time.today).days)) for day in _span(slot, time))
        for offset in range(begins, ends + 1):
            parts[offset].add(_parts(slot, time))
    for offset, said in sorted(parts.items()):
        known = "".join(letter for letter, _, _ in PARTS if any(letter in one for one in said))
        yield f"{offset}{'' if '' in said else known}"


def _span(slot: Slot, time: Calendar) -> tuple[date, date]:
    first = time.local(slot.start).date()
    end = time.local(slot.end or slot.start)
    return first, max(first, (end - timedelta(microseconds=1)).date()) if slot.all_day else first


def _parts(slot: Slot, time: Calendar) -> str:
    """In which parts of a day; "" where only the day is known."""
    if slot.all_day:
        return ""
    start = time.local(slot.start)
    end = time.local(slot.end) if slot.window and slot.end else start
    last = 24 if end.date() > start.date() else end.hour + (end.minute > 0)
    return "".join(letter for letter, begins, ends in PARTS if start.hour < ends and max(last, start.hour + 1) > begins)


def _ages(products: Iterable[str], restrictions: str) -> str:
    """Those of the restrictions, else the widest span of the products'; "" where not everything is stated."""
    limits = ages(restrictions)
    found = [limits] if limits else [ages(product) for product in products]
    stated = [said for said in found if said]
    if not stated or len(stated) < len(found):
        return ""
    ends = [said.below for said in stated]
    return f"{min(said.youngest or 0 for said in stated)}-{'' if None in ends else max(filter(None, ends))}"
