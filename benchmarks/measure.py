"""How every benchmark measures and prints: alternating rounds, medians, one table.

A reader may rely on: the sides of a comparison take turns within one process, so a ratio survives a machine that is
busy with other things. A limit that is exceeded is printed as "over"; only a measurement that fails ends with exit 1.
"""

from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter
from typing import NamedTuple

Side = Callable[[], float]  # does its work once and says how many seconds the measured part took


class Row(NamedTuple):
    """One line of the table. Without a `limit`, the most that `ours` may be of `reference`, it is information."""

    what: str
    ours: float
    reference: float | None = None
    limit: float | None = None
    unit: str = "ms"


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def medians(*sides: Side, rounds: int) -> list[float]:
    """The median of each side in milliseconds. All sides run once unmeasured, then in turn, `rounds` times."""
    for side in sides:
        side()
    taken = [[side() for side in sides] for _ in range(rounds)]
    return [median(of_side) * 1000 for of_side in zip(*taken, strict=True)]


def must(holds: bool, what: str) -> None:
    """Ends the benchmark with exit 1 where the work to be measured was not done."""
    if not holds:
        raise SystemExit(f"not measured: {what}; run the tests (make test), then measure again")


def show(title: str, rows: Iterable[Row]) -> None:
    """Prints the table."""
    print(f"\n{title}\n{'':<46} {'ours':>11} {'reference':>11} {'ratio':>6} {'limit':>6}")
    for row in rows:
        print(_line(row))


def _line(row: Row) -> str:
    ours = f"{row.what:<46} {row.ours:>8.2f} {row.unit}"
    if row.reference is None:
        return ours
    ratio = row.ours / row.reference
    compared = f"{ours} {row.reference:>8.2f} {row.unit} {ratio:>6.2f}"
    if row.limit is None:
        return compared
    return f"{compared} {row.limit:>6.2f}  {'ok' if ratio <= row.limit else 'over'}"
