"""robots.txt (RFC 9309), asked for once a day and host, and obeyed.

A reader may rely on: the day counts across processes, because the file is kept in the AnswerStore. No file (4xx)
allows everything. A file that cannot be read allows nothing, unless an earlier copy is kept; the error is then that of
the host (Unreachable where it is down).
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from protego import Protego

from aggregator.errors import Refused, Throttled, Unreachable, VisitError, WaitingRoom
from aggregator.model import Answer
from aggregator.web.address import address, netloc
from aggregator.web.pace import Clock
from aggregator.web.validators import AnswerStore, StoredAnswer

AGENT = "appointment-aggregator"  # the token that a robots.txt names us by
MAX_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB
KEEP = timedelta(days=1)
RETRY = timedelta(hours=1)  # for a file that could not be read while an earlier copy is kept

Fetch = Callable[[str], Awaitable[Answer]]


class Robots:
    """The rules of every host of a poll."""

    def __init__(self, store: AnswerStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._rules: dict[str, tuple[Protego, datetime]] = {}  # by address of the file, with when to read it again
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
        known = self._rules.get(file)
        if known is None or now >= known[1]:
            known = await self._read(file, fetch, now)
            self._rules[file] = known
        return known[0]

    async def _read(self, file: str, fetch: Fetch, now: datetime) -> tuple[Protego, datetime]:
        key = f"ROBOTS {file}"
        kept = self._store.load(key)
        if kept is not None and now < kept.stored_at + KEEP:
            return _parsed(kept.answer), kept.stored_at + KEEP
        try:
            answer = await fetch(file)
            if answer.status != 200 and not 400 <= answer.status < 500:
                raise Refused(f"status {answer.status}")
        except VisitError as error:
            if kept is not None:
                return _parsed(kept.answer), now + RETRY
            if isinstance(error, Unreachable | Throttled | WaitingRoom):
                raise  # nothing is asked, and the host is what it is: down, busy or queueing
            raise Refused(
                f"robots.txt of {address(file).host} could not be read ({error}); the next visit asks again",
                retry_after=error.retry_after,
            ) from error
        self._store.save(key, StoredAnswer(answer=answer, stored_at=now))
        return _parsed(answer), now + KEEP


def _parsed(answer: Answer) -> Protego:
    return Protego.parse(answer.body.decode("utf-8", "replace") if answer.status == 200 else "")
