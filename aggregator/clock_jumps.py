"""Notices that the system clock was set: compares it with the monotonic clock, which nothing sets.

A machine whose hardware clock keeps local time is hours off after each start, until NTP sets it. Plans made by such a
clock would silence a source for hours, and its answers would look fresh for as long.
"""

from datetime import UTC, datetime, timedelta

from aggregator.clock import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOLERANCE = timedelta(seconds=2)  # NTP corrects smaller errors gradually, without a jump
MOST_AHEAD = timedelta(days=1)  # of what the database knows; a clock further ahead must not delete anything


class ClockJumps:
    """How far the system clock has jumped since the last check."""

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
    """Whether the clock is plausible beside the newest time that the database held when this process started."""

    def __init__(self, newest: datetime | None, clock: Clock) -> None:
        self._newest, self._clock, self._started = newest, clock, _seconds(clock)

    def is_far_ahead(self) -> bool:
        """Whether the clock is more than a day ahead of what it should be by now; never for a new database."""
        if self._newest is None:
            return False
        return self._clock.now() - self._newest - (_seconds(self._clock) - self._started) > MOST_AHEAD


def _seconds(clock: Clock) -> timedelta:
    return timedelta(seconds=clock.monotonic())
