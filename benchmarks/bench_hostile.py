"""Measures how long the worst page of each kind takes to read, compared with the estimate of `reading_time`.

Every page of the growth tests (`tests/growth/worst_pages.py`) is read at two sizes within its limits; a refused page
costs what refusing it costs. The figures decide which pages are read in a worker process, so run this on the smallest
machine that should be able to run the aggregator.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from time import thread_time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from measure import Table, figure, must
from tables import Benchmark

from aggregator.adapter import Page, fhir, ics
from aggregator.errors import AggregatorError, RecordError
from aggregator.model import Answer
from aggregator.visit.reading_time import reading_time

sys.path.append(str(Path(__file__).parent.parent))

from tests.growth import worst_pages
from tests.growth.worst_pages import repeated

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
URL = "https://a.example.org/"
MOST = 1.5  # times the estimate: a machine is up to a third slower when its neighbors are busy

Read = Callable[[Page], object]


class Size(NamedTuple):
    """How many characters each page has, and how often it is read; the fastest reading counts."""

    characters: tuple[int, ...]
    rounds: int


class Taken(NamedTuple):
    """A page, and the seconds it takes to read."""

    piece: str
    seconds: float
    expected: float
    size: int


def read_html(page: Page) -> None:
    _ = page.html, page.shown, page.link_base


def read_calendar(page: Page) -> None:
    for event in ics.events(page.text, URL):
        with suppress(RecordError):
            event.times(NOW, ZONE)


def read_records(page: Page) -> None:
    feed = fhir.Feed(URL, ["MA"])
    for kind in ("Location", "Schedule", "Slot"):
        feed.add(fhir.Output(kind, URL), page.text if kind == "Slot" else "")


# kind -> the content type of its pages, how they are read, and the pages
KINDS: dict[str, tuple[str, Read, tuple[worst_pages.Page, ...]]] = {
    "html": ("text/html", read_html, worst_pages.HTML),
    "json": ("application/json", lambda page: page.json, worst_pages.JSON),
    "records": (
        "application/fhir+ndjson",
        read_records,
        tuple(("", pieces["Slot"], "") for pieces in worst_pages.FEEDS.values()),
    ),
    "text": ("text/csv", lambda page: page.csv, worst_pages.CSV),
    "calendar": ("text/calendar", read_calendar, worst_pages.CALENDAR),
}


def taken(kind: str, size: int, rounds: int) -> Iterator[Taken]:
    content_type, read, pages = KINDS[kind]
    for before, piece, after in pages:
        body = repeated(piece, size, before, after).encode()
        answer = Answer(url=URL, status=200, headers={"content-type": content_type}, body=body, fetched_at=NOW)
        fastest = min(_seconds(read, answer) for _ in range(rounds))
        yield Taken(piece, fastest, reading_time(answer, kind == "calendar"), len(body))


def _seconds(read: Read, answer: Answer) -> float:
    page = Page(answer)
    began = thread_time()
    with suppress(AggregatorError):
        read(page)
    return thread_time() - began


def measured(size: Size) -> Table:
    lines, pages = [], 0
    for kind, characters in product(KINDS, size.characters):
        found = list(taken(kind, characters, size.rounds))
        pages += len(found)
        worst = max(found, key=lambda one: one.seconds / one.expected)
        must(worst.size > characters / 2, f"the page of {worst.piece!r} has {worst.size} bytes")
        what = f"{kind}, {worst.size / 1000:.0f} kB of {shown(worst.piece)}"
        lines.append(figure(what, worst.seconds * 1000, reference=worst.expected * 1000, limit=MOST))
    title = "The worst page of each kind, beside the time that is expected of it"
    return Table(title, lines, {"pages read": pages})


def shown(piece: str) -> str:
    """The beginning of a piece, short enough for a table cell."""
    return f"`{piece[:20]!r}`".replace("|", "\\|")


BENCHMARK = Benchmark("bench_hostile", measured, full=Size((15_000, 150_000), rounds=3), tiny=Size((2000,), rounds=1))

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
