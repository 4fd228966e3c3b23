"""What counts as a number of appointments."""

import pytest

from aggregator.clean.counts import read_count
from aggregator.clean.listing import Context, normalize
from aggregator.model import Available, Listing, LocationType, SlotListing
from tests.support.pages import NOW

CONTEXT = Context(
    source="example", base_url="", time_zone="America/New_York", state="MA", location_type=LocationType.CLINIC
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *((12, 12), ("12", 12), (" 5 ", 5), ("5\u00a0", 5), ("12.0", 12), (12.0, 12), (0, 0), ("0", 0), ("0.0", 0)),
        *(("1,200", 1200), ("1 200", 1200), ("1\u202f200", 1200)),
        *(("5 left", 5), ("3 appointments available", 3), ("2 places restantes", 2), ("2 citas libres", 2)),
    ],
)
def test_a_number_is_a_count(text: int | str, number: int | None) -> None:
    count = read_count(text)
    assert (count.number, count.at_least) == (number, False)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("10+", 10), ("10 +", 10), ("1,200+", 1200), ("more than 5", 5), ("More than 5 left", 5), (">5", 5)),
        *(
            ("over 100", 100),
            ("at least 3", 3),
            (">= 3", 3),
            ("5 or more", 5),
            ("5 and up", 5),
            ("5 plus", 5),
            ("10+ slots", 10),
        ),
        *(("plus de 10", 10), ("más de 10", 10), ("mehr als 10", 10), ("mais de 10", 10), ("au moins 2", 2)),
    ],
)
def test_a_lower_bound_counts_as_one(text: str, number: int) -> None:
    count = read_count(text)
    assert (count.number, count.at_least, count.readable) == (number, True, True)


@pytest.mark.parametrize(
    "text",
    [
        *("-2", "- 2", "1.200", "0,5", "2.5", "< 5", "<= 5", "fewer than 5", "up to 5", "few", "many", "?", "", "-"),
        *("0+", "more than 0", "at least 0", "0 left", "0 appointments", "0 or more", "5/10", "5-10", "5 of 10"),
        *(
            "1e3",
            "٣",
            "1000001",
            "9" * 5000,
            "none",
            "no",
            "zero",
            "12,345,678",
            "5 cancelled",
            "1,20",
            "1,2000",
            "0 of 20",
            "NaN",
        ),
    ],
)
def test_ambiguous_values_are_not_a_count_and_never_zero(text: str) -> None:
    count = read_count(text)
    assert (count.number, count.readable) == (None, False)

    listing = Listing(name="Gull Hall", count=text, slots=())
    slot = SlotListing(start="2021-05-20", count=text)
    for row in (listing, Listing(name="Gull Hall", slots=(slot,))):
        availability = normalize(row, CONTEXT, NOW)[0].availability
        assert availability and availability.available is Available.UNKNOWN


@pytest.mark.parametrize("value", [True, False, -1, 2.5, 1_000_001, [], {"count": 3}])
def test_a_value_of_another_type_is_not_a_count(value: object) -> None:
    assert not read_count(value).readable  # type: ignore[arg-type]


def test_a_lower_bound_applies_to_its_slot_or_its_place() -> None:
    availability = normalize(Listing(name="Gull Hall", count="10+"), CONTEXT, NOW)[0].availability
    assert availability and (availability.available, availability.count, availability.at_least) == (
        Available.YES,
        10,
        True,
    )

    slot = SlotListing(start="2021-05-20", count="10+")
    availability = normalize(Listing(name="Gull Hall", count="20+", slots=(slot,)), CONTEXT, NOW)[0].availability
    assert availability and (availability.count, availability.at_least) == (None, False)
    assert [(one.available, one.count, one.at_least) for one in availability.slots] == [(Available.YES, 10, True)]
