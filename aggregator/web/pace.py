"""How often a host is asked, and when a source is visited next.

A reader may rely on: two requests to one host never start closer together than MIN_SPACING, and never more than
MAX_CONCURRENCY are under way, whatever a region file says (hosts on loopback have no floor).
A host that is slow, or asks us to slow down, is asked more and more rarely until it answers well again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import TracebackType

from aggregator.clock import Clock
from aggregator.model import Outcome

MIN_SPACING = 0.5  # seconds
MAX_SPACING = 60.0
MAX_CRAWL_DELAY = 30.0
MAX_CONCURRENCY = 2
SLOW_ANSWER = 5.0  # seconds until the headers of an answer
SLOW_DOWN = frozenset({429, 503})

MAX_PAUSE = 30 * 60.0  # after failures
BLOCKED_PAUSE = 15 * 60.0
MAX_BLOCKED_PAUSE = 6 * 3600.0
MAX_ASKED = 24 * 3600.0

RESOLUTION = 1e-3  # a timer may fire this much early; a shorter wait could also vanish in rounding


async def alone(spacing: float) -> float:
    """The `claim` of a process that shares its pace with no other."""
    return 0.0


class HostPace:
    """Lets requests to one host start in turn: `async with pace:` around each one. Times in seconds.

    `floor` is the least spacing there is: MIN_SPACING, or 0 for hosts on loopback. `check` raises
    where the host must not be asked now; it is called when a request's turn comes, and again when it may start, because
    another one may have been turned away meanwhile. `claim` is called with the spacing, once a request may start as far
    as this process is concerned: it returns how long other processes still have to be waited for, or claims the start.
    """

    def __init__(
        self,
        spacing: float,
        concurrency: int,
        clock: Clock,
        floor: float = MIN_SPACING,
        check: Callable[[], None] = lambda: None,
        claim: Callable[[float], Awaitable[float]] = alone,
    ) -> None:
        self.base = max(spacing, floor)
        self.spacing = self.base
        self.concurrency = min(concurrency, MAX_CONCURRENCY)
        self._clock = clock
        self._check = check
        self._claim = claim
        self._turn = asyncio.Lock()
        self._freed = asyncio.Event()
        self._in_flight = 0
        self._last_start = float("-inf")

    async def __aenter__(self) -> None:
        async with self._turn:
            self._check()
            while self._in_flight >= self.concurrency:
                self._freed.clear()
                await self._freed.wait()
            while (wait := await self._wait()) > RESOLUTION:
                await self._clock.sleep(wait)
            self._check()
            self._last_start = self._clock.monotonic()
            self._in_flight += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._in_flight -= 1
        self._freed.set()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[None]:
        """Lets other requests go on while one that is under way waits for something else than the host."""
        self._in_flight -= 1
        self._freed.set()
        try:
            yield
            while self._in_flight >= self.concurrency:
                self._freed.clear()
                await self._freed.wait()
        finally:
            self._in_flight += 1

    async def _wait(self) -> float:
        wait = self._last_start + self.spacing - self._clock.monotonic()
        return wait if wait > RESOLUTION else await self._claim(self.spacing)

    def tighten(self, spacing: float, concurrency: int = MAX_CONCURRENCY) -> None:
        """Sources of one host share its pace: the gentlest of them counts."""
        self.base = max(self.base, spacing)
        self.spacing = max(self.spacing, self.base)
        self.concurrency = min(self.concurrency, concurrency)

    def crawl_delay(self, seconds: float) -> None:
        """What robots.txt asks for, up to MAX_CRAWL_DELAY."""
        self.tighten(min(seconds, MAX_CRAWL_DELAY))

    def answered(self, status: int, seconds: float) -> None:
        """An answer came `seconds` after it was asked for: slower after a bad one, nearer the base after a good one."""
        if status in SLOW_DOWN or seconds > SLOW_ANSWER:
            self.slower()
        else:
            self.spacing = max(self.base, self.spacing / 2)

    def slow_to(self, spacing: float) -> None:
        """What the host needed in an earlier process, up to MAX_SPACING; good answers shorten it."""
        self.spacing = max(self.spacing, min(spacing, MAX_SPACING))

    def slower(self, factor: float = 2.0) -> None:
        """The host has trouble: `factor` times the spacing, up to MAX_SPACING."""
        self.spacing = max(self.base, min(max(self.spacing, MIN_SPACING) * factor, MAX_SPACING))


def next_visit(interval: float, outcome: Outcome, failures: int, asked: float) -> float:
    """Seconds until the next visit of a source: the breaker.

    `failures`: visits without a good answer in a row, this one included. `asked`: the publisher's max-age or
    Retry-After in seconds, 0 where there is none; more than MAX_ASKED counts as MAX_ASKED.
    """
    least = max(interval, min(asked, MAX_ASKED))
    if outcome.is_good:
        return least
    first, most = (BLOCKED_PAUSE, MAX_BLOCKED_PAUSE) if outcome is Outcome.BLOCKED else (interval, MAX_PAUSE)
    doublings = min(max(failures - 1, 0), 16)  # enough for every cap, and a float for ever
    return max(least, min(first * 2.0**doublings, most))
