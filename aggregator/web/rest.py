"""When a host is left alone: it asked for patience, it refuses us, or it answers nothing but errors.

A reader may rely on: a wait belongs to the host, so it holds for all of its sources. It is saved before another request
can start, so it holds for the next process as well. Waits that follow one another without a good answer between them
get longer. One source alone never stops the others of its host by errors or refusals of its own pages.
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

LONGEST = 6 * 3600.0  # seconds; a wrong Retry-After must not close a host for good
FIRST_PAUSE = 60.0
PATIENCE = 3  # times that a host may ask us in a row to slow down
ERRORS = 4  # in a row
ERRORS_AFTER_WAIT = 2  # … and if there was no good answer since the last wait
SOURCES = 2  # a fault of the host shows at so many of its sources
SPACING_LASTS = timedelta(hours=1)


class HostWaits(Protocol):
    """Keeps waits between runs."""

    def load(self, host: str) -> HostWait | None: ...

    def save(self, wait: HostWait) -> None: ...

    def drop(self, host: str) -> None: ...

    async def written(self) -> None:
        """When everything that was saved or dropped is where the next process finds it."""
        ...


class MemoryWaits:
    """HostWaits that forget when the process ends. `waits`: those that are known at its beginning, by host."""

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
    """The waits of one host. `source` in its methods is the name of the source on whose behalf it was asked."""

    def __init__(self, host: str, clock: Clock, waits: HostWaits) -> None:
        self._host, self._clock, self._waits = host, clock, waits
        wait = waits.load(host)
        self._wait = wait if wait and wait.since <= clock.now() else None  # no clock of ours has seen the future
        self._failing: set[str] = set()  # sources, since the last good answer
        self._asked_for_patience = self._errors = 0

    @property
    def spacing(self) -> float:
        """Seconds between requests that the host last needed; 0 where that is long ago."""
        wait = self._wait
        return wait.spacing if wait and self._clock.now() < wait.until + SPACING_LASTS else 0.0

    def check(self) -> None:
        """LeftAlone while the host is."""
        now = self._clock.now()
        if self._wait and self._wait.holds(now):
            until = self._wait.until
            raise LeftAlone(
                f"{self._host} {self._wait.reason}, so nothing is requested there until {until:%Y-%m-%d %H:%M:%S} UTC; "
                "the next visit is after that",
                retry_after=(until - now).total_seconds(),
            )

    def answered_well(self) -> None:
        self._failing.clear()
        self._asked_for_patience = self._errors = 0
        if self._wait and self._wait.reason and not self._wait.holds(self._clock.now()):
            self._waits.drop(self._host)
            self._wait = None

    def throttled(self, status: int, seconds: float | None) -> None:
        """The host asks for patience, for so many `seconds` if it says so."""
        self._asked_for_patience += 1
        reason = f"asks us to wait (it answers {status})"
        if self._asked_for_patience >= PATIENCE or self._waited_in_vain:
            self._leave_alone(max(seconds or 0.0, self._growing(FIRST_PAUSE, MAX_PAUSE)), reason)
        elif seconds:
            self._leave_alone(seconds, reason)

    def refused(self, source: str, status: int) -> None:
        self._failing.add(source)
        if self._is_at_fault():
            pause = self._growing(BLOCKED_PAUSE, MAX_BLOCKED_PAUSE)
            self._leave_alone(pause, f"refuses us (it answers {status})")

    def failed(self, source: str, how: str) -> None:
        """An error of the server (or no answer in time), which another attempt may not have."""
        self._failing.add(source)
        self._errors += 1
        if self._errors >= (ERRORS_AFTER_WAIT if self._waited_in_vain else ERRORS) and self._is_at_fault():
            pause = self._growing(FIRST_PAUSE, MAX_PAUSE)
            self._leave_alone(pause, f"failed {self._errors} times in a row ({how})")

    def save_spacing(self, seconds: float) -> None:
        """Keeps a spacing that is longer than the host's own; 0 forgets it."""
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
        """Whether it is the host and not one of its sources; once it was, so it is until it answers well."""
        return len(self._failing) >= SOURCES or self._waited_in_vain

    @property
    def _waited_in_vain(self) -> bool:
        """Whether there was a wait, and no good answer since."""
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
