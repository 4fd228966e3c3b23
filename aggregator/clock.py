"""Clocks: where visits get the time from, the machine or a recording that is replayed."""

import asyncio
from datetime import UTC, datetime
from time import monotonic
from typing import Protocol


class Clock(Protocol):
    """The time as visits see it; tests move it by hand."""

    def now(self) -> datetime:
        """The current time, timezone-aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary fixed instant."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class RecordedClock(SystemClock):
    """The clock of a replay: `now` stays at the newest instant of the recording, and waiting takes no time."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._skipped = 0.0  # seconds of sleep that took no time

    def monotonic(self) -> float:
        return super().monotonic() + self._skipped

    async def sleep(self, seconds: float) -> None:
        self._skipped += seconds
        await asyncio.sleep(0)

    def now(self) -> datetime:
        return self._now
