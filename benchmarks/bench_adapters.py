"""Every adapter on its cases: microseconds for a row and for a page, and a replay of all recordings.

A visit is replayed whole, from bytes to merged readings; what the replay itself takes, some 0.3 ms for each request, is
counted in. Of each adapter the case is shown that costs most for a row, after a first visit, as in a process that polls
again and again: what the normalizer remembers is warm. Recordings of real systems count where they are there
(../shared/captures).
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from measure import Row, medians, must, seconds, show

from aggregator import registry
from aggregator.har.recording import load_recording
from aggregator.kit import cases
from aggregator.kit.contract import Subject
from aggregator.model import Report

FOLDER = Path(__file__).parent.parent / "tests" / "providers"
ROUNDS = 5
MOST = 5000.0  # microseconds for a row


class Measured(NamedTuple):
    """A case, its report, and how long its visit takes in milliseconds."""

    subject: Subject
    report: Report
    taken: float

    @property
    def a_row(self) -> float:
        """Microseconds; of a report that has rows."""
        return self.taken * 1000 / self.report.rows

    @property
    def line(self) -> Row:
        page = self.taken * 1000 / max(self.report.requests, 1)
        what = f"{self.subject.source.provider}: {self.report.rows} rows, {page:,.0f} µs a page"
        return Row(what, self.a_row, MOST, 1.0, "µs")


def subjects() -> Iterator[Subject]:
    """Every case whose recording is there."""
    for path in sorted(FOLDER.glob("*/*.toml")):
        case = cases.load(path)
        if case.recording.is_file():
            yield Subject(case.source, registry.load(case.source.provider), load_recording([case.recording]))


def measured(subject: Subject) -> Measured:
    (taken,) = medians(lambda: seconds(subject.report), rounds=ROUNDS)
    return Measured(subject, subject.report(), taken)


def main() -> None:
    found = [measured(subject) for subject in subjects()]
    with_rows = sorted((one for one in found if one.report.rows), key=lambda one: one.a_row)
    must(bool(with_rows), "no case gave a row")
    costliest = {one.subject.source.provider: one for one in with_rows}
    slowest = sorted(costliest.values(), key=lambda one: one.a_row, reverse=True)
    title = f"{len(slowest)} adapters: microseconds for a row, beside the {MOST:.0f} that it may take"
    show(title, (one.line for one in slowest))
    rows, total = sum(one.report.rows for one in found), sum(one.taken for one in found)
    middle = median(one.a_row for one in slowest)
    show(
        "All",
        (Row("the median adapter, for a row", middle, unit="µs"), Row(f"{rows} rows in {len(found)} visits", total)),
    )


if __name__ == "__main__":
    main()
