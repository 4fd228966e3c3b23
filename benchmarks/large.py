"""Measures a region of 80,000 places with a cycle every minute in which 1 % of the answers changed: CPU and memory.

Measuring starts after the first pages were rebuilt to update the times printed on them. A region of 500 places with the
same changes is measured too. Temporarily needs about 10 GB of disk.
"""

import sys
from datetime import timedelta
from math import ceil
from statistics import median
from typing import NamedTuple

from cycles import SETTLED, Scale, cycles, each, room
from measure import Table, figure
from tables import Benchmark

from aggregator.release.writing import MAX_AGE

BETWEEN = timedelta(minutes=1)
CYCLE, FIRST = 15.0, 90.0  # seconds of CPU for a cycle, and for the first release
MEMORY = 1200.0  # MB


class Size(NamedTuple):
    """The two regions, the cycles before measuring, and the number of measured cycles."""

    few: Scale
    many: Scale
    settled: int
    later: int


def measured(size: Size) -> Table:
    with room() as folder:
        few, many = (cycles(folder, scale, size.settled + size.later, BETWEEN) for scale in (size.few, size.many))
    late, changed = many[size.settled :], median(each("changed", many[size.settled :]))
    places, beside = f"{size.many.places:,}", f"the same with {size.few.places} places"
    lines = (
        figure(f"{changed:,.0f} of {places} answers changed", median(each("cpu", late)), "s", limit=CYCLE),
        figure("  the slowest of these cycles", max(each("cpu", late)), "s", limit=CYCLE),
        figure(f"  {beside}", median(each("cpu", few[size.settled :])), "s"),
        figure("first release", many[0]["cpu"], "s", limit=FIRST),
        figure(f"  {beside}", few[0]["cpu"], "s"),
        figure("peak memory", max(each("memory", many)), "MB", limit=MEMORY),
        figure("files of a release", median(each("files", late)), ""),
        figure("  made of them in a cycle", median(each("made", late)), ""),
    )
    work = {"places published": int(few[0]["places"] + many[0]["places"]), "answers changed": int(changed)}
    return Table(f"CPU and memory of a region of {places} places, a cycle a minute", lines, work)


BENCHMARK = Benchmark(
    "large",
    measured,
    full=Size(Scale(500, 100), Scale(80_000, 100), SETTLED, later=1 + ceil(MAX_AGE / BETWEEN)),
    tiny=Size(Scale(6, 3, "GU"), Scale(12, 3, "GU"), 1, later=1),
)

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
