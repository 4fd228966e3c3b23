"""A listing becomes a reading; readings of one location are merged."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from aggregator.clean.listing import Context, merge, normalize
from aggregator.config.service_file import service_named
from aggregator.errors import RecordError
from aggregator.model import Available, Listing, LocationType, Position, Problem, Reading, SlotListing

NOW = datetime(2021, 5, 3, 12, tzinfo=UTC)
CONTEXT = Context(
    source="example",
    base_url="https://clinics.example/search",
    time_zone="America/New_York",
    state="MA",
    location_type=LocationType.CLINIC,
    service=service_named("vaccination"),
)
HALL = Listing(name="Gull Hall", address="1 Kite St, Boston MA, 02120")
YES = SlotListing(start="05/20/2021", hours="10:00 am - 03:00 pm", count="23")
NO = SlotListing(start="05/21/2021", count=0)
OPEN = SlotListing(start="05/22/2021", available=Available.UNKNOWN)
BROKEN = SlotListing(start="soon")


def read(listing: Listing) -> Reading:
    return normalize(listing, CONTEXT, NOW)[0]


def problems(listing: Listing) -> list[str]:
    return [problem.field for problem in normalize(listing, CONTEXT, NOW)[1]]


def test_a_row_becomes_a_location_with_clean_values() -> None:
    location = read(
        replace(
            HALL,
            name=" GULL  HALL ",
            info_phone="(607) 555-0107",
            booking_url="/book?id=1",
            restrictions="Residents &amp; staff\r\nonly",
            external_ids=(("clinic", " 7 "), ("clinic", "7"), ("pin", "unknown pin for 7"), ("npi", "null")),
        )
    ).location
    assert location.key == "at:gull hall|1 kite st|02120"
    assert (location.name, location.address_lines) == ("Gull Hall", ("1 Kite St",))
    assert (location.city, location.state, location.postal_code) == ("Boston", "MA", "02120")
    assert (location.county, location.time_zone) == ("Suffolk", "America/New_York")
    assert (location.info_phone, location.booking_url) == ("+16075550107", "https://clinics.example/book?id=1")
    assert location.restrictions == "Residents & staff\nonly"
    assert location.external_ids == (("clinic", "7"),)
    assert location.location_type is LocationType.CLINIC


def test_a_row_without_a_name_is_refused() -> None:
    with pytest.raises(RecordError, match="name"):
        read(replace(HALL, name=" \u200b "))


def test_the_key_is_the_id_or_else_the_name_and_address_in_any_spelling() -> None:
    assert read(replace(HALL, id="ab 12")).location.key == "id:ab 12"
    assert (
        read(replace(HALL, name="Gull-Hall", address="1 KITE ST., BOSTON MA, 02120")).location.key
        == read(HALL).location.key
    )


def test_an_address_given_in_parts_is_read_by_part() -> None:
    location = read(Listing(name="Gull", address=("1 Kite St",), city="ANCHORAGE", state="AK", postal_code="99503"))
    assert location.location.city == "Anchorage"
    assert location.location.time_zone == "America/Anchorage"


def test_the_venue_name_is_not_read_as_a_street() -> None:
    assert read(Listing(name="Gull's Hall", address="GULL'S HALL, Malden MA, 02148")).location.address_lines == ()


def test_without_a_known_zip_the_sources_time_zone_applies() -> None:
    location = read(Listing(name="Gull Hall", address="1 Kite St, Anytown"))
    assert (location.location.time_zone, location.location.position) == ("America/New_York", None)


@pytest.mark.parametrize("given", [(42.33, -71.09), ("42.33", " -71.09 ")])
def test_a_position_may_be_numbers_or_text(given: tuple[float | str, float | str]) -> None:
    assert read(replace(HALL, position=given)).location.position == Position(latitude=42.33, longitude=-71.09)


@pytest.mark.parametrize(
    "given", [(0, 0), (-71.09, 42.33), (91, 10), (42, -181), ("north", "east"), ("nan", "1"), (47.6, -122.3)]
)
def test_an_impossible_position_is_reported_and_replaced_by_the_zip_center(
    given: tuple[float | str, float | str],
) -> None:
    reading, found = normalize(replace(HALL, position=given), CONTEXT, NOW)
    assert reading.location.position is not None
    assert reading.location.position.approximate
    assert [problem.field for problem in found] == ["position"]


def test_swapped_coordinates_are_detected_without_a_zip() -> None:
    assert problems(Listing(name="Gull Hall", position=(-71.09, 42.33))) == ["position"]


@pytest.mark.parametrize(
    ("slots", "stated", "expected"),
    [
        ((), None, None),
        ((), Available.YES, Available.YES),
        ((), Available.UNKNOWN, Available.UNKNOWN),
        ((YES, NO), None, Available.YES),
        ((NO, OPEN), None, Available.UNKNOWN),
        ((NO,), Available.YES, Available.NO),
        ((NO, BROKEN), None, Available.UNKNOWN),
        ((BROKEN,), None, Available.UNKNOWN),
        ((BROKEN,), Available.NO, Available.NO),
    ],
)
def test_availability_comes_from_the_slots_or_else_from_the_stated_value(
    slots: tuple[SlotListing, ...], stated: Available | None, expected: Available | None
) -> None:
    availability = read(replace(HALL, slots=slots, available=stated)).availability
    assert (availability.available if availability else None) is expected


def test_an_unreadable_slot_is_dropped_alone() -> None:
    reading, found = normalize(replace(HALL, slots=(BROKEN, NO, YES)), CONTEXT, NOW)
    assert reading.availability is not None
    assert [slot.start.day for slot in reading.availability.slots] == [20, 21]
    assert [problem.field for problem in found] == ["time"]


def test_the_numbers_of_problems_and_slots_are_limited() -> None:
    broken = tuple(replace(BROKEN, start=f"soon {number}") for number in range(30))
    assert len(problems(replace(HALL, slots=broken))) == 20
    many, found = normalize(replace(HALL, slots=(NO,) * 2001), CONTEXT, NOW)
    assert many.availability is not None
    assert len(many.availability.slots) == 2000
    assert many.availability.available is Available.UNKNOWN  # the omitted one may be free
    assert [problem.field for problem in found] == ["slots"]


def test_an_unknown_product_is_shown_and_reported() -> None:
    reading, found = normalize(replace(HALL, slots=(replace(YES, products=("Elixir",)),)), CONTEXT, NOW)
    assert reading.availability is not None
    assert reading.availability.slots[0].products == ("Elixir",)
    assert found == (Problem(field="product", value="'Elixir'", reason="is not a known product"),)


def test_second_dose_only_text_sets_the_dose_of_slots_that_state_none() -> None:
    listing = replace(HALL, restrictions="Second dose only", slots=(YES, replace(NO, doses=("1",))))
    availability = read(listing).availability
    assert availability is not None
    assert [slot.doses for slot in availability.slots] == [("2",), ("1",)]
    own = read(replace(HALL, slots=(replace(YES, restrictions="2nd dose only"), NO))).availability
    assert own is not None
    assert [slot.doses for slot in own.slots] == [("2",), ()]


@pytest.mark.parametrize(
    ("text", "expected", "reported"),
    [
        ("2021-05-03T11:00:00Z", NOW - timedelta(hours=1), []),
        ("2021-05-03T07:00:00", NOW - timedelta(hours=1), []),
        ("2021-05-03T12:09:00Z", NOW + timedelta(minutes=9), []),
        ("2021-05-03T12:11:00Z", None, ["valid_at"]),
        ("2021-05-02", NOW - timedelta(hours=8), []),  # a date is the end of its day, here at 4:00 UTC
        ("2021-05-03", NOW, []),  # but never later than the visit
        ("2021-05-04", None, ["valid_at"]),
        ("", None, []),
    ],
)
def test_the_sources_own_timestamp_is_kept_unless_it_is_in_the_future(
    text: str, expected: datetime | None, reported: list[str]
) -> None:
    listing = replace(HALL, available=Available.YES, valid_at=text)
    availability = read(listing).availability
    assert availability is not None
    assert (availability.valid_at, availability.checked_at) == (expected, NOW)
    assert problems(listing) == reported


def test_two_clinics_at_one_venue_and_day_are_added_up() -> None:
    rows = [
        read(replace(HALL, slots=(NO,), external_ids=(("clinic", "1"),))),
        read(replace(HALL, name="Other Hall")),
        read(replace(HALL, slots=(YES,), external_ids=(("clinic", "2"),), description="later")),
        read(replace(HALL, slots=(YES,), external_ids=(("clinic", "1"),))),
    ]
    merged, other = merge(rows)
    assert other == rows[1]
    assert merged.location == replace(rows[0].location, external_ids=(("clinic", "1"), ("clinic", "2")))
    assert merged.availability is not None
    assert [(slot.start.day, slot.count) for slot in merged.availability.slots] == [(20, 23), (20, 23), (21, 0)]
    assert merged.availability.available is Available.YES


def test_restrictions_shared_by_all_rows_stay_with_the_location() -> None:
    rows = [read(replace(HALL, restrictions="Residents", slots=(slot,))) for slot in (YES, NO)]
    (merged,) = merge(rows)
    assert merged.location.restrictions == "Residents"
    assert merged.availability is not None
    assert {slot.restrictions for slot in merged.availability.slots} == {""}


def test_differing_restrictions_stay_with_the_slots_of_their_row() -> None:
    rows = [
        read(replace(HALL, restrictions="Residents", slots=(replace(YES, restrictions="18+"),))),
        read(replace(HALL, restrictions="Teachers", slots=(NO,))),
        read(replace(HALL, slots=(OPEN,))),
    ]
    (merged,) = merge(rows)
    assert merged.location.restrictions == "Residents\n\nTeachers"
    assert merged.availability is not None
    assert [slot.restrictions for slot in merged.availability.slots] == ["Residents\n\n18+", "Teachers", ""]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (None, None, None),
        (None, Available.NO, Available.NO),
        (Available.NO, Available.YES, Available.YES),
        (Available.NO, Available.UNKNOWN, Available.UNKNOWN),
    ],
)
def test_answers_of_several_rows_for_one_location_are_combined(
    first: Available | None, second: Available | None, expected: Available | None
) -> None:
    (merged,) = merge([read(replace(HALL, available=available)) for available in (first, second)])
    assert (merged.availability.available if merged.availability else None) is expected


@pytest.mark.parametrize(
    ("slots", "stated", "expected"),
    [
        ((YES,), Available.NO, Available.YES),
        ((NO,), Available.NO, Available.NO),
        ((YES,), Available.UNKNOWN, Available.UNKNOWN),
        ((NO,), Available.UNKNOWN, Available.UNKNOWN),
        ((NO,), Available.YES, Available.UNKNOWN),
        ((NO,), None, Available.NO),
    ],
)
def test_a_row_that_states_more_than_the_other_rows_slots_makes_the_rest_unknown(
    slots: tuple[SlotListing, ...], stated: Available | None, expected: Available
) -> None:
    rows = [read(replace(HALL, slots=slots)), read(replace(HALL, available=stated))]
    for merged in (*merge(rows), *merge(reversed(rows))):
        assert merged.availability is not None
        assert merged.availability.available is expected
        assert len(merged.availability.slots) == len(slots)


def test_merged_rows_take_the_oldest_timestamp() -> None:
    times = ("2021-05-03T11:00:00Z", "2021-05-03T10:00:00Z", "")
    (merged,) = merge([read(replace(HALL, available=Available.NO, valid_at=text)) for text in times])
    assert merged.availability is not None
    assert merged.availability.valid_at == NOW - timedelta(hours=2)


@pytest.mark.parametrize(
    ("fields", "available", "count"),
    [
        ({"count": 3}, Available.YES, 3),
        ({"count": "1,200"}, Available.YES, 1200),
        ({"count": 0}, Available.NO, 0),
        ({"count": "0", "available": Available.YES}, Available.NO, 0),
        ({"count": 3, "available": Available.NO}, Available.NO, 3),
        ({"count": "many"}, Available.UNKNOWN, None),
        ({"available": Available.YES}, Available.YES, None),
        ({"products": ("Pfizer",)}, Available.UNKNOWN, None),
    ],
)
def test_availability_without_slots_follows_the_stated_values(
    fields: dict[str, Any], available: Available, count: int | None
) -> None:
    found = read(Listing(name="Hall", **fields)).availability

    assert found
    assert (found.available, found.count, found.slots) == (available, count, ())


def test_products_and_doses_of_a_place_are_cleaned_and_unknown_ones_reported() -> None:
    listing = Listing(name="Hall", products=("pfizer", "Wonder 9"), doses=("SECOND",))
    found = read(listing).availability

    assert found
    assert (found.products, found.doses) == (("Pfizer", "Wonder 9"), ("2",))
    assert problems(listing) == ["product"]


def test_a_count_that_is_not_a_number_is_reported() -> None:
    assert problems(Listing(name="Hall", count="many")) == ["count"]
    assert problems(Listing(name="Hall", count=10**30)) == ["count"]


def test_counts_of_rows_without_slots_add_up_if_every_row_states_one() -> None:
    three, two, some = (read(Listing(name="Hall", available=Available.YES, count=count)) for count in (3, 2, None))

    assert [row.availability and row.availability.count for row in (*merge([three, two]), *merge([three, some]))] == [
        5,
        None,
    ]


@pytest.mark.parametrize(
    ("country", "written", "day"),
    [
        ("US", "jueves 20 de mayo, 14:30", "2021-05-20"),
        ("US", "5/6/2021 14:30", "2021-05-06"),
        ("FR", "5/6/2021 14h30", "2021-06-05"),
        ("FR", "le 5 juin à 14h30", "2021-06-05"),
    ],
)
def test_dates_are_read_relative_to_the_visit_and_in_the_countrys_order(country: str, written: str, day: str) -> None:
    context = replace(CONTEXT, country=country, visited=NOW.date())
    availability = normalize(replace(HALL, slots=(SlotListing(start=written),)), context, NOW)[0].availability
    assert availability and [slot.start.isoformat()[:16] for slot in availability.slots] == [f"{day}T14:30"]


def test_a_date_without_a_year_is_unknown_if_the_visit_day_is_missing() -> None:
    availability = read(replace(HALL, slots=(SlotListing(start="jueves 20 de mayo, 14:30"),))).availability
    assert availability and (availability.available, availability.slots) == (Available.UNKNOWN, ())
