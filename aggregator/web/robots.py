"""robots.txt (RFC 9309), asked for once a day and host, and obeyed.

A reader may rely on: the day counts across processes, because the file is kept in the AnswerStore. No file (4xx)
allows everything. A file that cannot be read allows nothing, unless an earlier copy is kept; the error is then that of
the host (Unreachable where it is down). A web page is no robots.txt, whatever its status: hosts answer with a waiting
room or a challenge for a while, and rules that we have not seen may forbid everything.

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
from aggregator.web.urls import address, netloc
from aggregator.web.validators import AnswerStore, StoredAnswer

AGENT = "appointment-aggregator"  # the token that a robots.txt names us by
READ_BYTES = 500 * 1024  # RFC 9309, 2.5: what is after them does not count
MAX_BYTES = 8 * 1024 * 1024  # more is not a robots.txt
KEEP = timedelta(days=1)
RETRY = timedelta(hours=1)  # for a file that could not be read while an earlier copy is kept
RETRY_WITHOUT = timedelta(minutes=1)  # … and while there is none: the sources of a host ask once between them

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

Fetch = Callable[[str], Awaitable[Answer]]


class _Known(NamedTuple):
    """What is known of one file from `read_at` to `until`: its rules, or why there are none."""

    rules: Protego | VisitError
    read_at: datetime
    until: datetime


class Robots:
    """The rules of every host of a poll."""

    def __init__(self, store: AnswerStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[str, _Known] = {}  # by address of the file
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def check(self, url: str, fetch: Fetch) -> float:
        """Refused if robots.txt forbids `url`; else the seconds between requests it asks for, 0 where it does not.

        `fetch` brings robots.txt, an answer of whatever final status, or raises a VisitError.
        """
        parts = address(url)
        file = f"{parts.scheme}://{netloc(parts)}/robots.txt"
        async with self._locks[file]:  # sources of one host start together, and ask once
            rules = await self._current(file, fetch)
        if not rules.can_fetch(url, AGENT):
            raise Refused(
                f"{url} is not for robots, says {file}; use another door of this system, "
                f"or state in `robots_exception` of the source why its operator agrees"
            )
        return rules.crawl_delay(AGENT) or 0.0

    async def _current(self, file: str, fetch: Fetch) -> Protego:
        now = self._clock.now()
        known = self._known.get(file)
        if known is None or not known.read_at <= now < known.until:  # a clock that was set back starts anew
            known = self._known[file] = await self._read(file, fetch, now)
        if isinstance(known.rules, VisitError):
            error = known.rules
            raise type(error)(str(error), retry_after=error.retry_after, wait_minutes=error.wait_minutes)
        return known.rules

    async def _read(self, file: str, fetch: Fetch, now: datetime) -> _Known:
        key = f"ROBOTS {file}"
        kept = await self._store.load(key)
        if kept is not None and _wrong_page(kept.answer):
            kept = None
        if kept is not None and kept.stored_at <= now < kept.stored_at + KEEP:
            return _Known(_parsed(kept.answer), kept.stored_at, kept.stored_at + KEEP)
        try:
            answer = await self._fetched(file, fetch)
        except LeftAlone:
            raise
        except VisitError as error:
            if kept is not None:
                return _Known(_parsed(kept.answer), now, now + RETRY)
            return _Known(error, now, now + RETRY_WITHOUT)
        self._store.save(key, StoredAnswer(answer=answer, stored_at=now))
        return _Known(_parsed(answer), now, now + KEEP)

    async def _fetched(self, file: str, fetch: Fetch) -> Answer:
        """The answer that has the rules, or says that there are none; VisitError for any other."""
        try:
            answer = await fetch(file)
            if answer.status != 200 and not 400 <= answer.status < 500:
                raise Refused(f"status {answer.status}")
            if found := _wrong_page(answer):
                raise found
        except (Unreachable, Throttled, WaitingRoom):
            raise  # nothing is asked, and the host is what it is: down, busy or queueing
        except VisitError as error:
            raise Refused(
                f"robots.txt of {address(file).host} could not be read ({error}); nothing else is requested until it "
                "can be; if the site has none, say so in `robots_exception` of the source",
                retry_after=error.retry_after,
            ) from error
        return answer


def _wrong_page(answer: Answer) -> VisitError | None:
    """What came instead of rules; None for rules, and for an answer that there are none."""
    if answer.status != 200 or not _text(answer.body[:READ_BYTES]).lstrip().startswith("<"):
        return None
    return verdict(answer) or Refused("it is a web page")


def _parsed(answer: Answer) -> Protego:
    if answer.status != 200:
        return Protego.parse("")
    text = _text(answer.body[:READ_BYTES])
    if len(answer.body) > READ_BYTES:
        text = text[: text.rfind("\n") + 1]  # half a line would be another rule
    return Protego.parse(text)


def _text(body: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    return body.decode("utf-8", "replace")
