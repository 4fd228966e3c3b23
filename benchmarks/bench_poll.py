"""Polls 200 sources on 200 hosts in one cycle; compares the time with the minimum that pace and latency allow.

It also measures peak memory. Every host serves robots.txt and four result pages, each after 200 ms, with one request
per second. So no client can be faster than four spacings and one response; everything above that is our own overhead.
"""

import asyncio
import resource
import sys
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from measure import Table, figure, medians, megabytes, must, seconds
from slow_hosts import CLINICS, PAGES, running
from synthetic import region
from tables import Benchmark

from aggregator.clock import SystemClock
from aggregator.config.region import Pace, Region, Source
from aggregator.cycle import visit
from aggregator.model import Outcome, Report
from aggregator.store.store import Store

MEMORY = 200.0  # MB


class Size(NamedTuple):
    """Number of hosts, seconds between two requests to one host, seconds until it responds, and rounds."""

    hosts: int
    spacing: float
    latency: float
    rounds: int


def example(urls: list[str], spacing: float) -> Region:
    return region(
        *(
            Source(
                name=f"host-{number}",
                provider="prepmod",
                url=url,
                state="MA",
                country="US",
                time_zone="America/New_York",
                pace=Pace(spacing=spacing),
            )
            for number, url in enumerate(urls)
        )
    )


def cycle(polled: Region, db: Path) -> float:
    """Seconds for one cycle; with a new file, no robots.txt is cached."""
    reports: list[Report] = []
    with Store(db) as store:
        taken = seconds(lambda: reports.extend(asyncio.run(visit(polled, polled.sources, store, SystemClock()))))
    whole = [report for report in reports if report.outcome is Outcome.OK and report.rows == PAGES * CLINICS]
    hosts = len(polled.sources)
    must(len(whole) == hosts, f"only {len(whole)} of {hosts} visits were whole")
    return taken


def stored(db: Path) -> int:
    """Number of locations in the file."""
    with Store(db) as store:
        return int(store.db.execute("SELECT count(*) FROM locations").fetchone()[0])


def measured(size: Size) -> Table:
    with running(size.hosts, size.latency) as urls, TemporaryDirectory() as folder:
        polled, new, old = example(urls, size.spacing), count(), count()
        first, later = medians(
            lambda: cycle(polled, Path(folder) / f"{next(new)}.db"),
            lambda: cycle(polled, Path(folder) / f"{next(old)}.db"),  # the file of the previous cycle
            rounds=size.rounds,
        )
        locations = stored(Path(folder) / "0.db")
    least = PAGES * size.spacing + size.latency  # robots.txt is requested at 0, the last page after PAGES spacings
    must(later / 1000 >= least - size.spacing, f"a cycle of {later:.0f} ms cannot have kept its pace")
    lines = (
        figure("into an empty file", first, reference=least * 1000, limit=1.15),
        figure("every later one, with robots.txt known", later, reference=(least - size.spacing) * 1000, limit=1.15),
        figure("peak memory", megabytes(resource.getrusage(resource.RUSAGE_SELF)), "MB", limit=MEMORY),
    )
    title = f"A cycle over {size.hosts} hosts, {PAGES} pages each, beside the time that pace and latency take"
    return Table(title, lines, {"pages read in a cycle": size.hosts * PAGES, "locations stored": locations})


BENCHMARK = Benchmark(
    "bench_poll", measured, full=Size(200, spacing=1.0, latency=0.2, rounds=3), tiny=Size(1, 0.02, 0.01, rounds=1)
)

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
