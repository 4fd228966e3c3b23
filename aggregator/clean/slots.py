"""Turns listed slots into clean ones: their time, their count, whether they can be booked.

Rules: SMART Scheduling Links ("How availability is decided").
"""

from zoneinfo import ZoneInfo

from msgspec.structs import replace

from aggregator.clean.cache import memoized
from aggregator.clean.counts import Count, read_count
from aggregator.clean.dates import COMPLETE_DATES, Calendar
from aggregator.clean.doses import doses
from aggregator.clean.fields import with_text_fields
from aggregator.clean.links import link_problem, safe_url
from aggregator.clean.problem import problem
from aggregator.clean.product_names import products
from aggregator.clean.spans import read_span
from aggregator.clean.text import RESTRICTIONS_LENGTH, clean_lines
from aggregator.model import Available, Listing, Problem, Slot, SlotListing, Struct

MAX_PRODUCTS = 20
NOT_A_COUNT = "is not a number of appointments, so the availability is unknown"


def read_slot(
    slot: SlotListing, zone: ZoneInfo, base_url: str, calendar: Calendar = COMPLETE_DATES
) -> tuple[Slot, tuple[Problem, ...]]:
    """One slot in its location's time zone; RecordError if no date can be read.

    Dates and times are read as in `read_moment`; if only the date can be read, the slot is that day. A count that
    cannot be read leaves the slot UNKNOWN unless it is listed as not available. That, unreadable hours, unknown
    products, and unsafe links are returned as problems. Unknown products are kept as plain text.
    """
    lasting, problems = _read_lasting(
        replace(slot, count=None, available=None, first_of_many=False), zone, base_url, calendar
    )
    count = read_count(slot.count)
    if not count.readable:
        problems = (problem("count", slot.count, NOT_A_COUNT), *problems)
    available = _available(slot.available, count)
    alone = available is Available.NO or (count.number == 1 and not count.at_least)
    first_of_many = slot.first_of_many and not alone
    return replace(
        lasting, count=count.number, at_least=count.at_least, available=available, first_of_many=first_of_many
    ), problems


class Offer(Struct, frozen=True):
    """What a listing states about a location as a whole.

    `available` None: nothing stated. `at_least`: `count` or more.
    """

    available: Available | None
    count: int | None
    at_least: bool
    products: tuple[str, ...]
    doses: tuple[str, ...]


def read_offer(listing: Listing, problems: dict[Problem, None]) -> Offer:
    """Reads what a listing states besides its slots; adds problems to `problems`.

    A count decides as a slot's does: 0 is NO, more is YES, and an unreadable one leaves it UNKNOWN.
    """
    names, found = _products(listing.products)
    count = read_count(listing.count)
    available = listing.available
    if not count.readable:
        found = [
            *found,
            problem("count", listing.count, NOT_A_COUNT),
        ]
    if not count.readable or count.number is not None:
        available = _available(available, count)
    problems.update(dict.fromkeys(found))
    return Offer(
        available=available,
        count=count.number,
        at_least=count.at_least,
        products=names,
        doses=_doses(listing.doses),
    )


def _products(texts: tuple[str, ...]) -> tuple[tuple[str, ...], list[Problem]]:
    """The known products, the unknown ones as plain text, and a problem for each unknown one."""
    known, unknown = products(texts)
    return (known + unknown)[:MAX_PRODUCTS], [problem("product", text, "is not a known product") for text in unknown]


def _doses(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({dose for text in texts for dose in doses(text)}))


@memoized
def _read_lasting(
    slot: SlotListing, zone: ZoneInfo, base_url: str, calendar: Calendar
) -> tuple[Slot, tuple[Problem, ...]]:
    """Reads everything about a slot except how many are left, which changes from visit to visit."""
    slot, problems = with_text_fields(slot)
    names, unknown = _products(slot.products)
    problems += unknown
    span = read_span(slot, zone, calendar, problems)
    url = safe_url(slot.booking_url, base_url)
    problems += link_problem("booking_url", slot.booking_url, url)
    lasting = Slot(
        start=span.start,
        end=span.end,
        all_day=span.all_day,
        window=span.window,
        products=names,
        doses=_doses(slot.doses),
        booking_url=url,
        restrictions=clean_lines(slot.restrictions, RESTRICTIONS_LENGTH),
    )
    return lasting, tuple(problems)


def _available(stated: Available | None, count: Count) -> Available:
    if not count.readable:
        return Available.NO if stated is Available.NO else Available.UNKNOWN
    if count.number == 0 and stated is not Available.UNKNOWN:
        return Available.NO
    return stated or Available.YES
