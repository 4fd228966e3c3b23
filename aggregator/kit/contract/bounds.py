"""Checks that every value of a report is within the limits of the model, the database, and the page."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from aggregator.clean import (
    CITY_LENGTH,
    CLOCK_SKEW,
    COUNTY_LENGTH,
    DESCRIPTION_LENGTH,
    ID_LENGTH,
    LINE_LENGTH,
    MAX_COUNT,
    MAX_IDS,
    MAX_LINES,
    MAX_PRODUCTS,
    MAX_SLOTS,
    MERGED_RESTRICTIONS_LENGTH,
    NAME_LENGTH,
    YEARS,
)
from aggregator.clean import LENGTH as PRODUCT_LENGTH
from aggregator.clean import MAX_LENGTH as LINK_LENGTH
from aggregator.model import Availability, Location, Report, Slot
from aggregator.visit import MAX_PROBLEMS, MESSAGE_LENGTH, REASON_LENGTH

KEY_LENGTH = 2 + NAME_LENGTH + MAX_LINES * LINE_LENGTH + 20  # a name, an address and a postal code at the most
CODE_LENGTH = 20  # of a state, a postal code, a phone number, a dose


def bound_faults(report: Report) -> Iterator[str]:
    """The values that are out of bounds, with place and field."""
    if len(report.message) > MESSAGE_LENGTH or len(report.problems) > MAX_PROBLEMS:
        yield f"a message of {len(report.message)} characters, {len(report.problems)} problems"
    for problem in report.problems:
        if len(problem.reason) > REASON_LENGTH or not problem.reason or not problem.field:
            yield f"problem {problem}"
    keys = [reading.location.key for reading in report.readings]
    if len(keys) != len(set(keys)):
        yield "two locations have one key"
    for reading in report.readings:
        faults = list(_location_faults(reading.location))
        faults += _availability_faults(reading.availability) if reading.availability else ()
        yield from (f"{reading.location.name}: {fault}" for fault in faults)


def _location_faults(place: Location) -> Iterator[str]:
    lines = {
        "key": (place.key, KEY_LENGTH),
        "name": (place.name, NAME_LENGTH),
        "city": (place.city, CITY_LENGTH),
        "county": (place.county, COUNTY_LENGTH),
        "state": (place.state, CODE_LENGTH),
        "postal_code": (place.postal_code, CODE_LENGTH),
        "info_phone": (place.info_phone, CODE_LENGTH),
        "booking_phone": (place.booking_phone, CODE_LENGTH),
        **{f"address line {n}": (line, LINE_LENGTH) for n, line in enumerate(place.address_lines)},
        **{f"external id {n}": (":".join(pair), 2 * ID_LENGTH + 1) for n, pair in enumerate(place.external_ids)},
    }
    yield from (f"{what} {text!r}" for what, (text, limit) in lines.items() if not _is_line(text, limit))
    if not place.name or not place.key:
        yield "has no name or no key"
    if len(place.address_lines) > MAX_LINES or len(place.external_ids) > MAX_IDS:
        yield f"{len(place.address_lines)} address lines, {len(place.external_ids)} external ids"
    if len(place.description) > DESCRIPTION_LENGTH or len(place.restrictions) > MERGED_RESTRICTIONS_LENGTH:
        yield f"a description of {len(place.description)} characters, restrictions of {len(place.restrictions)}"
    yield from (f"link {url!r}" for url in (place.info_url, place.booking_url) if not _is_link(url))
    if place.position and not (-60 <= place.position.latitude <= 90 and -180 <= place.position.longitude <= 180):
        yield f"position {place.position}"
    if place.time_zone not in _zones():
        yield f"time zone {place.time_zone!r}"


def _availability_faults(said: Availability) -> Iterator[str]:
    if len(said.slots) > MAX_SLOTS:
        yield f"{len(said.slots)} slots"
    if not _is_aware(said.checked_at) or (said.valid_at and said.valid_at > said.checked_at + CLOCK_SKEW):
        yield f"checked at {said.checked_at}, valid at {said.valid_at}"
    if not _is_count(said.count):
        yield f"{said.count} appointments"
    yield from _offer_faults(said.products, said.doses)
    for slot in said.slots:
        yield from _slot_faults(slot)


def _slot_faults(slot: Slot) -> Iterator[str]:
    if not all(_is_aware(time) for time in (slot.start, slot.end) if time) or (slot.end and slot.end < slot.start):
        yield f"a slot from {slot.start} to {slot.end}"
    if slot.start.year not in YEARS:
        yield f"a slot of the year {slot.start.year}"
    if not _is_count(slot.count):
        yield f"{slot.count} appointments in a slot"
    if len(slot.restrictions) > MERGED_RESTRICTIONS_LENGTH or not _is_link(slot.booking_url):
        yield f"a slot with link {slot.booking_url!r} and restrictions of {len(slot.restrictions)} characters"
    yield from _offer_faults(slot.products, slot.doses)


def _offer_faults(products: tuple[str, ...], doses: tuple[str, ...]) -> Iterator[str]:
    if len(products) > MAX_PRODUCTS or not all(text and _is_line(text, PRODUCT_LENGTH) for text in products):
        yield f"products {products}"
    if len(doses) > MAX_PRODUCTS or not all(text and _is_line(text, CODE_LENGTH) for text in doses):
        yield f"doses {doses}"


@cache
def _zones() -> set[str]:
    return available_timezones()


def _is_line(text: str, limit: int) -> bool:
    """Whether a text is short, on one line, and without superfluous white space."""
    return isinstance(text, str) and len(text) <= limit and text == " ".join(text.split())


def _is_link(url: str) -> bool:
    parts = urlsplit(url)
    return not url or (len(url) <= LINK_LENGTH and parts.scheme in {"http", "https"} and bool(parts.hostname))


def _is_aware(time: datetime) -> bool:
    return time.utcoffset() is not None


def _is_count(count: int | None) -> bool:
    return count is None or (type(count) is int and 0 <= count <= MAX_COUNT)
