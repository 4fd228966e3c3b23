"""Fetches robots.txt (RFC 9309) once a day per host, and obeys it.

The file is stored in the AnswerStore, so the day counts across processes. A missing file (4xx) allows everything. A
file that cannot be read allows nothing, unless an earlier copy is stored; the error is then the host's (Unreachable if
it is down). A web page is not a robots.txt, whatever its status: a host may answer with a waiting room or a challenge
for a while, and its actual rules may forbid everything.

Redirects are followed to other hosts as well (RFC 9309, 2.3.1.2), to public addresses only.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from protego import Protego

from aggregator.clock import Clock
from aggregator.errors import LeftAlone, Refused, Throttled, Unreachable, VisitError, WaitingRoom
from aggregator.model import Answer
from aggregator.web.block_pages import verdict
from aggregator.web.urls import netloc, parse_url
from aggregator.web.validators import AnswerStore, StoredAnswer

AGENT = "appointment-aggregator"  # the token that a robots.txt names us by
READ_BYTES = 500 * 1024  # RFC 9309, 2.5: the rest is ignored
MAX_BYTES = 8 * 1024 * 1024  # a larger file is not a robots.txt
KEEP = timedelta(days=1)
RETRY = timedelta(hours=1)  # for a file that could not be read, if an earlier copy is stored
RETRY_WITHOUT = timedelta(minutes=1)  # … if none is stored; so the sources of a host share one attempt

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

Fetch = Callable[[str], Awaitable[Answer]]


class _Cached(NamedTuple):
    """The rules of one file, or the error instead of them, valid from `read_at` to `until`."""

    rules: Protego | VisitError
    read_at: datetime
    until: datetime


class Robots:
    """The rules of every host of a poll."""

    def __init__(self, store: AnswerStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._cached: dict[str, _Cached] = {}  # by URL of the file
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def check(self, url: str, fetch: Fetch) -> float:
        """Raises Refused if robots.txt forbids `url`; returns its Crawl-delay in seconds, or 0.

        `fetch` returns the answer for robots.txt, with any status, or raises VisitError.
        """
        parts = parse_url(url)
        file = f"{parts.scheme}://{netloc(parts)}/robots.txt"
        async with self._locks[file]:  # sources of one host start together and share one request
            rules = await self._current(file, fetch)
        if not rules.can_fetch(url, AGENT):
            raise Refused(
                f"{url} is forbidden by {file}; use another entry point of this system, "
                f"or state in `robots_exception` of the source why its operator agrees"
            )
        return rules.crawl_delay(AGENT) or 0.0

    async def _current(self, file: str, fetch: Fetch) -> Protego:
        now = self._clock.now()
        cached = self._cached.get(file)
        if cached is None or not cached.read_at <= now < cached.until:  # also reads again if the clock was set back
            cached = self._cached[file] = await self._read(file, fetch, now)
        if isinstance(cached.rules, VisitError):
            error = cached.rules
            raise type(error)(str(error), retry_after=error.retry_after, wait_minutes=error.wait_minutes)
        return cached.rules

    async def _read(self, file: str, fetch: Fetch, now: datetime) -> _Cached:
        key = f"ROBOTS {file}"
        stored = await self._store.load(key)
        if stored is not None and _wrong_page(stored.answer):
            stored = None
        if stored is not None and stored.stored_at <= now < stored.stored_at + KEEP:
            return _Cached(_parsed(stored.answer), stored.stored_at, stored.stored_at + KEEP)
        try:
            answer = await self._fetched(file, fetch)
        except LeftAlone:
            raise
        except VisitError as error:
            if stored is not None:
                return _Cached(_parsed(stored.answer), now, now + RETRY)
            return _Cached(error, now, now + RETRY_WITHOUT)
        self._store.save(key, StoredAnswer(answer=answer, stored_at=now))
        return _Cached(_parsed(answer), now, now + KEEP)

    async def _fetched(self, file: str, fetch: Fetch) -> Answer:
        """The answer with the rules, or the 4xx that means there are none; VisitError for any other."""
        try:
            answer = await fetch(file)
            if answer.status != 200 and not 400 <= answer.status < 500:
                raise Refused(f"status {answer.status}")
            if found := _wrong_page(answer):
                raise found
        except (Unreachable, Throttled, WaitingRoom):
            raise  # the host itself is down, busy, or has a waiting room
        except VisitError as error:
            raise Refused(
                f"robots.txt of {parse_url(file).host} could not be read ({error}), so nothing else is requested; "
                "if the site has none, say so in `robots_exception` of the source",
                retry_after=error.retry_after,
            ) from error
        return answer


def _wrong_page(answer: Answer) -> VisitError | None:
    """The error for a web page in place of the rules; None for rules, and for a missing file."""
    if answer.status != 200 or not _text(answer.body[:READ_BYTES]).lstrip().startswith("<"):
        return None
    return verdict(answer) or Refused("it is a web page")


def _parsed(answer: Answer) -> Protego:
    if answer.status != 200:
        return Protego.parse("")
    text = _text(answer.body[:READ_BYTES])
    if len(answer.body) > READ_BYTES:
        text = text[: text.rfind("\n") + 1]  # a truncated line would be a different rule
    return Protego.parse(text)


def _text(body: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    return body.decode("utf-8", "replace")
