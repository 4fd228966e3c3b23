"""When a host is paused and for how long; a pause applies to all of its sources."""

from datetime import timedelta

import pytest

from aggregator.errors import LeftAlone
from aggregator.model import HostWait
from aggregator.web.rest import HostRest, MemoryWaits
from tests.support.memory_hosts import NOW, HandClock

HOST = "clinics.example.org"
MINUTE, HOUR = 60.0, 3600.0


class Rested:
    """A host, a clock, and the saved state; `again` is the next process."""

    def __init__(self) -> None:
        self.clock, self.waits = HandClock(), MemoryWaits()
        self.rest = self.again()

    def again(self) -> HostRest:
        self.rest = HostRest(HOST, self.clock, self.waits)
        return self.rest

    def left(self) -> float:
        """Seconds for which the host is still paused; 0 if it is not."""
        try:
            self.rest.check()
        except LeftAlone as error:
            assert error.retry_after
            return error.retry_after
        return 0.0


@pytest.fixture
def host() -> Rested:
    return Rested()


def test_retry_after_pauses_a_host_for_that_time_also_for_the_next_process(host: Rested) -> None:
    host.rest.throttled(429, 3600.0)
    assert host.left() == HOUR
    host.again()
    host.clock.elapsed = 3599
    with pytest.raises(LeftAlone, match=rf"{HOST} asks us to slow down \(status 429\).* until 2021-05-13 15:00:00 UTC"):
        host.rest.check()
    host.clock.elapsed = 3600
    assert host.left() == 0


def test_no_host_is_paused_for_longer_than_six_hours(host: Rested) -> None:
    host.rest.throttled(503, 86400.0)
    assert host.left() == 6 * HOUR


def test_a_shorter_pause_does_not_replace_a_longer_one(host: Rested) -> None:
    host.rest.throttled(429, 600.0)
    host.rest.throttled(429, 5.0)
    assert host.left() == 600


def test_a_host_that_keeps_throttling_is_paused_for_longer_each_time(host: Rested) -> None:
    waits = []
    for _ in range(4):
        for _ in range(3):
            host.rest.throttled(429, None)
        waits.append(host.left())
        host.clock.elapsed += waits[-1]
    assert waits == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    host.rest.succeeded()
    assert host.waits.load(HOST) is None
    for _ in range(3):
        host.rest.throttled(429, None)
    assert host.left() == MINUTE


def test_one_source_that_is_blocked_or_fails_does_not_stop_others(host: Rested) -> None:
    for _ in range(9):
        host.rest.refused("county", 403)
        host.rest.failed("county", "status 500")
    assert host.left() == 0


def test_a_host_that_blocks_two_sources_in_a_row_is_paused(host: Rested) -> None:
    host.rest.refused("county", 403)
    host.rest.succeeded()
    host.rest.refused("town", 403)
    assert host.left() == 0
    host.rest.refused("island", 403)
    assert host.left() == 15 * MINUTE
    host.clock.elapsed = 15 * MINUTE
    host.again().refused("county", 403)  # the next process, still without a good response
    assert host.left() == 30 * MINUTE


def test_a_host_that_only_fails_is_paused(host: Rested) -> None:
    for source in ("county", "town", "county"):
        host.rest.failed(source, "status 500")
    assert host.left() == 0
    host.rest.failed("town", "status 500")
    with pytest.raises(LeftAlone, match=r"failed 4 times in a row \(status 500\)"):
        host.rest.check()
    assert host.left() == MINUTE


def test_a_good_response_already_under_way_does_not_end_a_pause(host: Rested) -> None:
    host.rest.throttled(429, 600.0)
    host.rest.succeeded()
    assert host.left() == 600


def test_a_pause_that_starts_in_the_future_is_a_clock_error_and_is_ignored(host: Rested) -> None:
    day = timedelta(days=1)
    host.waits.save(
        HostWait(host=HOST, since=NOW + day, until=NOW + 2 * day, reason="refuses us", times=1, spacing=60.0)
    )
    host.again()
    assert (host.left(), host.rest.spacing) == (0, 0)


def test_a_slower_spacing_is_kept_for_the_next_process_and_expires(host: Rested) -> None:
    host.rest.save_spacing(8.0)
    assert (host.again().spacing, host.left()) == (8.0, 0)
    host.clock.elapsed = HOUR - 1
    assert host.again().spacing == 8
    host.clock.elapsed = HOUR
    assert host.again().spacing == 0
    host.rest.save_spacing(0.0)
    assert host.waits.load(HOST) is None


def test_saving_a_pause_keeps_the_spacing_and_saving_a_spacing_keeps_the_pause(host: Rested) -> None:
    host.rest.save_spacing(8.0)
    host.rest.throttled(429, 600.0)
    assert (host.again().spacing, host.left()) == (8, 600)
    host.rest.save_spacing(16.0)
    assert (host.again().spacing, host.left()) == (16, 600)
    host.rest.save_spacing(0.0)
    assert (host.again().spacing, host.left()) == (0, 600)
