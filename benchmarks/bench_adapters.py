"""Measures every adapter on its cases: microseconds per row and per page, and a replay of all recordings.

Each visit is fully replayed, from bytes to merged readings. The replay itself takes about 0.3 ms per request, which is
included. The figures for an adapter come from its most expensive case per row, after a first visit, as in a process
that polls repeatedly: the normalizer's caches are warm. Recordings of real systems are included if they exist
(../shared/captures).
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from measure import Line, Table, figure, medians, must, seconds
from tables import Benchmark

from aggregator import registry
from aggregator.har.recording import load_recording
from aggregator.kit import cases
from aggregator.kit.contract import Subject
from aggregator.model import Report

FOLDER = Path(__file__).parent.parent / "tests" / "providers"
LIMIT = 5000.0  # microseconds per row


class Size(NamedTuple):
    """Which adapters (a pattern of their names), and how often each case is replayed."""

    adapters: str
    rounds: int


class Measured(NamedTuple):
    """A case, its report, and how long its visit takes in milliseconds."""

    subject: Subject
    report: Report
    taken: float

    @property
    def a_row(self) -> float:
        """Microseconds per row, for a report that has rows."""
        return self.taken * 1000 / self.report.rows

    @property
    def line(self) -> Line:
        page = self.taken * 1000 / max(self.report.requests, 1)
        what = f"{self.subject.source.provider}: {self.report.rows} rows, {page:,.0f} µs a page"
        return figure(what, self.a_row, "µs", limit=LIMIT)


def subjects(adapters: str) -> Iterator[Subject]:
    """Every case of these adapters whose recording exists."""
    for path in sorted(FOLDER.glob(f"{adapters}/*.toml")):
        case = cases.load(path)
        if case.recording.is_file():
            yield Subject(case.source, registry.load(case.source.provider), load_recording([case.recording]))


def replayed(subject: Subject, rounds: int) -> Measured:
    (taken,) = medians(lambda: seconds(subject.report), rounds=rounds)
    return Measured(subject, subject.report(), taken)


def measured(size: Size) -> Table:
    found = [replayed(subject, size.rounds) for subject in subjects(size.adapters)]
    with_rows = sorted((one for one in found if one.report.rows), key=lambda one: one.a_row)
    must(bool(with_rows), "no case gave a row")
    costliest = {one.subject.source.provider: one for one in with_rows}
    slowest = sorted(costliest.values(), key=lambda one: one.a_row, reverse=True)
    rows, total = sum(one.report.rows for one in found), sum(one.taken for one in found)
    lines = [
        *(one.line for one in slowest),
        figure("the median adapter, for a row", median(one.a_row for one in slowest), "µs"),
        figure("all visits", total),
    ]
    title = "Microseconds that each adapter takes for a row of its costliest case"
    return Table(title, lines, {"adapters": len(slowest), "visits replayed": len(found), "rows read": rows})


BENCHMARK = Benchmark("bench_adapters", measured, full=Size("*", rounds=5), tiny=Size("acuity", rounds=1))

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
