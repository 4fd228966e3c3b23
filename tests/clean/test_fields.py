"""Numbers, nulls, and other values where JSON should have text: at most the field is lost, never the place."""

from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.clean.fields import as_text
from aggregator.clean.listing import Context, normalize
from aggregator.config.service_file import service_named
from aggregator.errors import RecordError
from aggregator.model import Listing, LocationType, Problem, Reading, SlotListing

NOW = datetime(2021, 5, 13, 14, 0, tzinfo=UTC)
CONTEXT = Context(
    source="example",
    base_url="https://clinics.example.org/",
    time_zone="America/New_York",
    state="MA",
    location_type=LocationType.PHARMACY,
    service=service_named("vaccination"),
)


def read(**fields: Any) -> tuple[Reading, tuple[Problem, ...]]:
    given: dict[str, Any] = {"name": "Gull Pharmacy", "address": "1 Kite Rd", "city": "Boston", "postal_code": "02120"}
    return normalize(Listing(**(given | fields)), CONTEXT, NOW)


@pytest.mark.parametrize("value", [2120, 2120.0, "2120", "2120.0", 21201234])
def test_a_numeric_zip_gets_its_leading_zero_back(value: object) -> None:
    reading, problems = read(postal_code=value)
    assert (reading.location.postal_code, reading.location.city, problems) == ("02120", "Boston", ())


@pytest.mark.parametrize("value", [6175550107, 6175550107.0])
def test_a_numeric_phone_number_is_accepted(value: object) -> None:
    reading, problems = read(info_phone=value, booking_phone=value)
    assert (reading.location.info_phone, reading.location.booking_phone) == ("+16175550107", "+16175550107")
    assert problems == ()


def test_numeric_ids_names_and_lines_become_text() -> None:
    reading, problems = read(id=77.0, name=1800, address=(12, "Kite Rd", None), external_ids=(("gull", 8), ["kite", 9]))
    assert (reading.location.key, reading.location.name) == ("id:77", "1800")
    assert reading.location.address_lines == ("12 Kite Rd",)
    assert reading.location.external_ids == (("gull", "8"), ("kite", "9"))
    assert problems == ()


def test_null_and_false_are_empty_in_every_text_field() -> None:
    empty: dict[str, Any] = dict.fromkeys(("id", "county", "info_phone", "description", "restrictions"))
    empty |= {"info_url": False, "products": None, "doses": None, "valid_at": None, "external_ids": None}
    reading, problems = read(**empty)
    assert (reading.location.county, reading.location.info_url, problems) == ("Suffolk", "", ())


@pytest.mark.parametrize("field", ["id", "city", "county", "info_phone", "booking_url", "restrictions", "valid_at"])
@pytest.mark.parametrize("value", [{"a": 1}, ["x"], True, float("nan")], ids=["object", "list", "true", "nan"])
def test_a_field_of_the_wrong_type_is_dropped_alone_and_reported(field: str, value: object) -> None:
    reading, problems = read(**{field: value})
    assert reading.location.name == "Gull Pharmacy"
    assert [found.field for found in problems] == [field]


@pytest.mark.parametrize("value", [{"en": "Gull"}, ["Gull"], True])
def test_a_name_of_the_wrong_type_fails_the_place(value: object) -> None:
    with pytest.raises(RecordError, match=r"name: is a \w+; expected text"):
        read(name=value)


def test_an_address_that_is_an_object_is_dropped_and_the_town_is_kept() -> None:
    reading, problems = read(address={"street": "1 Kite Rd"})
    assert (reading.location.address_lines, reading.location.city) == ((), "Boston")
    assert [found.field for found in problems] == ["address"]


def test_a_single_product_is_read_as_a_list_of_one() -> None:
    reading, _ = read(products="Moderna", count=3)
    assert reading.availability
    assert reading.availability.products == ("Moderna",)


def test_a_slot_keeps_its_time_if_another_field_is_not_text() -> None:
    slots: Any = (SlotListing(start="2021-05-20T09:00", restrictions=12, booking_url={"href": "x"}, doses=1),)  # type: ignore[arg-type]
    reading, problems = read(slots=slots)
    assert reading.availability
    (slot,) = reading.availability.slots
    assert (slot.restrictions, slot.booking_url, slot.doses) == ("12", "", ("1",))
    assert [found.field for found in problems] == ["booking_url"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2903", "2903"),
        (2903, "2903"),
        (2903.0, "2903"),
        (2.5, "2.5"),
        (None, ""),
        (False, ""),
        (True, None),
        ([], None),
    ],
)
def test_values_are_converted_to_text(value: object, text: str | None) -> None:
    assert as_text(value) == text
