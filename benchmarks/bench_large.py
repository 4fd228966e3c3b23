"""A region of 80,000 places beside one of 500: memory, and what a cycle costs in which 1 % of the answers changed.

Each release is made by a process of its own, as `aggregator run` is, and is measured in it: CPU from the report being
saved to the release being switched in, and the most memory it ever held, with the report. A first release makes
everything; a cycle two minutes later renews what changed; one after two more also what is due because of the times
printed in it. Needs some 10 GB of disk for a while, and a few minutes.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from measure import Row, must, show
from synthetic import NOW, county, report

from aggregator.cycle import make_release, tidy
from aggregator.model import Report
from aggregator.store.store import Store

FEW, MANY = 500, 80_000  # places
OFFERING = 12  # one place of so many has appointments
CHANGING = 100  # the answer of one place of so many is another one in each cycle
CYCLES = 5
BETWEEN = timedelta(minutes=1)
MEMORY = 1500.0  # MB
TIMES = 10.0  # what a cycle of MANY may cost, of one of FEW

Measured = Mapping[str, float]


def visit(places: int, number: int) -> Report:
    """The report of cycle `number`, in which every hundredth place says something else than in the one before."""
    return report([_count(place, number) for place in range(places)], NOW + number * BETWEEN)


def _count(place: int, number: int) -> int:
    offers = place % OFFERING == 0
    changed = 0 < place % CHANGING <= number
    return (7 if changed else 12) if offers else 5 if changed else 0


def cycle(places: int, number: int, folder: Path) -> Measured:
    """What cycle `number` took in this process, as `aggregator run` does it once the booking system has answered."""
    said, region, at = visit(places, number), county(), NOW + number * BETWEEN
    began = process_time()
    with Store(folder / "aggregator.db") as store:
        saved = store.save(said, next_visit_at=at + BETWEEN, failures=0, doubted=0)
        tidy(region, store, _soon(at))
        snapshot, release = make_release(region, store, folder / "public", _soon(at))
    took = process_time() - began
    must(len(snapshot.places) == places, f"{len(snapshot.places)} places were published instead of {places}")
    must(number == 0 or saved.changed > 0, "no answer changed")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "cpu": took,
        "memory": peak / 1024 / (1024 if sys.platform == "darwin" else 1),
        "files": release.files,
        "made": release.made,
        "changed": saved.changed,
    }


def _soon(at: datetime) -> datetime:
    """The instant of the release, a little after the visit."""
    return at + timedelta(seconds=20)


def measured(places: int) -> list[Measured]:
    """The cycles of a region of that many places, each in a process of its own."""
    found = []
    with TemporaryDirectory() as folder:
        for number in range(CYCLES):
            command = [sys.executable, __file__, str(places), str(number), folder]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
            must(done.returncode == 0, f"cycle {number} of {places} places failed")
            found.append(json.loads(done.stdout))
    return found


def main() -> None:
    few, many = measured(FEW), measured(MANY)
    share = f"{many[1]['changed']:,.0f} of {MANY:,} answers changed"
    show(
        f"A region of {MANY:,} places, beside one of {FEW} (CPU; memory beside {MEMORY:,.0f} MB)",
        (
            Row("peak memory", max(one["memory"] for one in many), MEMORY, 1.0, "MB"),
            Row(share, many[1]["cpu"], few[1]["cpu"], TIMES, "s"),
            Row("as many, and pages due for their times", many[2]["cpu"], unit="s"),
            Row(f"  with {FEW} places", few[2]["cpu"], unit="s"),
            Row("first release", many[0]["cpu"], unit="s"),
            Row(f"  with {FEW} places", few[0]["cpu"], unit="s"),
            Row("files (each with three twins)", many[0]["files"] / 1000, unit="thousand"),
            Row("  made in the cycle, the others linked", many[1]["made"] / 1000, unit="thousand"),
        ),
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(cycle(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main()
