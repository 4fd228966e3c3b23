"""A region of 80,000 places beside one of 500: memory, and what a cycle costs in which 1 % of the answers changed.

The cycles are 20 seconds apart, so that no page comes due in them for the times that are printed in it. Needs some
10 GB of disk for a while.
"""

import sys
from datetime import timedelta
from statistics import median
from typing import NamedTuple

from cycles import SETTLED, Scale, cycles, each, room
from measure import Table, figure
from tables import Benchmark

BETWEEN = timedelta(seconds=20)
MEMORY = 1500.0  # MB
TIMES = 10.0  # what a cycle of the large region may cost, of one of the small


class Size(NamedTuple):
    """The two regions, and the cycles before those that count."""

    few: Scale
    many: Scale
    settled: int


def measured(size: Size) -> Table:
    with room() as folder:
        few, many = (cycles(folder, scale, size.settled + 1, BETWEEN) for scale in (size.few, size.many))
    late, beside = many[size.settled :], median(each("cpu", few[size.settled :]))
    changed = median(each("changed", late))
    lines = (
        figure("peak memory", max(each("memory", many)), "MB", limit=MEMORY),
        figure(f"{changed:,.0f} answers changed", median(each("cpu", late)), "s", reference=beside, limit=TIMES),
        figure("as many, in the cycle after the first", many[1]["cpu"], "s", reference=few[1]["cpu"], limit=TIMES),
        figure("first release", many[0]["cpu"], "s"),
        figure(f"  with {size.few.places} places", few[0]["cpu"], "s"),
        figure("files of a release", median(each("files", late)), ""),
        figure("  made of them", median(each("made", late)), ""),
    )
    title = f"CPU and memory of a region of {size.many.places:,} places, beside one of {size.few.places}"
    work = {"places published": int(few[0]["places"] + many[0]["places"]), "answers changed": int(changed)}
    return Table(title, lines, work)


BENCHMARK = Benchmark(
    "large",
    measured,
    full=Size(Scale(500, 100), Scale(80_000, 100), SETTLED),
    tiny=Size(Scale(6, 3, "GU"), Scale(12, 3, "GU"), 1),
)

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
