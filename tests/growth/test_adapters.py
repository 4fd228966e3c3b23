"""No adapter takes more than linear time for any response: long values, and lists without end.

The adapters come from the registry, the responses from the recordings next to their cases. Each value and list in them
is found automatically (`tests/growth/visits.py`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from aggregator import registry
from aggregator.adapter import DataRow, JsonAdapter
from aggregator.kit import cases
from aggregator.kit.contract import Subject
from tests.growth.made_visits import MADE
from tests.growth.measure import Prepare, Work, first_fault, growth_fault
from tests.growth.visits import PUMPS, rows_of, values_of, visit
from tests.kit.test_contract import subject_of
from tests.providers.test_providers import FOLDER
from tests.support.samples import sample

LONG = 60_000  # characters of a value
QUICK = 0.012  # seconds of a visit with such a value
MEASURED = 1  # number of values, the slowest first
ROWS = 500  # entries of a list


@cache
def subjects(name: str) -> list[Subject]:
    """The visits of an adapter that are recorded or made up in this repository."""
    if name in MADE:
        return [MADE[name]()]
    paths = sorted((FOLDER / name).glob("*.toml"))
    return [subject_of(path) for path in paths if cases.load(path).recording.parent == path.parent]


def long_values(visits: Iterable[Subject]) -> Iterator[Work]:
    seen: set[str] = set()
    for subject in visits:
        for value in values_of(subject):
            if value.name in seen:
                continue
            seen.add(value.name)
            for pump in PUMPS:

                def prepare(size: int, subject: Subject = subject, value: Any = value, pump: str = pump) -> Any:
                    return visit(subject, value.entry, value.grown(pump * (size // len(pump))))

                yield Work(f"a visit where {value.name!r} is {pump!r}, repeated,", prepare, QUICK)


def many_rows(visits: Iterable[Subject]) -> Iterator[tuple[str, Prepare]]:
    seen: set[str] = set()
    for subject in visits:
        for rows in rows_of(subject):
            if rows.name not in seen:
                seen.add(rows.name)
                yield (
                    rows.name,
                    lambda size, rows=rows, subject=subject: visit(  # type: ignore[misc]
                        subject, rows.entry, rows.repeated(size)
                    ),
                )


def faults_of_rows(visits: Iterable[Subject]) -> dict[str, str]:
    faults = {what: growth_fault(prepare, ROWS, ROWS) for what, prepare in many_rows(visits)}
    return {what: fault for what, fault in faults.items() if fault}


@sample
@pytest.mark.parametrize("name", registry.names())
def test_visit_time_is_linear_in_the_length_of_a_value(name: str) -> None:
    assert first_fault(long_values(subjects(name)), LONG, LONG, MEASURED) == ""


@sample
@pytest.mark.parametrize("name", registry.names())
def test_visit_time_is_linear_in_the_number_of_rows(name: str) -> None:
    assert faults_of_rows(subjects(name)) == {}


@pytest.mark.parametrize("name", registry.names())
def test_each_adapter_has_a_recorded_visit_with_rows(name: str) -> None:
    assert sum(subject.report().rows for subject in subjects(name)) > 0
    assert list(long_values(subjects(name)))
    assert list(many_rows(subjects(name)))


def looks_in_all_rows(self: JsonAdapter, row: DataRow) -> None:
    """Quadratic: searches the whole page for each row."""
    next(other for other in self.rows_of(row.page) if other == row.value)


def takes_off_spaces(self: JsonAdapter, row: DataRow) -> None:
    """Quadratic: copies the name for each space it removes."""
    name = row["location"]["name"]
    while name.startswith(" "):
        name = name[1:]


def slow(listing: Any) -> list[Subject]:
    """The visits of an adapter with another `listing`."""
    kind = type("Slow", (registry.load("hyvee"),), {"listing": listing})
    return [replace(subject, make=kind) for subject in subjects("hyvee")]


def test_an_adapter_that_is_quadratic_in_rows_is_caught() -> None:
    assert "data.searchPharmaciesNearPoint" in faults_of_rows(slow(looks_in_all_rows))


def test_an_adapter_that_is_quadratic_in_a_value_is_caught() -> None:
    fault = first_fault(long_values(slow(takes_off_spaces)), LONG, LONG, MEASURED)
    assert fault.startswith("a visit where 'data.searchPharmaciesNearPoint.0.location.name' is ' ', repeated, ")
