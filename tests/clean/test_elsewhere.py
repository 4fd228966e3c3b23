"""Addresses in countries without rules of their own: they pass through, and nothing is made up."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from aggregator.clean.listing import Context, normalize
from aggregator.model import Listing, Location, LocationType

CONTEXT = Context(
    source="example",
    base_url="",
    time_zone="America/New_York",
    state="NY",
    location_type=LocationType.CLINIC,
)
CENTER = Listing(name="Loon Center", address=("9 Lake Road", "", "Floor 2"), city="Kenora", id="5")


def read(listing: Listing, country: str = "US") -> Location:
    return normalize(listing, replace(CONTEXT, country=country), datetime(2026, 11, 30, tzinfo=UTC))[0].location


@pytest.mark.parametrize(
    ("country", "state", "code", "found"),
    [
        ("CA", "ON", "P9N1X8", ("ON", "P9N 1X8", "CA")),
        ("CA", "ON", "p9n 1x8", ("ON", "P9N 1X8", "CA")),
        ("QA", "", "", ("", "", "QA")),  # not the state of the source
        ("DE", "", "10965", ("", "10965", "DE")),  # no ZIP of the United States
        ("GB", "Devon", "EX4 4QJ", ("Devon", "EX4 4QJ", "GB")),
        ("FR", "", "35000", ("35", "35000", "FR")),
        ("US", "", "10001", ("NY", "10001", "")),
        ("GU", "GU", "96910", ("GU", "96910", "GU")),
        ("", "", "", ("NY", "", "")),
    ],
)
def test_state_and_postal_code_are_those_of_the_country(
    country: str, state: str, code: str, found: tuple[str, str, str]
) -> None:
    place = read(replace(CENTER, country=country, state=state, postal_code=code))
    assert (place.state, place.postal_code, place.country) == found
    assert place.position is None or place.postal_code in {"10001", "96910"}
    assert (place.city, place.address_lines[0]) == ("Kenora", "9 Lake Road")


def test_a_region_abroad_has_no_zip_codes_of_the_united_states() -> None:
    place = read(replace(CENTER, state="BE", postal_code="10965"), country="DE")
    assert (place.state, place.postal_code, place.country, place.position) == ("BE", "10965", "", None)


@pytest.mark.parametrize("code", ["../index.html", "K0X/1X0", "12 345 678 901 234", "Île 5", "<b>"])
def test_what_cannot_be_a_postal_code_is_a_problem_and_left_out(code: str) -> None:
    listing = replace(CENTER, country="CA", postal_code=code)
    reading, (problem,) = normalize(listing, CONTEXT, datetime(2026, 11, 30, tzinfo=UTC))
    assert (reading.location.postal_code, problem.field) == ("", "postal_code")


def test_an_address_on_one_line_stays_as_it_is() -> None:
    place = read(replace(CENTER, address="CORNICHE STREET 7, Doha", city="", country="QA"))
    assert (place.address_lines, place.city, place.state) == (("Corniche Street 7", "Doha"), "", "")


def test_a_telephone_number_is_read_by_the_rules_of_its_country() -> None:
    assert read(replace(CENTER, country="GB", info_phone="01392 265000")).info_phone == "+441392265000"


def test_a_country_that_is_not_a_code_is_a_problem_and_left_out() -> None:
    reading, (problem,) = normalize(replace(CENTER, country="Canada"), CONTEXT, datetime(2026, 11, 30, tzinfo=UTC))
    assert (reading.location.country, problem.field, problem.value) == ("", "country", "'Canada'")
