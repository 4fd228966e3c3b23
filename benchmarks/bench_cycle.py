"""A cycle of a region of 500 places in which 10 % of the answers changed, beside the budget of CPU for it."""

from datetime import timedelta
from statistics import median

from cycles import SETTLED, Measured, measured, room
from measure import Row, show

PLACES = 500
BUDGET = 3.0  # seconds of CPU


def main() -> None:
    with room() as folder:
        changed = measured(folder, PLACES, changing=10, cycles=SETTLED + 4, between=timedelta(minutes=1))
        unchanged = measured(folder, PLACES, changing=0, cycles=SETTLED + 4, between=timedelta(seconds=5))
    show(
        f"A cycle of {PLACES} places, each in a process of its own (CPU; beside {BUDGET:.0f} s)",
        (
            Row("10 % of the answers changed, each minute", median(_cpu(changed)), BUDGET, 1.0, "s"),
            Row("  the slowest of these cycles", max(_cpu(changed)), BUDGET, 1.0, "s"),
            Row("no answer changed, nothing due for its age", median(_cpu(unchanged)), unit="s"),
            Row("first release", changed[0]["cpu"], unit="s"),
            Row("files (each with three twins)", changed[-1]["files"], unit=""),
            Row("  made of them where 10 % changed", median(one["made"] for one in changed[1:]), unit=""),
            Row("  made where nothing changed", median(one["made"] for one in unchanged[1:]), unit=""),
        ),
    )


def _cpu(cycles: list[Measured]) -> list[float]:
    return [one["cpu"] for one in cycles[1:]]


if __name__ == "__main__":
    main()
