"""Interrupted visits, made from recorded PrepMod searches: a waiting room, an error, or an unreadable row.

The rows are real, so venues appear on several pages as in reality. The recordings are not part of this repository; the
tests are skipped without them.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from aggregator.current import answer_at, slots_at
from aggregator.errors import Unreachable
from aggregator.model import Answer, Available, Report, Request
from aggregator.store.store import Store
from aggregator.visit.one_visit import collect
from providers.prepmod import TITLE, PrepMod
from tests.support.memory_hosts import HandClock, run
from tests.support.pages import WAITING_ROOM, Reply, TableClient, search, source
from tests.support.records import save
from tests.support.stores import empty_store

SIZES = (10, 4)  # clinics per page: as recorded, and fewer, so that more visits can be interrupted
SHUFFLES = 3
MINUTES = timedelta(minutes=5)


class Site(NamedTuple):
    """The clinics of one installation on one day, as HTML."""

    url: str
    at: datetime
    rows: tuple[str, ...]


class Counts(NamedTuple):
    """`visits` made, `places` that are open in the complete data over all visits, and how many became NO."""

    visits: int
    places: int
    wrong: int


class DatedClient(TableClient):
    """Responds as of `at`."""

    at: datetime

    async def get(self, request: Request) -> Answer:
        answer = await super().get(request)
        return Answer(url=answer.url, status=200, headers={}, body=answer.body, fetched_at=self.at)


def sites(captures: Path) -> Iterator[Site]:
    """Every installation and day in the recordings, with the clinics of all pages."""
    found: dict[tuple[str, datetime], dict[str, None]] = {}
    for file in sorted((captures / "prepmod").glob("*.har")):
        for entry in json.loads(file.read_bytes())["log"]["entries"]:
            parts, body = urlsplit(entry["request"]["url"]), entry["response"]["content"].get("text") or ""
            if not parts.path.endswith("/search"):
                continue
            at = datetime.fromisoformat(entry["startedDateTime"])
            rows = LexborHTMLParser(body).css(f"div.border-b:has({TITLE})")
            found.setdefault((f"{parts.scheme}://{parts.netloc}{parts.path}", at), {}).update(
                dict.fromkeys(row.html or "" for row in rows)
            )
    yield from (Site(url, at, tuple(rows)) for (url, at), rows in found.items() if rows)


def paged(site: Site, size: int) -> list[list[str]]:
    return [list(site.rows[start : start + size]) for start in range(0, len(site.rows), size)]


def replies(site: Site, pages: Sequence[Sequence[str]], broken: dict[int, Reply]) -> dict[str, Reply]:
    """A search with these pages; those in `broken` get another response."""
    found: dict[str, Reply] = {}
    for number, rows in enumerate(pages):
        address = f"{site.url}?q%5Bvenue_search_name_or_venue_name_i_cont%5D=&page={number + 1}"
        following = f"{address[:-1]}{number + 2}" if number < 9 else f"{address[:-2]}{number + 2}"
        found[address] = broken.get(number, search(*rows, next_page=following if number + 1 < len(pages) else ""))
    return found


def visited(site: Site, pages: Sequence[Sequence[str]], at: datetime, broken: dict[int, Reply]) -> Report:
    client = DatedClient(replies(site, pages, broken))
    client.at = at
    return run(collect(source(site.url, state=None), PrepMod(), client, HandClock(at)))


def answers(store: Store, now: datetime) -> dict[str, Available]:
    return {
        row.location.key: answer_at(row.answer.available, slots_at(row.answer.slots, now), row.answer.count)[0]
        for row in store.locations(["example"], now - MINUTES)
    }


def measured(captures: Path, breaks: Sequence[Reply | None], *, first: bool) -> Counts:
    """Visits with one later page `broken`, after a complete visit, or on an empty database (`first`)."""
    visits = places = wrong = 0
    shuffle = Random(7)
    for site in sites(captures):
        orders = [
            site,
            *(site._replace(rows=tuple(shuffle.sample(site.rows, len(site.rows)))) for _ in range(SHUFFLES)),
        ]
        for pages in (paged(order, size) for order in orders for size in SIZES):
            complete = visited(site, pages, site.at, {})
            for number, reply in ((n, reply) for n in range(1, len(pages)) for reply in breaks):
                with empty_store() as store:
                    save(store, complete)
                    later = site.at + MINUTES
                    truth = answers(store, later)
                    with empty_store() as other:
                        used = other if first else store
                        broken = {} if reply is None else {number: reply}
                        save(used, visited(site, pages, later, broken))
                        seen = answers(used, later)
                visits += 1
                places += sum(one is Available.YES for one in truth.values())
                wrong += sum(truth[key] is Available.YES and one is Available.NO for key, one in seen.items())
    return Counts(visits, places, wrong)


@pytest.mark.parametrize("first", [False, True], ids=["after a complete visit", "on an empty database"])
def test_no_open_place_becomes_no_after_an_interrupted_visit(captures: Path, first: bool) -> None:
    counts = measured(captures, [WAITING_ROOM], first=first)
    assert counts.visits > 100
    assert counts.wrong == 0


@pytest.mark.parametrize("reply", [Unreachable("503"), None], ids=["a page that does not come", "control"])
def test_no_open_place_becomes_no_after_an_error_or_a_complete_visit(captures: Path, reply: Reply | None) -> None:
    counts = measured(captures, [reply], first=False)
    assert (counts.visits > 100, counts.wrong) == (True, 0)
