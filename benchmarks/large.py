"""A region of 80,000 places beside one of 500: memory, and what a cycle costs in which 1 % of the answers changed.

`large.py SECONDS` says how far apart the cycles are; 20 where it is not given, so that no page comes due in them
for the times that are printed in it. With 60 there are so many that every page does; that takes 12 minutes instead of
seven. Needs some 10 GB of disk for a while.
"""

import sys
from datetime import timedelta
from math import ceil
from statistics import median

from cycles import SETTLED, measured, room
from measure import Row, show

from aggregator.release.writing import MAX_AGE

FEW, MANY = 500, 80_000  # places
CHANGING = 100  # one place of so many
MEMORY = 1500.0  # MB
TIMES = 10.0  # what a cycle of MANY may cost, of one of FEW


def main(between: timedelta) -> None:
    coming_due = 0 if between * SETTLED < MAX_AGE / 2 else ceil(MAX_AGE / between)
    with room() as folder:
        few, many = (measured(folder, places, CHANGING, SETTLED + 1 + coming_due, between) for places in (FEW, MANY))
    settled = {name: median(one[name] for one in many[SETTLED:]) for name in ("cpu", "made", "files", "changed")}
    beside = median(one["cpu"] for one in few[SETTLED:])
    show(
        f"A region of {MANY:,} places, beside one of {FEW} (CPU; memory beside {MEMORY:,.0f} MB)",
        (
            Row("peak memory", max(one["memory"] for one in many), MEMORY, 1.0, "MB"),
            Row(f"{settled['changed']:,.0f} of {MANY:,} answers changed", settled["cpu"], beside, TIMES, "s"),
            Row("as many, in the cycle after the first", many[1]["cpu"], few[1]["cpu"], TIMES, "s"),
            Row("first release", many[0]["cpu"], unit="s"),
            Row(f"  with {FEW} places", few[0]["cpu"], unit="s"),
            Row("files (each with three twins)", settled["files"] / 1000, unit="thousand"),
            Row("  made of them", settled["made"] / 1000, unit="thousand"),
        ),
    )


if __name__ == "__main__":
    main(timedelta(seconds=float(sys.argv[1]) if len(sys.argv) > 1 else 20))
