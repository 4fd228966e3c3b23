"""Decides when a host is left alone: it asked us to slow down, it refuses us, or it answers only with errors.

A wait belongs to the host, so it applies to all its sources. It is saved before another request can start, so it also
applies to the next process. Waits grow as long as there is no good answer between them. Errors or refusals of a single
source's pages never stop the other sources of the host.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol

from msgspec.structs import replace

from aggregator.clock import Clock
from aggregator.errors import LeftAlone
from aggregator.model import HostWait
from aggregator.web.pace import BLOCKED_PAUSE, MAX_BLOCKED_PAUSE, MAX_PAUSE

LONGEST = 6 * 3600.0  # seconds; an absurd Retry-After must not close a host for good
FIRST_PAUSE = 60.0  # seconds
MOST_THROTTLED = 3  # answers in a row that ask us to slow down before the host is left alone
ERRORS = 4  # in a row before the host is left alone
ERRORS_AFTER_WAIT = 2  # … if there was no good answer since the last wait
SOURCES = 2  # of a host must fail before the fault counts as the host's
SPACING_LASTS = timedelta(hours=1)


class HostWaits(Protocol):
    """Stores waits between runs."""

    def load(self, host: str) -> HostWait | None: ...

    def save(self, wait: HostWait) -> None: ...

    def drop(self, host: str) -> None: ...

    async def written(self) -> None:
        """Returns once everything saved or dropped is visible to the next process."""
        ...


class MemoryWaits:
    """HostWaits in memory, lost when the process ends. `waits`: the initial ones, by host."""

    def __init__(self, waits: Mapping[str, HostWait] = MappingProxyType({})) -> None:
        self._waits = dict(waits)

    def load(self, host: str) -> HostWait | None:
        return self._waits.get(host)

    def save(self, wait: HostWait) -> None:
        self._waits[wait.host] = wait

    def drop(self, host: str) -> None:
        self._waits.pop(host, None)

    async def written(self) -> None:
        pass


class HostRest:
    """The waits of one host. `source` in its methods: the name of the source that sent the request."""

    def __init__(self, host: str, clock: Clock, waits: HostWaits) -> None:
        self._host, self._clock, self._waits = host, clock, waits
        wait = waits.load(host)
        self._wait = (
            wait if wait and wait.since <= clock.now() else None
        )  # a wait from the future was saved by a wrong clock
        self._failing: set[str] = set()  # sources, since the last good answer
        self._throttled = self._errors = 0

    @property
    def spacing(self) -> float:
        """Seconds between requests that the host last needed; 0 if that was long ago."""
        wait = self._wait
        return wait.spacing if wait and self._clock.now() < wait.until + SPACING_LASTS else 0.0

    def check(self) -> None:
        """Raises LeftAlone while a wait lasts."""
        now = self._clock.now()
        if self._wait and self._wait.holds(now):
            until = self._wait.until
            raise LeftAlone(
                f"{self._host} {self._wait.reason}, so we send it nothing until {until:%Y-%m-%d %H:%M:%S} UTC; "
                "the next visit is after that",
                retry_after=(until - now).total_seconds(),
            )

    def succeeded(self) -> None:
        """Resets the counts after a good answer."""
        self._failing.clear()
        self._throttled = self._errors = 0
        if self._wait and self._wait.reason and not self._wait.holds(self._clock.now()):
            self._waits.drop(self._host)
            self._wait = None

    def throttled(self, status: int, seconds: float | None) -> None:
        """Counts an answer that asks us to slow down, for `seconds` if it states a time."""
        self._throttled += 1
        reason = f"asks us to slow down (status {status})"
        if self._throttled >= MOST_THROTTLED or self._waited_in_vain:
            self._leave_alone(max(seconds or 0.0, self._growing(FIRST_PAUSE, MAX_PAUSE)), reason)
        elif seconds:
            self._leave_alone(seconds, reason)

    def refused(self, source: str, status: int) -> None:
        """Counts a refusal (401, 403)."""
        self._failing.add(source)
        if self._is_at_fault():
            pause = self._growing(BLOCKED_PAUSE, MAX_BLOCKED_PAUSE)
            self._leave_alone(pause, f"refuses us (status {status})")

    def failed(self, source: str, how: str) -> None:
        """Counts a temporary error: a server error or a timeout."""
        self._failing.add(source)
        self._errors += 1
        if self._errors >= (ERRORS_AFTER_WAIT if self._waited_in_vain else ERRORS) and self._is_at_fault():
            pause = self._growing(FIRST_PAUSE, MAX_PAUSE)
            self._leave_alone(pause, f"failed {self._errors} times in a row ({how})")

    def save_spacing(self, seconds: float) -> None:
        """Saves a spacing longer than the configured one; 0 deletes it."""
        if seconds == (self._wait.spacing if self._wait else 0.0):
            return
        now = self._clock.now()
        wait = self._wait or HostWait(host=self._host, since=now, until=now)
        self._wait = replace(wait, until=max(wait.until, now), spacing=seconds)
        if seconds or self._wait.reason:
            self._waits.save(self._wait)
        else:
            self._waits.drop(self._host)
            self._wait = None

    def _is_at_fault(self) -> bool:
        """Whether the fault is the host's and not a single source's; this holds until a good answer."""
        return len(self._failing) >= SOURCES or self._waited_in_vain

    @property
    def _waited_in_vain(self) -> bool:
        """Whether there was a wait and no good answer since."""
        return bool(self._wait and self._wait.times)

    def _growing(self, first: float, most: float) -> float:
        times = self._wait.times - self._wait.holds(self._clock.now()) if self._wait else 0
        return min(first * 2.0 ** min(times, 16), most)

    def _leave_alone(self, seconds: float, reason: str) -> None:
        now, before = self._clock.now(), self._wait
        until = now + timedelta(seconds=min(seconds, LONGEST))
        if before and before.holds(now) and before.until >= until:
            return
        times, spacing = (before.times, before.spacing) if before else (0, 0.0)
        if not (before and before.holds(now)):
            times += 1
        self._wait = HostWait(host=self._host, since=now, until=until, reason=reason, times=times, spacing=spacing)
        self._waits.save(self._wait)
