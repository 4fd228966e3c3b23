"""Detects that the system clock was set, by comparing it with the monotonic clock, which nobody can set.

A machine whose hardware clock runs in local time is hours off after each boot, until NTP corrects it. Next visits
planned by a wrong clock would silence a source for hours, and its answers would look fresh all that time.
"""

from datetime import UTC, datetime, timedelta

from aggregator.clock import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOLERANCE = timedelta(seconds=2)  # NTP corrects smaller errors gradually, without a jump
MOST_AHEAD = timedelta(days=1)  # of the newest time in the database; a clock further ahead must not delete anything


class ClockJumps:
    """Measures how far the system clock has jumped since the last check."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = self._now_offset()

    def check(self) -> timedelta:
        """Positive if the clock was set forward, negative if back, zero if it was not set."""
        offset = self._now_offset()
        jump, self._offset = offset - self._offset, offset
        return jump if abs(jump) > TOLERANCE else timedelta()

    def _now_offset(self) -> timedelta:
        return self._clock.now() - _EPOCH - _seconds(self._clock)


class KnownTime:
    """Compares the clock with `newest`, the newest time in the database when this process started."""

    def __init__(self, newest: datetime | None, clock: Clock) -> None:
        self._newest, self._clock, self._started = newest, clock, _seconds(clock)

    def is_far_ahead(self) -> bool:
        """Whether the clock is more than MOST_AHEAD ahead of the expected time; always false for a new database."""
        if self._newest is None:
            return False
        return self._clock.now() - self._newest - (_seconds(self._clock) - self._started) > MOST_AHEAD


def _seconds(clock: Clock) -> timedelta:
    return timedelta(seconds=clock.monotonic())
