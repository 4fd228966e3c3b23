"""The time zone that a record states: it beats the source's, and where it is unknown no local time is guessed."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from aggregator.clean.listing import Context, normalize
from aggregator.model import Available, Listing, LocationType, Problem, Reading, SlotListing

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
CONTEXT = Context(
    source="example",
    base_url="",
    time_zone="America/New_York",
    state="",
    location_type=LocationType.CLINIC,
)
HALL = Listing(name="Tern Hall", city="Dededo", state="GU", postal_code="96929", id="7")
MORNING = SlotListing(start="2026-12-01T09:00", end="2026-12-01T09:15")


def read(listing: Listing) -> tuple[Reading, tuple[Problem, ...]]:
    return normalize(listing, CONTEXT, NOW)


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Pacific/Guam", "2026-12-01T09:00:00+10:00"),
        (" Asia/Qatar ", "2026-12-01T09:00:00+03:00"),
        ("Canada/Eastern", "2026-12-01T09:00:00-05:00"),  # an old name
        ("America/North_Dakota/New_Salem", "2026-12-01T09:00:00-06:00"),
        ("", "2026-12-01T09:00:00-05:00"),  # the source's
    ],
)
def test_a_local_time_is_in_the_zone_of_its_place(zone: str, start: str) -> None:
    hall = replace(HALL, postal_code="", state="", time_zone=zone, slots=(MORNING, SlotListing(start="12/01/2026")))
    reading, found = read(hall)
    assert reading.availability is not None
    whole_day, morning = reading.availability.slots
    assert (morning.start.isoformat(), found) == (start, ())
    assert (whole_day.all_day, whole_day.start.isoformat()[10:]) == (True, f"T00:00:00{start[-6:]}")
    assert reading.location.time_zone == (zone.strip() or "America/New_York")


def test_the_zone_of_a_record_beats_that_of_its_postal_code() -> None:
    assert read(replace(HALL, time_zone=""))[0].location.time_zone == "Pacific/Guam"
    assert read(replace(HALL, time_zone="Pacific/Saipan"))[0].location.time_zone == "Pacific/Saipan"


@pytest.mark.parametrize("zone", ["America/Saltmarsh", "EST5", "localtime", "../etc/passwd", "pacific/guam"])
def test_without_a_known_zone_local_times_are_not_read_and_one_problem_says_so(zone: str) -> None:
    exact = SlotListing(start="2026-12-02T09:00:00Z", end="2026-12-02T09:15:00+00:00")
    local_end = SlotListing(start="2026-12-03T09:00:00Z", end="10 am")
    reading, found = read(replace(HALL, time_zone=zone, slots=(MORNING, exact, local_end, MORNING)))
    assert reading.availability is not None
    assert [slot.start.isoformat()[:16] for slot in reading.availability.slots] == ["2026-12-02T19:00"]
    assert reading.availability.incomplete
    assert [(one.field, one.value) for one in found] == [("time_zone", repr(zone))]
    assert "is not an IANA time zone" in found[0].reason
    assert "map it to one in the adapter" in found[0].reason


def test_an_unread_local_time_is_never_a_no_and_an_unread_age_is_no_answer() -> None:
    closed = replace(MORNING, count=0)
    nowhere = replace(HALL, time_zone="America/Nowhere")
    reading, _ = read(replace(nowhere, slots=(closed,), no_if_empty=True))
    assert reading.availability is not None
    assert reading.availability.available is Available.UNKNOWN
    aged, _ = read(replace(nowhere, count=3, valid_at="2026-11-30 06:00"))
    assert aged.availability is None
    exact, _ = read(replace(nowhere, count=3, valid_at="2026-11-30T06:00:00-05:00"))
    assert exact.availability is not None
