"""Measures for all benchmarks: alternating sides, medians, and lines that may have a limit.

The sides of a comparison alternate within one process, so that their ratio is right even on a busy machine. `tables`
prints the lines and writes them into docs/performance.md.
"""

import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

Side = Callable[[], float]  # does its work once and returns the seconds that the measured part took


class Line(NamedTuple):
    """One line of a table, as texts. `holds` is None if there is no limit."""

    what: str
    ours: str
    reference: str = ""
    ratio: str = ""
    limit: str = ""
    holds: bool | None = None


@dataclass(frozen=True)
class Table:
    """The result of a benchmark. `work` counts what was done, such as rows stored or pages built."""

    title: str
    lines: Sequence[Line]
    work: Mapping[str, int] = field(default_factory=dict)

    @property
    def exceeded(self) -> list[str]:
        """The lines whose limit is exceeded."""
        return [line.what.strip() for line in self.lines if line.holds is False]


def figure(
    what: str, ours: float, unit: str = "ms", *, reference: float | None = None, limit: float | None = None
) -> Line:
    """A measured line. With a reference, `limit` applies to the ratio; without one, to `ours`."""
    ours_shown = _amount(ours, unit)
    if reference is None:
        shown = "" if limit is None else _amount(limit, unit)
        return Line(what, ours_shown, limit=shown, holds=None if limit is None else ours <= limit)
    ratio = ours / reference
    return Line(
        what,
        ours_shown,
        _amount(reference, unit),
        f"{ratio:.2f}",
        "" if limit is None else f"{limit:g}",
        None if limit is None else ratio <= limit,
    )


def _amount(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
    return f"{number} {unit}".rstrip()


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def cpu_seconds(work: Callable[[], object]) -> float:
    """The CPU time of `work` in this process; for work that never waits, this is independent of other load."""
    began = process_time()
    work()
    return process_time() - began


def medians(*sides: Side, rounds: int) -> list[float]:
    """The median of each side in milliseconds. All sides run once unmeasured, then alternate for `rounds` rounds."""
    for side in sides:
        side()
    taken = [[side() for side in sides] for _ in range(rounds)]
    return [median(of_side) * 1000 for of_side in zip(*taken, strict=True)]


def megabytes(used: resource.struct_rusage) -> float:
    """The peak memory of a process in MB."""
    return used.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)  # bytes on macOS, kB elsewhere


def must(holds: bool, what: str) -> None:
    """Ends the benchmark with exit 1 unless the work to be measured was done."""
    if not holds:
        raise SystemExit(f"not measured: {what}; run the tests (make test), then measure again")
