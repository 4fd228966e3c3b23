"""SMART Scheduling Links as specified, from the files of a visit to the report about its places."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aggregator.model import Available, LocationType, Outcome, Position
from providers.smart_scheduling_links import SmartSchedulingLinks
from tests.support.pages import SITE, TableClient, availability_of, only_reading, source, visit
from tests.support.smart_feeds import (
    LOCATIONS,
    MANIFEST,
    PLAIN,
    SCHEDULES,
    SLOTS,
    Record,
    availability,
    by_hl7,
    capacity,
    extension,
    feed,
    link,
    location,
    manifest,
    ndjson,
    output,
    product,
    read,
    read_feed,
    schedule,
    slot,
    the_slot,
)

EASTERN = ZoneInfo("America/New_York")
SECOND = f"{SITE}/smart/second.ndjson"
DAY = {"start": "2021-05-20T09:00:00-04:00", "end": "2021-05-20T19:45:00-04:00"}


def test_all_fields_that_a_publisher_states_are_filled_in() -> None:
    place = location(
        telecom=[{"system": "phone", "value": "(617) 555-0107"}, {"system": "url", "value": "https://gull.example/"}],
        address={
            "line": ["1 Kite St", "Suite 2"], "city": "BOSTON", "state": "MA", "postalCode": "02120-1234",
            "district": "SUFFOLK",
        },
        position={"latitude": 42.33, "longitude": -71.09},
        identifier=[{"system": "https://cdc.gov/vaccines/programs/vtrcks", "value": "GH1"}],
        description="Behind the school",
    )  # fmt: skip
    plan = schedule("7", product("Moderna", "207"), extension("vaccine-dose", 1), extension("vaccine-dose", 2))
    report = read(
        slot("7", capacity(4), link("https://gull.example/book?slot=1"), extension("booking-phone", "617-555-0108")),
        place=place,
        plan=plan,
    )

    reading = only_reading(report)
    found, (one,) = reading.location, availability_of(reading).slots
    assert (report.outcome, report.whole, report.problems) == (Outcome.OK, True, ())
    assert (found.name, found.address_lines, found.city) == ("Gull Hall", ("1 Kite St", "Suite 2"), "Boston")
    assert (found.state, found.postal_code, found.county) == ("MA", "02120", "Suffolk")
    assert found.position == Position(latitude=42.33, longitude=-71.09)
    assert (found.info_phone, found.booking_phone) == ("+16175550107", "+16175550108")
    assert (found.info_url, found.booking_url) == ("https://gull.example/", "https://gull.example/book?slot=1")
    assert (found.description, found.location_type) == ("Behind the school", LocationType.CLINIC)
    assert found.external_ids == (("example-clinics.example.org-location", "7"), ("vtrcks", "GH1"))
    assert (one.start, one.end) == (
        datetime(2021, 5, 20, 9, tzinfo=EASTERN),
        datetime(2021, 5, 20, 9, 15, tzinfo=EASTERN),
    )
    assert (one.count, one.products, one.doses) == (4, ("Moderna",), ("1", "2"))
    assert one.booking_url == "https://gull.example/book?slot=1"
    assert availability_of(reading).valid_at == datetime(2021, 5, 13, 13, 55, tzinfo=UTC)


@pytest.mark.parametrize(
    ("slots", "available", "counts"),
    [
        ([slot()], Available.YES, [None]),
        ([slot("7", capacity(3))], Available.YES, [3]),
        ([slot("7", capacity("3"))], Available.YES, [3]),
        ([slot("7", capacity(0))], Available.NO, [0]),
        ([slot("7", capacity(3), status="busy")], Available.NO, [0]),
        ([slot(status="busy-tentative")], Available.NO, [0]),
        ([slot(status=None)], Available.UNKNOWN, [None]),
        ([slot(status="perhaps")], Available.UNKNOWN, [None]),
        ([slot("7", capacity("some"))], Available.UNKNOWN, [None]),
        ([slot("7", capacity(2.5))], Available.UNKNOWN, [None]),
        ([slot("7", capacity(True))], Available.UNKNOWN, [None]),
        ([slot("7", capacity([3]))], Available.UNKNOWN, [None]),
        ([slot(status="busy"), slot(id="7-2")], Available.YES, [0, None]),
        ([slot(status="busy"), slot()], Available.YES, [0, None]),
        ([slot(status="busy"), slot("7", capacity("?"), id="7-2")], Available.UNKNOWN, [0, None]),
    ],
    ids=[
        "free without capacity", "free", "capacity as text", "free with capacity 0", "busy", "busy in another way",
        "no status", "a status that is none", "capacity a word", "capacity a fraction", "capacity a boolean",
        "capacity a list", "one of two free", "one of two of one id free", "one of two unknown",
    ],
)  # fmt: skip
def test_a_slot_is_available_if_free_and_its_capacity_is_not_zero(
    slots: list[Record], available: Available, counts: list[int | None]
) -> None:
    found = availability(*slots)
    assert (found.available, [one.count for one in found.slots]) == (available, counts)


@pytest.mark.parametrize(
    ("stated", "publisher", "expected"),
    [
        ("some", "", Available.YES),
        ("none", "", Available.NO),
        ("unknown", "", Available.UNKNOWN),
        (True, "", Available.YES),
        (None, "", Available.NO),
        (None, "prepmod", Available.NO),
        (None, "walgreens", Available.NO),
        (None, "rite_aid", Available.NO),
        (None, "kroger", Available.NO),
        (None, "cvs", Available.UNKNOWN),
        ("some", "cvs", Available.YES),
    ],
)
def test_a_location_without_slots_follows_its_schedule_or_else_its_publisher(
    stated: Any, publisher: str, expected: Available
) -> None:
    plan = schedule("7", extension("has-availability", stated)) if stated is not None else schedule()
    report = read_feed(feed([location(), location("8")], [plan, schedule("8")], [slot("8")]), publisher)
    assert availability_of(report.readings[0]).available is expected


def test_slots_override_has_availability() -> None:
    plan = schedule("7", extension("has-availability", "some"))
    assert availability(slot(status="busy"), plan=plan).available is Available.NO


@pytest.mark.parametrize(
    ("products", "expected"),
    [
        ([product("whatever", "208")], ("Pfizer",)),
        ([product("Moderna COVID-19 Vaccine"), product("Janssen COVID-19 Vaccine")], ("Moderna", "Johnson & Johnson")),
        ([extension("vaccine-product", None), extension("vaccine-product", "Pfizer")], ()),
        ([], ()),
    ],
    ids=["by code", "repeated and by name where the code is null", "of another type", "none stated"],
)
def test_products_come_from_the_schedule(products: list[Record], expected: tuple[str, ...]) -> None:
    assert the_slot(slot(), plan=schedule("7", *products)).products == expected


@pytest.mark.parametrize(("doses", "expected"), [([1, 2], ("1", "2")), ([2], ("2",)), ([9], ()), ([], ())])
def test_repeated_doses_are_read_and_a_ninth_dose_is_ignored(doses: list[int], expected: tuple[str, ...]) -> None:
    plan = schedule("7", *(extension("vaccine-dose", dose, "Integer") for dose in doses))
    assert the_slot(slot(), plan=plan).doses == expected


def test_a_slots_own_products_override_its_schedules() -> None:
    plan = schedule("7", product("Moderna", "207"), *(extension("vaccine-dose", dose, "Integer") for dose in (1, 2)))
    found = the_slot(slot("7", product("Pfizer", "208"), extension("vaccine-dose", 2, "Integer")), plan=plan)
    assert (found.products, found.doses) == (("Pfizer",), ("2",))


def test_hl7s_form_of_a_feed_is_read_like_the_2021_form() -> None:
    cvx = {"system": "http://hl7.org/fhir/sid/cvx", "code": "207", "display": "Moderna"}
    plan = schedule(serviceType=[{"coding": [*schedule()["serviceType"][0]["coding"], cvx]}])
    phone = {"system": "phone", "value": "617-555-0108"}
    given = slot(
        "7",
        by_hl7("booking-deep-link", "https://gull.example/1", "Url"),
        by_hl7("booking-phone", phone, "ContactPoint"),
        capacity(3),
    )
    reading = only_reading(read(given, plan=plan))
    (one,) = availability_of(reading).slots
    assert (one.products, one.booking_url, one.count) == (("Moderna",), "https://gull.example/1", 3)
    assert reading.location.booking_phone == "+16175550108"


def test_a_place_with_only_another_service_is_listed_as_unknown() -> None:
    other = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/service-type", "code": "124"}]}]
    replies = feed([location(), location("8")], [schedule(), schedule("8", serviceType=other)], [slot(), slot("8")])
    assert [r.availability is None for r in read_feed(replies).readings] == [False, True]
    assert [r.availability is None for r in read_feed(replies, service_type="124").readings] == [True, False]


def test_a_feed_for_another_service_than_immunization_is_read() -> None:
    plan = schedule(serviceType=[{"text": "Driving test"}])
    assert availability(slot(), plan=plan).available is Available.YES


def test_a_location_without_a_schedule_is_unknown() -> None:
    report = read_feed(feed([location(), location("8")], [schedule()], [slot()]))
    assert [r.availability is None for r in report.readings] == [False, True]
    assert report.whole


@pytest.mark.parametrize(
    ("first", "second", "available"),
    [
        ("busy", "some", Available.YES),
        ("busy", "unknown", Available.UNKNOWN),
        ("busy", "none", Available.NO),
        ("busy", None, Available.NO),
        (None, "none", Available.NO),
        (None, "unknown", Available.UNKNOWN),
    ],
)
def test_each_schedule_of_a_place_states_its_own_availability(
    first: str | None, second: str | None, available: Available
) -> None:
    plans = [
        schedule("a", place="7"),
        schedule("b", *([extension("has-availability", second)] if second else []), place="7"),
        schedule("8"),
    ]
    slots = [slot("8"), *([slot("a", status=first)] if first else [])]
    report = read_feed(feed([location(), location("8")], plans, slots))
    found = availability_of(report.readings[0])
    assert (found.available, found.by_absence) == (available, (first, second) == (None, "none"))


def test_a_national_file_is_cut_to_the_regions_states_and_still_complete() -> None:
    places = [location(), location("8", state="NY"), location("9", state="VT")]
    report = read_feed(feed(places, [schedule(), schedule("8"), schedule("9")], [slot(), slot("8"), slot("9")]))
    assert only_reading(report).location.key == "id:7"
    assert (report.outcome, report.whole, report.rows) == (Outcome.OK, True, 1)


def test_a_feed_without_a_location_in_the_region_is_empty() -> None:
    report = read_feed(feed([location(state="NY")], [schedule()], [slot()]))
    assert (report.outcome, report.whole, report.trusted_empty) == (Outcome.EMPTY, True, False)


def test_files_of_other_states_are_not_fetched_and_slot_files_are_fetched_last() -> None:
    listed = [output("Slot", "second.ndjson", state=["MA"]), output("Slot", "NY.ndjson"), *PLAIN]
    client = TableClient(
        {**feed([location()], [schedule()], [slot()]), MANIFEST: manifest(*listed), SECOND: ndjson(slot())}
    )
    report = visit(SmartSchedulingLinks(), source(MANIFEST), client)
    assert client.requested == [MANIFEST, LOCATIONS, SCHEDULES, SECOND, SLOTS]
    assert report.outcome is Outcome.OK


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2021-05-20T00:30:00Z", "2021-05-20T00:45:00Z", "2021-05-19T20:30:00-04:00", "2021-05-19T20:45:00-04:00"),
        ("2021-05-20T09:00:00-04", "2021-05-20T09:15:00-04", "2021-05-20T09:00:00-04:00", "2021-05-20T09:15:00-04:00"),
        ("2021-03-14T06:30:00Z", "2021-03-14T07:30:00Z", "2021-03-14T01:30:00-05:00", "2021-03-14T03:30:00-04:00"),
        ("2021-11-07T05:30:00Z", "2021-11-07T06:30:00Z", "2021-11-07T01:30:00-04:00", "2021-11-07T01:30:00-05:00"),
    ],
    ids=["the day before, here", "an offset of hours only", "clocks go forward", "clocks go back"],
)
def test_times_are_instants_shown_in_the_places_time_zone(start: str, end: str, first: str, last: str) -> None:
    found = the_slot(slot(start=start, end=end))
    assert found.end is not None
    assert (found.start.isoformat(), found.end.isoformat()) == (first, last)


def test_a_slot_of_a_working_day_is_a_window() -> None:
    found = the_slot(slot(**DAY))
    assert (found.window, found.all_day) == (True, False)


@pytest.mark.parametrize(
    ("publisher", "start", "end", "day", "days"),
    [
        ("cvs", "2021-05-19T09:00:00.000Z", "2021-05-19T19:00:00.000Z", "2021-05-19", 1),
        ("rite_aid", "2023-03-25T09:00:00-05:00", "2023-03-25T18:00:00-05:00", "2023-03-25", 1),
        ("kroger", "2021-10-22T09:00:00-08:00", "2021-10-22T19:45:00-08:00", "2021-10-22", 1),
        ("kroger", "2021-10-22T01:00:00-08:00", "2021-10-22T21:00:00-08:00", "2021-10-22", 1),
        ("walgreens", "2021-10-21T00:00:00.000Z", "2021-10-26T00:00:00.000Z", "2021-10-21", 5),
        ("walgreens", "2021-10-21T00:00:00.000Z", "2021-10-21T12:00:00.000Z", "2021-10-21", 1),
    ],
    ids=["hours are a label", "offset of winter", "a free day", "a busy day", "a span of days", "one date"],
)
def test_pharmacies_days_are_their_dates_as_written(publisher: str, start: str, end: str, day: str, days: int) -> None:
    found = the_slot(slot(start=start, end=end), publisher=publisher)
    first = datetime.fromisoformat(day).replace(tzinfo=EASTERN)
    assert (found.all_day, found.start, found.end) == (True, first, first + timedelta(days=days))


def test_prepmods_wall_clock_times_are_right_and_their_offset_is_ignored() -> None:
    seen = slot(start="2021-05-20T09:00:00.000-05:00", end="2021-05-20T09:06:00.000-05:00")
    assert the_slot(seen, publisher="prepmod").start.isoformat() == "2021-05-20T09:00:00-04:00"


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2021-05-13T01:31:57.1234567Z", datetime(2021, 5, 13, 1, 31, 57, tzinfo=UTC)),
        ("", datetime(2021, 5, 13, 13, 55, tzinfo=UTC)),
        ("2022-01-01T00:00:00Z", None),
    ],
    ids=["of the file", "of the feed", "in the future"],
)
def test_the_time_of_a_slot_file_overrides_the_feeds(as_of: str, expected: datetime | None) -> None:
    listed = [*PLAIN[:2], output("Slot", "slots.ndjson", state=["MA"], currentAsOf=as_of)]
    replies = {**feed([location()], [schedule()], [slot()]), MANIFEST: manifest(*listed)}
    found = availability_of(only_reading(read_feed(replies))).valid_at
    assert (found.replace(microsecond=0) if found else None) == expected


def test_a_stale_feed_is_dated_by_its_own_time() -> None:
    replies = feed([location()], [schedule()], [slot()]) | {MANIFEST: manifest(as_of="2021-04-20T00:00:00+00:00")}
    assert availability_of(only_reading(read_feed(replies, "kroger"))).valid_at == datetime(2021, 4, 20, tzinfo=UTC)
