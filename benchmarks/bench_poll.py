"""200 sources on 200 hosts in one cycle, beside the time that pace and latency alone take; and its peak memory.

Every host gives robots.txt and four result pages, each after 200 ms, and is asked once a second. So no client can be
done sooner than four spacings and one answer after it has begun; what is above that is our own doing.
"""

import asyncio
import resource
import sys
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import Row, medians, must, seconds, show
from slow_hosts import CLINICS, LATENCY, PAGES, running
from synthetic import region

from aggregator.clock import SystemClock
from aggregator.config.region import Pace, Region, Source
from aggregator.cycle import visit
from aggregator.model import Outcome, Report
from aggregator.store.store import Store

HOSTS = 200
SPACING = 1.0  # seconds between two requests to one host
ROUNDS = 3
FIRST = PAGES * SPACING + LATENCY  # robots.txt starts at 0, the last page at PAGES spacings
LATER = FIRST - SPACING  # robots.txt is kept for a day
MEMORY = 200.0  # MB
MAXRSS = 1024**2 if sys.platform == "darwin" else 1024  # units of ru_maxrss in a MB: bytes there, kB elsewhere


def example(urls: list[str]) -> Region:
    return region(
        *(
            Source(
                name=f"host-{number}",
                provider="prepmod",
                url=url,
                state="MA",
                time_zone="America/New_York",
                pace=Pace(spacing=SPACING),
            )
            for number, url in enumerate(urls)
        )
    )


def cycle(polled: Region, db: Path) -> float:
    """Seconds of one cycle; into a new file nothing is known of robots.txt."""
    reports: list[Report] = []
    with Store(db) as store:
        taken = seconds(lambda: reports.extend(asyncio.run(visit(polled, polled.sources, store, SystemClock()))))
    whole = [report for report in reports if report.outcome is Outcome.OK and report.rows == PAGES * CLINICS]
    must(len(whole) == HOSTS, f"only {len(whole)} of {HOSTS} visits were whole")
    return taken


def main() -> None:
    with running(HOSTS) as urls, TemporaryDirectory() as folder:
        polled, new, old = example(urls), count(), count()
        first, later = medians(
            lambda: cycle(polled, Path(folder) / f"{next(new)}.db"),
            lambda: cycle(polled, Path(folder) / f"{next(old)}.db"),  # the file of the cycle just before
            rounds=ROUNDS,
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MAXRSS
    show(
        f"A cycle over {HOSTS} hosts, {PAGES} pages each, {LATENCY * 1000:.0f} ms an answer, one request a second",
        (
            Row("into an empty file, beside pace and latency", first, FIRST * 1000, 1.15),
            Row("every later one, beside pace and latency", later, LATER * 1000, 1.15),
            Row("peak memory of the process", memory, MEMORY, 1.0, "MB"),
        ),
    )


if __name__ == "__main__":
    main()
