"""What a listing states about its place: impossible positions, ZIPs, and phone numbers are reported."""

import pytest
from msgspec.structs import replace

from aggregator.clean.location import Context, read_location
from aggregator.model import Listing, LocationType, Position

CONTEXT = Context(
    source="example",
    base_url="https://clinics.example/search",
    time_zone="America/New_York",
    state="MA",
    location_type=LocationType.CLINIC,
)
NO_ZIP = "1 Kite St, Anytown MA"
BOSTON = "1 Kite St, Boston MA, 02120"

Given = tuple[float | str, float | str]


def problems(listing: Listing, context: Context = CONTEXT) -> list[tuple[str, str]]:
    return [(problem.field, problem.reason) for problem in read_location(listing, context)[1]]


@pytest.mark.parametrize(
    "given", [(42.33, -71.09), ("42.33", " -71.09 "), ("42,33", "-71,09"), ("+42.33", "-71.0900000000")]
)
def test_a_position_may_be_written_in_several_ways(given: Given) -> None:
    location, found = read_location(Listing(name="Gull Hall", address=BOSTON, position=given), CONTEXT)
    assert location.position == Position(latitude=42.33, longitude=-71.09)
    assert not found


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ((0, 0), "is not a place where people live"),
        ((-71.09, 42.33), "is not a place where people live"),
        (("42,330,100", "-71"), "is not a latitude and a longitude"),
        (("", ""), "is not a latitude and a longitude"),
        (("42.33° N", "71.09° W"), "is not a latitude and a longitude"),
        ((42.33, 71.09), "is not in MA"),  # the sign of the longitude was lost
        ((33.08, -97.06), "is not in MA"),
    ],
)
def test_without_a_zip_a_position_must_be_in_its_state(given: Given, reason: str) -> None:
    location, found = read_location(Listing(name="Gull Hall", address=NO_ZIP, position=given), CONTEXT)
    assert location.position is None
    assert [(problem.field, problem.reason) for problem in found] == [("position", reason)]


@pytest.mark.parametrize("given", [(42.33, -71.09), (41.2, -69.9), (43.5, -71.0)])
def test_a_position_in_the_state_or_just_outside_it_is_kept(given: Given) -> None:
    assert problems(Listing(name="Gull Hall", address=NO_ZIP, position=given)) == []


def test_a_zip_without_a_center_gives_no_position_and_rejects_none() -> None:
    military = Listing(name="Gull Hall", address="1 Kite St", city="APO", state="AE", postal_code="09003")
    assert read_location(military, CONTEXT)[0].position is None
    placed = Listing(name="Gull Hall", city="APO", state="AE", postal_code="09003", position=(49.4, 7.6))
    assert read_location(placed, CONTEXT)[0].position == Position(latitude=49.4, longitude=7.6)


def test_without_a_known_state_any_position_is_accepted() -> None:
    assert problems(Listing(name="Gull Hall", position=(33.08, -97.06)), replace(CONTEXT, state="")) == []


@pytest.mark.parametrize(
    "listing",
    [
        Listing(name="Gull Hall", address="1 Kite St, Lee, MA 0906"),
        Listing(name="Gull Hall", address="1 Kite St", city="Boston", state="MA", postal_code="98406"),
        Listing(name="Gull Hall", address="1 Kite St", city="Boston", state="MA", postal_code="Suffolk"),
    ],
)
def test_a_zip_outside_the_places_area_is_dropped_and_reported(listing: Listing) -> None:
    location, found = read_location(listing, CONTEXT)
    assert location.postal_code == ""
    assert location.position is None
    assert [problem.field for problem in found] == ["postal_code"]


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("607-555-0107", False),
        ("", False),
        ("N/A", False),
        ("see web site", False),
        ("000-000-0000", False),
        ("(609) 877-700", True),
        ("555-0107", True),
    ],
)
def test_an_impossible_phone_number_is_reported_but_a_placeholder_is_not(text: str, reported: bool) -> None:
    found = problems(Listing(name="Gull Hall", address=BOSTON, info_phone=text, booking_phone=text))
    assert [field for field, _ in found] == (["info_phone", "booking_phone"] if reported else [])
