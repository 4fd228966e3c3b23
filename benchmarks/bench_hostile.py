"""How long the worst page of each kind takes to read, beside the time that `aggregator.visit.reading_time` expects.

Every page that the tests of growth know (`tests/growth/worst_pages.py`) is read at two sizes, within its limits; a page
that is refused costs what refusing it costs. The figures decide which pages are read in a process of their own, so run
this on the smallest machine that is meant to run the aggregator.
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

from measure import Row, must, show

from aggregator.adapter import Page, fhir, ics
from aggregator.errors import AggregatorError, RecordError
from aggregator.model import Answer
from aggregator.visit.reading_time import WORST, reading_time

sys.path.append(str(Path(__file__).parent.parent))

from tests.growth import worst_pages
from tests.growth.worst_pages import repeated

SIZES = 15_000, 150_000  # characters
ROUNDS = 3  # of which the fastest counts
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
URL = "https://a.example.org/"

Read = Callable[[Page], object]


class Taken(NamedTuple):
    """A page, and the seconds that it takes to read."""

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


def taken(kind: str, size: int) -> Iterator[Taken]:
    content_type, read, pages = KINDS[kind]
    for before, piece, after in pages:
        body = repeated(piece, size, before, after).encode()
        answer = Answer(url=URL, status=200, headers={"content-type": content_type}, body=body, fetched_at=NOW)
        fastest = min(_seconds(read, answer) for _ in range(ROUNDS))
        yield Taken(piece, fastest, reading_time(answer, kind == "calendar"), len(body))


def _seconds(read: Read, answer: Answer) -> float:
    page = Page(answer)
    began = thread_time()
    with suppress(AggregatorError):
        read(page)
    return thread_time() - began


def main() -> None:
    rows = []
    for kind, size in product(KINDS, SIZES):
        worst = max(taken(kind, size), key=lambda one: one.seconds / one.expected)
        must(worst.size > size / 2, f"the page of {worst.piece!r} has {worst.size} bytes")
        what = f"{kind}, {worst.size / 1000:.0f} kB: {worst.piece[:20]!r}"
        rows.append(Row(what, worst.seconds * 1000, worst.expected * 1000, 1.0))
    show(f"The worst pages, beside the time that is expected (seconds for 1 MB: {WORST})", rows)


if __name__ == "__main__":
    main()
