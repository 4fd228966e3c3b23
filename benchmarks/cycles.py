"""Runs cycles of a made-up region of any size, each in its own process like `aggregator run`.

CPU time is that of the whole process, from starting Python to switching to the release, without generating the report.
Memory is the peak of the process, including the report. The disk is that of the checkout.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from time import process_time
from typing import NamedTuple

from measure import megabytes, must
from synthetic import NOW, county, report

from aggregator.clock import SystemClock
from aggregator.clock_jumps import KnownTime
from aggregator.cycle import make_release, prune_history
from aggregator.model import Report
from aggregator.release.publisher import KEEP
from aggregator.store.store import Store

OFFERING = 12  # one place in so many has appointments
SETTLED = KEEP + 1  # cycles until releases reuse older ones, as all later ones do
BUILD = Path(__file__).parents[1] / "build"

Measured = Mapping[str, float]


class Scale(NamedTuple):
    """The number of places, and that one place in `changing` (0: none) has another answer in each cycle.

    Pages are published for the postal codes of its state; Guam has few.
    """

    places: int
    changing: int
    state: str = "MA"


@contextmanager
def room() -> Iterator[Path]:
    """A folder for all cycles that are compared.

    For five minutes after files were removed, ext4 avoids their inodes, which makes each new file up to fifty times
    slower. So nothing is removed until everything is measured.
    """
    BUILD.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=BUILD) as folder:
        yield Path(folder)


def cycles(folder: Path, scale: Scale, count: int, between: timedelta) -> list[Measured]:
    """Runs `count` cycles of a new region, in a new folder within `folder`, `between` apart.

    For each cycle: `cpu` (seconds), `memory` (MB), the number of `places` and `files` it published, of files it `made`,
    and of answers it `changed`.
    """
    found, where = [], mkdtemp(dir=folder)
    for number in range(count):
        at = NOW + number * between
        command = [sys.executable, __file__, *map(str, scale), str(number), at.isoformat(), where]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
        must(done.returncode == 0, f"cycle {number} of {scale.places} places failed")
        found.append(json.loads(done.stdout))
    return found


def each(name: str, taken: Iterable[Measured]) -> list[float]:
    """One figure for each of these cycles."""
    return [one[name] for one in taken]


def _cycle(scale: Scale, number: int, at: datetime, folder: Path) -> Measured:
    """Runs one cycle in this process, as `aggregator run` does after the booking system has responded."""
    places, changing, state = scale
    region, soon, began = county(state), at + timedelta(seconds=1), process_time()
    visit = _visit(places, changing, number, at)
    made_up = process_time() - began
    with Store(folder / "aggregator.db") as store:
        saved = store.save(visit, next_visit_at=at + timedelta(minutes=1), failures=0, doubted=0)
        prune_history(region, store, soon, KnownTime(None, SystemClock()))
        snapshot, release = make_release(region, store, folder / "public", soon)
    took = process_time() - made_up
    must(len(snapshot.places) == places, f"{len(snapshot.places)} places were published instead of {places}")
    due = places // changing if changing and number else 0
    must(saved.changed == due, f"{saved.changed} answers changed instead of {due}")
    return {
        "cpu": took,
        "memory": megabytes(resource.getrusage(resource.RUSAGE_SELF)),
        "places": len(snapshot.places),
        "files": release.files,
        "made": release.made,
        "changed": saved.changed,
    }


def _visit(places: int, changing: int, number: int, at: datetime) -> Report:
    """The places change in turn: in cycle 1 the first of each group of `changing`, in cycle 2 the second, …"""
    return report([_count(place, changing, number) for place in range(places)], at)


def _count(place: int, changing: int, number: int) -> int:
    offers, changed = place % OFFERING == 0, changing and place % changing < number
    return (7 if changed else 12) if offers else 5 if changed else 0


if __name__ == "__main__":
    places, changing, state, number, at, folder = sys.argv[1:]
    scale = Scale(int(places), int(changing), state)
    print(json.dumps(_cycle(scale, int(number), datetime.fromisoformat(at), Path(folder))))
