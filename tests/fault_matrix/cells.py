"""The cells of the matrix: a visit, a fault, and which of the visit's requests it hits."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from tests.fault_matrix.fault import GOOD, Fault
from tests.fault_matrix.faults import ALL
from tests.fault_matrix.host import RequestKey
from tests.fault_matrix.subjects import MOST_REQUESTS, Subject, all_subjects
from tests.fault_matrix.verdicts import faults_of
from tests.fault_matrix.visits import first_visit, is_unread, read_without, visited

EVERY = "all"  # requests
NOT_APPLICABLE = "not applicable"
SAYS_NONE = {"ordoclic/search | every value null | 8"}  # cells whose response is exactly how the system states "none"

EXPIRES = ("openactive", "status 410")  # the status with which an RPDE feed says that a cursor has expired


class Cell(NamedTuple):
    """`hits`: the number of the request, from 1, "all", or "robots"."""

    subject: str
    fault: str
    hits: str

    def __str__(self) -> str:
        return f"{self.subject} | {self.fault} | {self.hits}"


class Result(NamedTuple):
    """`outcome`: of the faulty visit. `bad`: the faults found, as sentences."""

    cell: Cell
    outcome: str
    bad: tuple[str, ...]


def cells_of(subject: Subject, fault: Fault, *, every_visit: bool = False) -> Iterator[tuple[Cell, bool]]:
    """Every cell of a visit and a fault, and whether the fault applies to it.

    A fault that does not depend on the page is applied to one visit of each adapter, unless `every_visit`.
    """
    if (fault.any_page or fault.robots) and not (every_visit or is_first(subject)):
        return
    if fault.robots:
        yield Cell(subject.name, fault.name, "robots"), not subject.source.robots_exception
        return
    requests = first_visit(subject, fault.validators).requests
    applies = [fault.applies(reply) for reply in requests.values()]
    is_answer = (subject.source.provider, fault.name) == EXPIRES
    for number in _chosen(len(requests)):
        cell = Cell(subject.name, fault.name, str(number))
        yield cell, applies[number - 1] and str(cell) not in SAYS_NONE and not is_answer
    if len(requests) > 1:
        yield Cell(subject.name, fault.name, EVERY), all(applies) and not is_answer


@cache
def _first_names() -> frozenset[str]:
    by_adapter: dict[str, str] = {}
    for name, subject in all_subjects().items():
        known = by_adapter.setdefault(subject.source.provider, name)
        if len(subject.recording.entries) > len(all_subjects()[known].recording.entries):
            by_adapter[subject.source.provider] = name
    return frozenset(by_adapter.values())


def is_first(subject: Subject) -> bool:
    """Whether the visit represents its adapter for faults that do not depend on the page.

    Of several visits, it is the one with the most requests.
    """
    return subject.name in _first_names()


def _chosen(requests: int) -> list[int]:
    """All requests; for visits with dozens of them the first, the second, one in the middle, and the last."""
    if requests <= MOST_REQUESTS:
        return list(range(1, requests + 1))
    return sorted({1, 2, requests // 2, requests})


def run_cell(cell: Cell) -> Result:
    subject, fault = all_subjects()[cell.subject], ALL[cell.fault]
    hit = _requests(subject, fault, cell.hits)
    try:
        found = visited(subject, fault, hit)
        elsewhere = frozenset() if fault.robots else read_without(subject, hit)
        if hit and found.faulty.report.outcome.is_good and is_unread(subject, hit):
            fault = replace(fault, outcomes=GOOD, believed=True)  # the page does not count, so its fault does not
        every = fault.robots or len(hit) == len(first_visit(subject, fault.validators).requests)
        bad = tuple(faults_of(found, fault, subject, elsewhere, every))
    except Exception as error:
        return Result(cell, "an exception", (f"{type(error).__name__}: {error}",))
    return Result(cell, str(found.faulty.report.outcome), bad)


def _requests(subject: Subject, fault: Fault, hits: str) -> frozenset[RequestKey]:
    if fault.robots:
        return frozenset()
    requests = list(first_visit(subject, fault.validators).requests)
    return frozenset(requests if hits == EVERY else [requests[int(hits) - 1]])
