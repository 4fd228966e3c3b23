"""Reports with an invalid value, which the contract (`aggregator.kit.contract.bounds`) catches."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from aggregator.kit import contract
from aggregator.model import Location, Report, Slot
from tests.kit.test_contract_twins import Good, subject


def with_location(**values: Any) -> Report:
    report = subject(Good).report()
    reading = report.readings[0]
    return replace(report, readings=(replace(reading, location=replace(reading.location, **values)),))


def with_slot(**values: Any) -> Report:
    report = subject(Good).report()
    reading = report.readings[0]
    assert reading.availability
    slot: Slot = replace(reading.availability.slots[0], **values)
    return replace(report, readings=(replace(reading, availability=replace(reading.availability, slots=(slot,))),))


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"name": "two\nlines"},
        {"city": "x" * 81},
        {"address_lines": ("1 Kite St",) * 5},
        {"external_ids": (("a", "b"),) * 51},
        {"description": "x" * 2001},
        {"restrictions": "x" * 4001},
        {"info_url": "javascript:alert(1)"},
        {"booking_url": "https://example.org/" + "x" * 2000},
        {"time_zone": "America/Nowhere"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_an_invalid_location_is_caught(values: dict[str, Any]) -> None:
    assert list(contract.bound_faults(with_location())) == []
    assert list(contract.bound_faults(with_location(**values))) != []


@pytest.mark.parametrize(
    "values",
    [
        {"start": datetime(2021, 5, 20, 9)},
        {"start": datetime(1921, 5, 20, 9, tzinfo=UTC)},
        {"end": datetime(2021, 5, 1, tzinfo=UTC)},
        {"count": -1},
        {"count": 1_000_001},
        {"products": ("x" * 121,)},
        {"doses": ("",)},
        {"booking_url": "ftp://example.org/"},
        {"restrictions": "x" * 4001},
    ],
    ids=lambda values: next(iter(values)),
)
def test_an_invalid_slot_is_caught(values: dict[str, Any]) -> None:
    assert list(contract.bound_faults(with_slot())) == []
    assert list(contract.bound_faults(with_slot(**values))) != []


def test_two_locations_with_the_same_key_are_caught() -> None:
    report = subject(Good).report()
    twice: tuple[Location, ...] = (report.readings[0].location,) * 2
    readings = tuple(replace(report.readings[0], location=location) for location in twice)

    assert "two locations have one key" in list(contract.bound_faults(replace(report, readings=readings)))
