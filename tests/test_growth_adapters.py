"""No adapter takes more than linear time, whatever a system answers: long values, and lists without end.

The adapters come from the registry and the answers from the recordings beside their cases (`tests/growth/visits.py`).
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from aggregator import cases, registry
from aggregator.testing import Subject
from tests.growth.measure import Prepare, Work, first_fault, growth_fault
from tests.growth.visits import PUMPS, rows_of, values_of, visit
from tests.test_contract import subject_of
from tests.test_providers import FOLDER

LONG = 40_000  # characters of a value
QUICK = 0.012  # seconds of a visit with such a value
MEASURED = 2  # of the slowest values
ROWS = 60_000  # characters of rows


@cache
def subjects(name: str) -> list[Subject]:
    """The visits of an adapter that are recorded in this repository."""
    paths = sorted((FOLDER / name).glob("*.toml"))
    return [subject_of(path) for path in paths if cases.load(path).recording.parent == path.parent]


def long_values(name: str) -> Iterator[Work]:
    seen: set[str] = set()
    for subject in subjects(name):
        for value in values_of(subject):
            if value.name in seen:
                continue
            seen.add(value.name)
            for pump in PUMPS:

                def prepare(size: int, subject: Subject = subject, value: Any = value, pump: str = pump) -> Any:
                    return visit(subject, value.entry, value.grown(pump * (size // len(pump))))

                yield Work(f"{name}: a visit where {value.name!r} is {pump!r}, repeated,", prepare, QUICK)


def many_rows(name: str) -> Iterator[tuple[str, Prepare]]:
    seen: set[str] = set()
    for subject in subjects(name):
        for rows in rows_of(subject):
            if rows.name not in seen:
                seen.add(rows.name)
                yield (
                    rows.name,
                    lambda size, rows=rows, subject=subject: visit(  # type: ignore[misc]
                        subject, rows.entry, rows.repeated(size)
                    ),
                )


@pytest.mark.parametrize("name", registry.names())
def test_time_of_a_visit_grows_no_faster_than_a_value(name: str) -> None:
    assert first_fault(long_values(name), LONG, LONG, MEASURED) == ""


@pytest.mark.parametrize("name", registry.names())
def test_time_of_a_visit_grows_no_faster_than_its_rows(name: str) -> None:
    faults = {what: growth_fault(prepare, ROWS, ROWS) for what, prepare in many_rows(name)}
    assert {what: fault for what, fault in faults.items() if fault} == {}
