"""Made-up input of any size: PrepMod pages, reports, snapshots. The same numbers give the same bytes.

Venues and streets are invented; ZIPs and towns are those of Massachusetts, as the normalizer looks them up.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from html import escape
from zoneinfo import ZoneInfo

from aggregator.clean.postal import Postal, lookup
from aggregator.config.region import Region, Source
from aggregator.config.service_file import service_named
from aggregator.demo.prepmod_site import PAGE, REGISTRATION, ROW, SEARCH, VENUE
from aggregator.model import (
    Availability,
    Available,
    Location,
    LocationType,
    Outcome,
    Position,
    Reading,
    Report,
    Slot,
    Snapshot,
)
from aggregator.snapshot import take
from aggregator.store.store import Store

NOW = datetime(2021, 5, 13, 14, 0, tzinfo=UTC)
DAY = date(2021, 5, 20)
ZONE = ZoneInfo("America/New_York")
PRODUCTS = ("Moderna", "Pfizer", "Janssen")
NOTE = "Town residents only. Bring a letter or a bill that shows your address; an adult has to come with minors."
SLOTS = 4  # days with appointments at one location


def prepmod_page(first: int, clinics: int, next_page: str = "") -> bytes:
    """A result page of clinics `first`, `first` + 1, …: two days at each venue, a note at every third clinic."""
    following = f'<span class="page next"><a href="{escape(next_page)}" rel="next">Next</a></span>'
    last = '<span class="page next disabled">Next</span>'
    page = PAGE.format(
        search=SEARCH,
        venue=escape(VENUE),
        wanted="",
        rows="\n".join(_row(number) for number in range(first, first + clinics)),
        pager=f'<nav class="pagy-nav pagination">{following if next_page else last}</nav>',
    )
    return page.encode()


def _row(number: int) -> str:
    postal = _postal(number // 2)
    return ROW.format(
        title=f"Example Hall {number // 2} on {DAY + timedelta(days=number % 2):%m/%d/%Y}",
        address=f"{number // 2} Example Street, {postal.towns[0]} {postal.state}, {postal.code}",
        product=PRODUCTS[number % 3],
        ages="Adults, Seniors",
        note=f"<p><strong>Additional Information:</strong> {NOTE}</p>\n" if number % 3 == 0 else "",
        hours="09:00 am - 05:00 pm",
        left=number % 97,
        sign_up=f'<p class="my-3"><a class="button-primary" href="{REGISTRATION}?clinic_id={number}">Sign up</a></p>\n',
        id=number,
    )


def report(counts: Sequence[int], at: datetime = NOW) -> Report:
    """A complete visit to "county" at `at`: one location for each of `counts`, available on each of its days."""
    readings = tuple(_reading(number, count, at) for number, count in enumerate(counts))
    return Report(
        source="county",
        outcome=Outcome.OK,
        started_at=at,
        took=1.0,
        readings=readings,
        whole=True,
        rows=len(readings),
        requests=1,
    )


def _reading(number: int, count: int, at: datetime) -> Reading:
    postal = _postal(number)
    location = Location(
        key=f"id:{number}",
        name=f"Example Hall {number}",
        location_type=LocationType.CLINIC,
        time_zone=postal.time_zone,
        address_lines=(f"{number} Example Street",),
        city=postal.towns[0],
        state=postal.state,
        postal_code=postal.code,
        county=postal.county,
        position=Position(latitude=postal.latitude, longitude=postal.longitude, approximate=True),
        booking_phone="+14135550100",
        booking_url=f"https://book.example.org/places/{number}",
        restrictions=NOTE if number % 3 == 0 else "",
        external_ids=(("county-place", str(number)),),
    )
    slots = tuple(_slot(number, day, count) for day in range(SLOTS))
    available = Available.YES if count else Available.NO
    return Reading(location=location, availability=Availability(available=available, checked_at=at, slots=slots))


def _slot(number: int, day: int, count: int) -> Slot:
    start = datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=ZONE) + timedelta(days=day)
    return Slot(
        start=start,
        end=start + timedelta(hours=8),
        available=Available.YES if count else Available.NO,
        count=count,
        products=(PRODUCTS[number % 3],),
        booking_url=f"https://book.example.org/places/{number}?day={day}",
        window=True,
    )


def region(*sources: Source, state: str = "MA") -> Region:
    """A region that may request only loopback addresses."""
    return Region(
        name="example-county",
        title="Example County appointments",
        states=(state,),
        time_zone=ZONE.key,
        contact="people@example.org",
        service=service_named("vaccination"),
        sources=sources,
        loopback=True,
    )


def county(state: str = "MA") -> Region:
    """A region whose only source is that of `report`."""
    source = Source(name="county", provider="prepmod", url="http://127.0.0.1/", title="County clinics")
    return region(source, state=state)


def snapshot(places: int, offering: int) -> Snapshot:
    """The store's snapshot a minute after a visit that listed `places`; the first `offering` have appointments."""
    counts = [12 if number < offering else 0 for number in range(places)]
    with Store(":memory:") as store:
        store.save(report(counts), next_visit_at=NOW + timedelta(minutes=2), failures=0, doubted=0)
        return take(store, county(), NOW + timedelta(minutes=1))


@cache
def _postals() -> tuple[Postal, ...]:
    found = (lookup(f"{code:05}") for code in range(1001, 2792))
    return tuple(postal for postal in found if postal)


def _postal(number: int) -> Postal:
    return _postals()[number % len(_postals())]
