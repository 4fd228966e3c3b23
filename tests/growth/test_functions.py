"""No function that reads text takes more than linear time for any text.

Functions are found and called without being registered (`tests/growth/functions.py`). What classes read is in
`test_readers.py`, whole visits are in `test_adapters.py`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import ModuleType

import pytest

from tests.growth.functions import PLAIN, PUMPS, Function, functions_in
from tests.growth.measure import Work, first_fault
from tests.growth.patterns import modules_of
from tests.support.samples import sample

SIZE = 30_000  # characters of an argument
QUICK = 0.0045  # seconds; even the fastest quadratic work on that many characters, a search in C, takes longer
MEASURED = 1  # inputs of a function, the slowest first

# Packages and modules in which every function may receive text from a source.
READING = re.compile(
    r"aggregator\.(?:adapter|charset|clean|errors|kit(?!\.(?:contract|cases))|places|reading_time|redact|region|repeats"
    r"|wanted|web)\b"
)
# They take no text from a source, or are called only by the functions named here, which are measured.
ELSEWHERE = {
    "aggregator.adapter.announced.listing": "visits",
    "aggregator.adapter.declared.check_declared": "takes what an adapter's class declares",
    "aggregator.adapter.fhir.answer.answer": "visits",
    "aggregator.adapter.ics.moments.needed": "ics.events",
    "aggregator.adapter.rpde.harvest.harvest": "sends requests",
    "aggregator.adapter.paging.followed": "sends requests",
    "aggregator.adapter.read.try_records": "sends a request",
    "aggregator.clean.time_of_day.read": "when.read_hours",
    "aggregator.places.explaining.explain": "asks a database",
    "aggregator.visit.wanted.wanted": "takes a reading, whose texts are bounded",
    "aggregator.web.monitor_ping.ping": "sends a request",
    "aggregator.web.unpack.unpacked": "readers",
    "aggregator.kit.har_filter.position_of": "takes an address that its user types",
    "aggregator.kit.recorded_visit.region_of_one": "takes what its user types",
    "aggregator.kit.write_files.write_all": "writes files",
    "aggregator.kit.redactions.find_in_request": "readers",
    "aggregator.kit.redactions.find_in_text": "readers",
    "aggregator.kit.expressions.expression": "takes samples of a recording, which are bounded",
    "aggregator.kit.new_adapter.scaffold": "takes samples of a recording, which are bounded",
    "aggregator.kit.traced.load_adapter": "loads code by name",
    "aggregator.kit.traced.where": "reads a traceback",
    "aggregator.kit.trial.cases_of": "looks for files by name",
    "aggregator.kit.trial.try_cases": "looks for files by name",
    "aggregator.kit.trial.try_live": "sends requests",
    "aggregator.kit.trial.try_recording": "reads a file that we have",
}


@cache
def found() -> tuple[list[Function], list[str]]:
    functions, unknown = functions_in(filter(_reads, modules_of(("aggregator",))))
    return (
        [function for function in functions if function.name not in ELSEWHERE],
        [reason for reason in unknown if reason.partition(":")[0] not in ELSEWHERE],
    )


def _reads(module: ModuleType) -> bool:
    return bool(READING.match(module.__name__))


def works(function: Function) -> Iterator[Work]:
    """Every pump for all parameters at once, and for each alone."""
    for parameter in ("", *function.takes) if len(function.takes) > 1 else function.takes:
        for pump in PUMPS:
            what = f"{function.name} with {parameter or 'every parameter'} = {pump!r}, repeated,"
            yield Work(what, lambda size, parameter=parameter, pump=pump: function.on(parameter, pump, size), QUICK)  # type: ignore[misc]


def fault_of(function: Function) -> str:
    return first_fault(works(function), SIZE, SIZE, MEASURED)


@sample
@pytest.mark.parametrize("function", found()[0], ids=lambda function: function.name)
def test_time_is_linear_in_the_length_of_the_text(function: Function) -> None:
    assert fault_of(function) == ""


def test_every_function_that_reads_text_can_be_called() -> None:
    assert found()[1] == []
    assert len(found()[0]) > 100


def brackets_closed(text: str) -> int:
    """Quadratic: searches all the text after each bracket."""
    return sum(text.find("()", at) > 0 for at, letter in enumerate(text) if letter == "(")


def stripped(row: Mapping[str, str], *texts: str, brackets: str = "()") -> str:
    """Quadratic: copies the whole text for each character it removes."""
    text = row[PLAIN] + texts[0]
    while text.startswith(brackets[0]):
        text = text[1:]
    return text


def words(lines: Iterable[str]) -> Iterator[str]:
    """Linear."""
    for line in lines:
        yield from (word.strip(",.") for word in line.split())


@pytest.mark.parametrize("slow", [brackets_closed, stripped])
def test_a_quadratic_function_is_caught(slow: Callable[..., object]) -> None:
    (function,), unknown = functions_in([module_of(slow)])
    assert "= '(', repeated, " in fault_of(function)  # it "takes …", or "did not end"
    assert unknown == []


def test_a_linear_function_passes() -> None:
    (function,), _ = functions_in([module_of(words)])
    assert fault_of(function) == ""


def module_of(function: Callable[..., object]) -> ModuleType:
    module = ModuleType(__name__)
    setattr(module, function.__name__, function)
    return module
