"""Made-up snapshots for tests of what is published: places of every kind, at one fixed time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from aggregator.clean.phone import phone
from aggregator.config.region import Region, Source
from aggregator.config.service_file import service_named
from aggregator.model import (
    AvailabilityNow,
    Available,
    Change,
    HostTally,
    Location,
    LocationType,
    Outcome,
    Place,
    Position,
    Problem,
    Slot,
    Snapshot,
    SourceState,
    SourceView,
)
from aggregator.published_file import File
from aggregator.site import offers as offers_page

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2021, 5, 13, 22, 19, tzinfo=ZONE).astimezone(UTC)
TOWNS = ("Alder", "Birchfield", "Cedar Mills", "Dunmere", "Elmsworth", "Fernleigh")
LONG_RESTRICTION = (
    "Only people who live or work in Alder, Birchfield or Cedar Mills may book here.\n"
    "Bring a letter or a bill that shows your address; without one you will be asked to come back another day. "
    "A parent or guardian has to be there with everyone under 18."
)
HOSTILE = "<script>alert(1)</script> \"quoted\" 'single' <img src=x onerror=alert(2)> {{ 7*7 }} \u202egnp"
HOSTILE_URL = "javascript:alert(document.cookie)//http://example.org"


def contents(files: Iterable[File]) -> dict[str, bytes]:
    """The content of every file, by path."""
    return {file.path: file.make() for file in files}


@contextmanager
def room_for(offers: int) -> Iterator[None]:
    """Limits the home page to `offers` places with appointments while the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(offers_page, "ON_HOME", offers)
        yield


def region(**fields: Any) -> Region:
    made: dict[str, Any] = {
        "name": "alder-county",
        "title": "Alder County appointments",
        "states": ("MA",),
        "time_zone": "America/New_York",
        "contact": "people@example.org",
        "service": service_named("vaccination"),
        "sources": (Source(name="county", provider="example", url="https://book.example.org/"),),
    }
    return Region(**(made | fields))


def local(day: int, hour: int = 0, minute: int = 0, month: int = 5) -> datetime:
    """A local time in the region, in 2021."""
    return datetime(2021, month, day, hour, minute, tzinfo=ZONE)


def window(day: int, count: int | None = 12, **fields: Any) -> Slot:
    """Clinic hours from 9 to 5."""
    made: dict[str, Any] = {
        "products": ("Pfizer",),
        "window": True,
        "booking_url": f"https://book.example.org/sign-up?day={day}",
    }
    return Slot(start=local(day, 9), end=local(day, 17), count=count, **(made | fields))


def times(day: int, how_many: int, **fields: Any) -> tuple[Slot, ...]:
    """Single times from 9:00 on, 15 minutes apart."""
    return tuple(
        Slot(start=local(day, 9) + number * timedelta(minutes=15), count=1, **fields) for number in range(how_many)
    )


def current(available: Available = Available.NO, **fields: Any) -> AvailabilityNow:
    made: dict[str, Any] = {
        "source": "county",
        "source_title": "County clinics",
        "outcome": Outcome.OK,
        "available": available,
        "checked_at": NOW - timedelta(minutes=1),
        "changed_at": NOW - timedelta(hours=2),
    }
    return AvailabilityNow(**(made | fields))


def offer(*slots: Slot, **fields: Any) -> AvailabilityNow:
    """The availability YES with `slots`."""
    counts = [slot.count for slot in slots]
    stated = [count for count in counts if count is not None]
    total = sum(stated) if slots and len(stated) == len(counts) else None
    return current(Available.YES, **({"slots": slots, "available_count": total} | fields))


def place(number: int, answer: AvailabilityNow | None = None, **fields: Any) -> Place:
    """Place `number`; `fields` change its location, with phones as a source writes them."""
    made: dict[str, Any] = {
        "key": str(number),
        "name": f"Town hall {number}",
        "location_type": LocationType.CLINIC,
        "time_zone": "America/New_York",
        "address_lines": (f"{number} Example Street",),
        "city": TOWNS[number % len(TOWNS)],
        "state": "MA",
        "postal_code": f"019{number % 100:02}",
        "position": Position(latitude=42.1 + number / 1000, longitude=-71.2, approximate=number % 2 == 0),
        "booking_url": f"https://book.example.org/places/{number}",
    }
    made |= fields | {name: phone(fields[name], "US") for name in ("info_phone", "booking_phone") if name in fields}
    view = SourceView(provider="example", location=Location(**made), current=answer or current())
    return Place(
        id=f"p{number * 7919 % 99991:05}",
        provider=view.provider,
        location=view.location,
        current=view.current,
        source_views=(view,),
        history=(Change(at=NOW - timedelta(hours=2), available=Available.NO),),
    )


def source(name: str = "county", outcome: Outcome | None = Outcome.OK, **fields: Any) -> SourceState:
    made: dict[str, Any] = {
        "title": "County clinics",
        "provider": "example",
        "url": f"https://{name}.example.org/",
        "attempted_at": NOW - timedelta(minutes=1),
        "last_good_at": NOW - timedelta(minutes=1) if outcome and outcome.is_good else None,
        "next_visit_at": NOW + timedelta(minutes=1),
    }
    return SourceState(name=name, outcome=outcome, **(made | fields))


def snapshot(*places: Place, **fields: Any) -> Snapshot:
    made: dict[str, Any] = {"places": places, "sources": (source(),)}
    return Snapshot(generated_at=NOW, **(made | fields))


def offers() -> tuple[Place, ...]:
    """One place for each form in which sources state appointments."""
    second = window(15, 40, doses=("2",), products=("Moderna",))
    span = Slot(start=local(21, month=10), end=local(26, month=10), all_day=True, products=("Janssen",))
    history = (
        Change(at=NOW - timedelta(minutes=3), available=Available.YES, count=1631),
        Change(at=NOW - timedelta(hours=9), available=Available.NO),
    )
    many = place(
        0, offer(window(14, 631), *(window(day, 125) for day in range(15, 23)), valid_at=NOW), name="Fair Grounds"
    )
    many = msgspec.structs.replace(many, history=history)
    return (
        many,
        place(1, offer(*times(14, 30)), name="Library", booking_phone="413-555-0100"),
        place(2, offer(window(14, None)), name="High School", restrictions="Town residents only."),
        place(3, offer(second), name="Fire House", restrictions=LONG_RESTRICTION),
        place(4, offer(span), name="Corner Pharmacy", location_type=LocationType.PHARMACY),
        place(5, offer(window(16, 8, booking_url="")), name="Grange", booking_url="", booking_phone="413-555-0142"),
        place(
            6, offer(), name="Walk-in Hall", description="Use the side door.", info_url="https://www.example.net/hall"
        ),
        place(7, offer(window(14), stale=True, checked_at=NOW - timedelta(minutes=25)), name="Bus Depot"),
        place(8, offer(window(14), window(15, restrictions="Teachers only.")), name="School Gym"),
        place(9, offer(window(14), outcome=Outcome.BUSY), name="Mall"),
    )


def unknowns() -> tuple[Place, ...]:
    """One place for each reason to be UNKNOWN."""
    old = NOW - timedelta(hours=3)
    unsure = window(14, None, available=Available.UNKNOWN)
    return (
        place(20, current(Available.UNKNOWN, outcome=Outcome.BUSY, expired=True, stale=True, checked_at=old)),
        place(21, current(Available.UNKNOWN, outcome=Outcome.DOWN, expired=True, checked_at=old, slots=(window(14),))),
        place(22, current(Available.UNKNOWN, outcome=Outcome.OK, expired=True, checked_at=old)),
        place(23, current(Available.UNKNOWN, outcome=None, checked_at=None)),
        place(24, current(Available.UNKNOWN, slots=(unsure,)), name="Chapel"),
    )


def hostile() -> Place:
    """A place whose texts all try to run code."""
    slot = window(14, products=(HOSTILE,), booking_url=HOSTILE_URL, restrictions=HOSTILE)
    return place(
        30,
        offer(slot, source_title=HOSTILE),
        name=HOSTILE,
        address_lines=(HOSTILE,),
        city=HOSTILE,
        description=HOSTILE + "\ud800",
        restrictions=HOSTILE * 5,
        booking_url=HOSTILE_URL,
        info_url=HOSTILE_URL,
        booking_phone='"><script>',
    )


def full(closed: int = 25, **fields: Any) -> Snapshot:
    """A snapshot with everything: 40 places, failing sources, hosts, and one place that is gone."""
    lost = msgspec.structs.replace(place(90, name="Old Armory"), gone_at=NOW - timedelta(days=2))
    closed_place = place(
        40, current(stale=True, checked_at=NOW - timedelta(minutes=12)), restrictions="People over 65 only."
    )
    problems = (Problem(field="start", value="13/32/2021", reason="is not a date"),)
    sources = (
        source(locations=40, with_appointments=10, problems=problems),
        source("queue", Outcome.BUSY, title="State hospital", message="a waiting room answered"),
        source("kept", Outcome.CHANGED, title="Pharmacy chain", last_good_at=NOW - timedelta(hours=1)),
        source("new", None, title="Bay clinics", attempted_at=None, next_visit_at=None),
    )
    hosts = (HostTally(host="book.example.org", day="2021-05-13", requests=1440, not_modified=900, received=2_345_678),)
    listed = (*offers(), *unknowns(), closed_place, *(place(number) for number in range(41, 40 + closed)))
    made: dict[str, Any] = {"gone": (lost,), "sources": sources, "hosts": hosts}
    return snapshot(*listed, **(made | fields))


def crowd(number: int) -> Snapshot:
    """`number` places of every kind, product, dose, age, time, and distance; many state only some of these."""
    return snapshot(*(_one_of_many(each) for each in range(number)))


def _one_of_many(number: int) -> Place:
    chance = Random(number)
    pick = chance.choice
    start = local(14) + timedelta(days=pick(range(19)))
    hour, all_day = pick((9, 13, 18)), pick((True, False, False, False))
    slot = Slot(
        start=start if all_day else start + timedelta(hours=hour),
        end=start + (timedelta(days=1) if all_day else timedelta(hours=hour, minutes=90)),
        all_day=all_day,
        window=not all_day,
        count=pick((None, 3, 14)),
        products=pick((("Pfizer",), ("Moderna",), ("Janssen",), ("Pfizer", "Moderna"), ())),
        doses=pick((("1",), ("2",), ("1", "2"), (), ("booster",), ("3",))),
    )
    answer = pick((Available.YES, Available.YES, Available.NO, Available.UNKNOWN))
    booked = pick(({}, {}, {"booking_url": "", "booking_phone": "413-555-0100"}))
    spot = Position(latitude=42.0 + chance.random() * 0.7, longitude=-71.1 - chance.random())
    return place(
        number,
        offer(*pick(((slot,), (slot,), (slot,), ()))) if answer is Available.YES else current(answer),
        name=f"Hall {number:04}",
        location_type=pick(tuple(LocationType)),
        description=pick(
            ("", "Walk-ins welcome.", "Wheelchair access. Interpreters on site.", "Interpreters on site.")
        ),
        restrictions=pick(("", "Ages 12+ only.", "Ages 65+ only.", "Ages 5-11 only.", "Town residents only.")),
        position=pick((spot, spot, spot, None)),
        **booked,
    )
