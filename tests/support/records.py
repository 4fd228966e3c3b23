"""Made-up locations, availability, reports, and regions for the tests of the core, around one fixed time."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aggregator.config.region import Region, Source, parse_region
from aggregator.model import Availability, Available, Location, LocationType, Outcome, Reading, Report, Slot
from aggregator.store.saving import Saved
from aggregator.store.store import Store

NOW = datetime(2021, 5, 13, 14, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = "county"

REGION = """
name = "alder-county"
title = "Alder County appointments"
states = ["MA"]
time_zone = "America/New_York"
contact = "operator@alder-county.test"
"""
HOLDER = """
import sys
from pathlib import Path
from aggregator.store.lock import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
SOURCES = """
[[sources]]
name = "county"
provider = "prepmod"
url = "https://book.example.org/search"
"""


def region(head: str = "", sources: str = SOURCES, file: str = "alder.toml") -> Region:
    """The region of REGION, with the lines of `head` before its `sources`."""
    return parse_region(f"{REGION}{head}{sources}", file)


def source(name: str = SOURCE, **fields: Any) -> Source:
    made = {"provider": "example", "url": f"https://{name}.example.org/", "time_zone": "America/New_York"}
    return Source(name=name, **(made | fields))


def location(key: str = "1", **fields: Any) -> Location:
    made = {"name": f"Town hall {key}", "location_type": LocationType.CLINIC, "time_zone": "America/New_York"}
    return Location(key=key, **(made | fields))


def slot(start: datetime = NOW + DAY, count: int | None = 3, **fields: Any) -> Slot:
    return Slot(start=start, count=count, **fields)


def availability(
    *slots: Slot, available: Available = Available.YES, at: datetime = NOW, valid_at: datetime | None = None
) -> Availability:
    return Availability(available=available, checked_at=at, slots=slots, valid_at=valid_at)


def reading(key: str = "1", *slots: Slot, at: datetime = NOW, **fields: Any) -> Reading:
    """Location `key` with `slots`, or with one slot tomorrow."""
    return Reading(location=location(key, **fields), availability=availability(*(slots or (slot(),)), at=at))


def report(*readings: Reading, at: datetime = NOW, **fields: Any) -> Report:
    """The report of a complete, good visit."""
    made: dict[str, Any] = {"source": SOURCE, "outcome": Outcome.OK, "took": 0.5, "whole": True}
    return Report(readings=readings, started_at=at, **(made | fields))


def save(store: Store, saved: Report, *, failures: int = 0, doubted: int = 0) -> Saved:
    next_visit_at = saved.started_at + 2 * MINUTE
    return store.save(saved, next_visit_at=next_visit_at, failures=failures, doubted=doubted)


@contextmanager
def lock_holder(db: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of `db`; killed at the end."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(db)], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def damage(db: Any, statement: str) -> None:
    """Runs a statement that the constraints forbid, to imitate a broken disk or a careless edit."""
    db.execute("PRAGMA ignore_check_constraints = ON")
    db.execute(statement)
    db.execute("PRAGMA ignore_check_constraints = OFF")
