"""Measures the CPU time of a cycle for a region of 500 places in which 10 % of the answers changed."""

import sys
from datetime import timedelta
from statistics import median
from typing import NamedTuple

from cycles import SETTLED, Scale, cycles, each, room
from measure import Table, figure
from tables import Benchmark

CHANGING = 10  # one place in so many
BUDGET = 1.5  # seconds of CPU


class Size(NamedTuple):
    """How many places in which state, and how many cycles after the first one."""

    places: int
    state: str
    later: int


def measured(size: Size) -> Table:
    with room() as folder:
        first, *changed = cycles(folder, Scale(size.places, CHANGING, size.state), 1 + size.later, timedelta(minutes=1))
        _, *unchanged = cycles(folder, Scale(size.places, 0, size.state), 1 + size.later, timedelta(seconds=5))
    lines = (
        figure("10 % of the answers changed, each minute", median(each("cpu", changed)), "s", limit=BUDGET),
        figure("  the slowest of these cycles", max(each("cpu", changed)), "s", limit=BUDGET),
        figure("no answer changed, nothing due for its age", median(each("cpu", unchanged)), "s"),
        figure("first release", first["cpu"], "s"),
        figure("files of a release", changed[-1]["files"], ""),
        figure("  made of them where 10 % changed", median(each("made", changed)), ""),
        figure("  made where nothing changed", median(each("made", unchanged)), ""),
    )
    work = {
        "places published": int(first["places"]),
        "cycles": 2 * (1 + size.later),
        "answers changed": int(sum(each("changed", changed))),
    }
    return Table(f"CPU of a cycle of {size.places} places, each in a process of its own", lines, work)


BENCHMARK = Benchmark("bench_cycle", measured, full=Size(500, "MA", SETTLED + 3), tiny=Size(20, "GU", 1))

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
