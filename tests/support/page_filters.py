"""The page's filters, applied to the places of a snapshot, as the expected values for browser tests."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from math import inf

from aggregator.clean.age_ranges import ages
from aggregator.model import Available, LocationType, Place, Slot
from tests.support.browsing import Visit
from tests.support.snapshots import ZONE, crowd

PLACES = crowd(120).places
OFFERS = [one for one in PLACES if one.current.available is Available.YES]
OTHERS = [one for one in PLACES if one.current.available is not Available.YES]
DAYS = [date(2021, 5, 13) + timedelta(days=offset) for offset in range(14)]
PARTS = {"m": (0, 12), "a": (12, 17), "e": (17, 24)}
KINDS = {
    "p": LocationType.PHARMACY,
    "c": LocationType.CLINIC,
    "m": LocationType.MASS_VAX,
    "v": LocationType.MOBILE_CLINIC,
}
AGES = {"0-60": (0, 60), "60-144": (60, 144), "144-216": (144, 216), "216-780": (216, 780), "780-": (780, 9999)}
FLAGS: dict[str, Callable[[Place], bool]] = {
    "walkin": lambda one: "Walk-in" in one.location.description,
    "wheelchair": lambda one: "Wheelchair" in one.location.description,
    "spoken": lambda one: "Interpreters" in one.location.description,
    "phone": lambda one: not one.location.booking_url,
}


def on(slot: Slot, day: str) -> bool:
    return not day or slot.start.astimezone(ZONE).date().isoformat() == day


def during(slot: Slot, part: str) -> bool:
    if not part or slot.all_day or slot.end is None:
        return True
    begins, ends = PARTS[part]
    start, end = slot.start.astimezone(ZONE), slot.end.astimezone(ZONE)
    return start.hour < ends and end.hour + end.minute / 60 > begins


def fits(one: Place, **wanted: str) -> bool:
    """Whether a place matches the filters; what it does not state counts as a match."""
    slots, location = one.current.slots, one.location
    products = {product for slot in slots for product in slot.products}
    doses = {dose for slot in slots for dose in slot.doses}
    stated = ages(location.restrictions)
    youngest, below = AGES.get(wanted.get("age", ""), (0, 9999))
    return (
        (not wanted.get("kind") or location.location_type is KINDS[wanted["kind"]])
        and (not wanted.get("product") or not products or wanted["product"] in products)
        and (not wanted.get("dose") or not doses or wanted["dose"] in doses)
        and (not stated or ((stated.youngest or 0) < below and (stated.below or 9999) > youngest))
        and (not slots or any(on(s, wanted.get("day", "")) and during(s, wanted.get("part", "")) for s in slots))
        and all(has_flag(one) for name, has_flag in FLAGS.items() if wanted.get(name))
    )


def names(places: Iterable[Place]) -> list[str]:
    return [one.location.name for one in places]


def soonest(places: Iterable[Place]) -> list[str]:
    def first(one: Place) -> tuple[float, str]:
        return min((slot.start.timestamp() for slot in one.current.slots), default=inf), one.location.name

    return names(sorted(places, key=first))


def first_day(one: Place) -> float:
    """Days from today to the first slot; all days after the day strip count as the same."""
    days = [(slot.start.astimezone(ZONE).date() - DAYS[0]).days for slot in one.current.slots]
    return min(len(DAYS), *days) if days else inf


def ask(visit: Visit, **wanted: str) -> None:
    """Clears the form, then fills it in as a visitor does."""
    page = visit.page
    page.evaluate("document.querySelector('#filters details').open = true")
    if visit.shown("#clear"):
        page.locator("#clear").click()
    page.locator("[name=all]").set_checked(bool(wanted.pop("all", "")))
    for name, value in wanted.items():
        control = page.locator(f"#filters select[name={name}]")
        if control.count():
            control.select_option(value)
        elif name == "day":
            page.locator(f"#strip label:has([value='{value}'])").click()
        else:
            page.locator(f"[name={name}]").check()
