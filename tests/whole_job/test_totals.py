"""A first time with a total, a count over days, and a place on Guam: from the row of a source to what people see."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from aggregator.clean.listing import Context, normalize
from aggregator.exports.ics import calendar_file
from aggregator.exports.univaf import location_data
from aggregator.model import Available, Listing, LocationType, Place, SlotListing
from aggregator.site.cards import place_view
from aggregator.snapshot import take
from aggregator.store.store import Store
from aggregator.wording.context import render_context
from tests.support.records import HOUR, region, report, save
from tests.support.stores import empty_store

NOW = datetime(2021, 8, 23, 16, tzinfo=UTC)
REGION = region("expires_after = 864000\nstale_after = 863000\n")
CONTEXT = Context(
    source="county",
    base_url="",
    time_zone="America/New_York",
    state="NJ",
    location_type=LocationType.CLINIC,
)
FIRST = SlotListing(start="08/24/2021 10:20 AM", count="1222", first_of_many=True)
SERIES = SlotListing(start="2021-08-24", end="2021-08-26", days_only=True, count=518)


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        yield opened


def known(db: Store, slot: SlotListing, later: timedelta = timedelta(0), **fields: Any) -> Place:
    """The place of a listing with one slot, after it was cleaned, stored, and read back."""
    reading, problems = normalize(Listing(name="Agency", id="7", slots=(slot,), **fields), CONTEXT, NOW)
    assert problems == ()
    save(db, report(reading, at=NOW))
    (found,) = take(db, REGION, NOW + later).places
    return found


def lines(place: Place, db: Store) -> list[str]:
    page = place_view(place, render_context(take(db, REGION, NOW), REGION, "en"))
    return [page.card.headline, *(f"{day.when}: {day.what}" for day in page.card.days)]


def summaries(place: Place, db: Store) -> list[str]:
    spoken = render_context(take(db, REGION, NOW), REGION, "en")
    return [str(event.get("SUMMARY")) for event in Calendar.from_ical(calendar_file(place, "", spoken)).events]


def test_a_total_with_the_first_time_is_never_a_count_of_that_time(db: Store) -> None:
    place = known(db, FIRST)
    said = location_data(place).availability
    total = "1,222 appointments, the first on Aug 24, 10:20\u00a0AM"

    assert lines(place, db) == ["1,222 appointments", f"From Tue, Aug 24: {total}"]
    assert summaries(place, db) == [f"Agency: {total}"]
    assert said.available_count == 1222
    assert [(slot.start.isoformat(), slot.count, slot.count_from_start) for slot in said.slots] == [
        ("2021-08-24T10:20:00-04:00", None, 1222)
    ]


def test_once_the_first_time_is_past_the_others_are_unknown_and_not_gone(db: Store) -> None:
    current = known(db, FIRST, later=24 * HOUR).current
    assert (current.available, current.available_count) == (Available.UNKNOWN, None)
    alone = SlotListing(start="08/24/2021 10:20 AM", count=1, first_of_many=True)
    assert known(db, alone, later=24 * HOUR).current.available is Available.NO


def test_a_count_over_several_days_is_of_none_of_them_and_lasts_until_the_last(db: Store) -> None:
    place = known(db, SERIES)
    days = "Some day from Aug 24 to Aug 26; the exact day is not stated"

    assert lines(place, db) == ["518 appointments", f"{days}: 518 appointments"]
    assert location_data(place).availability.available_count == 518
    assert known(db, SERIES, later=60 * HOUR).current.available is Available.YES
    assert known(db, SERIES, later=90 * HOUR).current.available is Available.NO


def test_a_place_on_guam_has_the_hours_of_guam_everywhere(db: Store) -> None:
    place = known(db, FIRST, time_zone="Pacific/Guam", state="GU", postal_code="96910")
    (slot,) = location_data(place).availability.slots

    assert lines(place, db)[1] == "From Tue, Aug 24: 1,222 appointments, the first on Aug 24, 10:20\u00a0AM"
    assert slot.start.isoformat() == "2021-08-24T10:20:00+10:00"
    assert location_data(place).time_zone == "Pacific/Guam"
    assert summaries(place, db) == ["Agency: 1,222 appointments, the first on Aug 24, 10:20\u00a0AM"]
    (day,) = [day.when for day in place_view(place, render_context(take(db, REGION, NOW), REGION, "en")).all_days]
    assert day == "From Tue, Aug 24"
