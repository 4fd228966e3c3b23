"""Limits the request rate of each host, and plans the next visit of a source.

Requests to one host never start closer together than MIN_SPACING, and at most MAX_CONCURRENCY run at once, whatever a
region file says (hosts on loopback have no minimum spacing). The spacing of a host that is slow, or asks us to slow
down, grows until it answers well again.
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
SLOW_ANSWER = 5.0  # seconds until the headers of an answer arrive
SLOW_DOWN = frozenset({429, 503})

MAX_PAUSE = 30 * 60.0  # seconds, after failures
BLOCKED_PAUSE = 15 * 60.0
MAX_BLOCKED_PAUSE = 6 * 3600.0
MAX_RETRY_AFTER = 24 * 3600.0  # seconds; also the limit of max-age

RESOLUTION = 1e-3  # seconds; timers may fire this much early, and a shorter wait could be lost in rounding


async def unshared(spacing: float) -> float:
    """The `claim` of a process that shares its pace with no other process."""
    return 0.0


class HostPace:
    """Spaces the requests to one host: wrap each one in `async with pace:`. Times in seconds.

    `floor`: the minimum spacing, MIN_SPACING or 0 on loopback. `check` raises if the host must be left alone; it is
    called when a request's turn comes and again before it starts, because another one may have been refused meanwhile.
    `claim(spacing)` is called when a request may start as far as this process is concerned: it returns how long to wait
    for other processes, or 0 after claiming the start.
    """

    def __init__(
        self,
        spacing: float,
        concurrency: int,
        clock: Clock,
        floor: float = MIN_SPACING,
        check: Callable[[], None] = lambda: None,
        claim: Callable[[float], Awaitable[float]] = unshared,
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
        """Lets other requests run while a request in progress waits for something other than the host."""
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
        """Applies the pace of another source of this host; the gentlest one counts."""
        self.base = max(self.base, spacing)
        self.spacing = max(self.spacing, self.base)
        self.concurrency = min(self.concurrency, concurrency)

    def crawl_delay(self, seconds: float) -> None:
        """Applies the Crawl-delay of robots.txt, up to MAX_CRAWL_DELAY."""
        self.tighten(min(seconds, MAX_CRAWL_DELAY))

    def answered(self, status: int, seconds: float) -> None:
        """Adapts to an answer that took `seconds`: slower after a bad one, faster again after a good one."""
        if status in SLOW_DOWN or seconds > SLOW_ANSWER:
            self.slower()
        else:
            self.spacing = max(self.base, self.spacing / 2)

    def slow_to(self, spacing: float) -> None:
        """Starts with the spacing that an earlier process needed, up to MAX_SPACING; good answers shorten it."""
        self.spacing = max(self.spacing, min(spacing, MAX_SPACING))

    def slower(self, factor: float = 2.0) -> None:
        """Multiplies the spacing by `factor`, up to MAX_SPACING, because the host has trouble."""
        self.spacing = max(self.base, min(max(self.spacing, MIN_SPACING) * factor, MAX_SPACING))


def next_visit(interval: float, outcome: Outcome, failures: int, requested: float) -> float:
    """Seconds until the next visit of a source, with exponential backoff after failures.

    `failures`: visits in a row without a good answer, including this one. `requested`: the publisher's max-age or
    Retry-After in seconds, or 0; at most MAX_RETRY_AFTER counts.
    """
    least = max(interval, min(requested, MAX_RETRY_AFTER))
    if outcome.is_good:
        return least
    first, most = (BLOCKED_PAUSE, MAX_BLOCKED_PAUSE) if outcome is Outcome.BLOCKED else (interval, MAX_PAUSE)
    doublings = min(max(failures - 1, 0), 16)  # enough for every limit, and no overflow
    return max(least, min(first * 2.0**doublings, most))
