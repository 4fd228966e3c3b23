"""How often hosts are requested and sources are visited."""

import asyncio
import socket
import threading

import pytest

from aggregator.model import Outcome
from aggregator.web.hosts import look_up_many
from aggregator.web.pace import MAX_RETRY_AFTER, MAX_SPACING, MIN_SPACING, HostPace, next_visit
from tests.support.memory_hosts import HandClock, run

MINUTE, HOUR = 60.0, 3600.0


async def starts(pace: HostPace, clock: HandClock, requests: int) -> list[float]:
    """The start times of several requests that were all made at once."""
    begun: list[float] = []

    async def one() -> None:
        async with pace:
            begun.append(clock.monotonic())

    await asyncio.gather(*(one() for _ in range(requests)))
    return begun


@pytest.mark.parametrize(
    ("spacing", "floor", "gap"),
    [(2.0, MIN_SPACING, 2.0), (0.0, MIN_SPACING, 0.5), (0.1, MIN_SPACING, 0.5), (0.0, 0.0, 0.0), (0.1, 0.0, 0.1)],
)
def test_requests_are_spaced_and_no_region_file_goes_below_the_minimum(
    spacing: float, floor: float, gap: float
) -> None:
    clock = HandClock()
    begun = run(starts(HostPace(spacing, 2, clock, floor), clock, 4))
    assert begun == pytest.approx([0.0, gap, 2 * gap, 3 * gap])


@pytest.mark.parametrize(("wanted", "most"), [(1, 1), (2, 2), (8, 2)])
def test_no_region_file_exceeds_the_allowed_number_of_concurrent_requests(wanted: int, most: int) -> None:
    async def work() -> int:
        pace, under_way, seen = HostPace(0.0, wanted, HandClock(), 0.0), 0, 0

        async def one() -> None:
            nonlocal under_way, seen
            async with pace:
                under_way += 1
                seen = max(seen, under_way)
                for _ in range(5):
                    await asyncio.sleep(0)
                under_way -= 1

        await asyncio.gather(*(one() for _ in range(9)))
        return seen

    assert run(work()) == most


def test_a_request_cancelled_while_waiting_frees_its_place() -> None:
    async def work() -> None:
        pace = HostPace(0.0, 1, HandClock(), 0.0)
        async with pace:
            waiting = asyncio.ensure_future(pace.__aenter__())
            await asyncio.sleep(0)
            waiting.cancel()
        async with asyncio.timeout(1), pace:
            pass

    run(work())


def test_errors_double_the_spacing_up_to_a_minute_and_good_responses_restore_it() -> None:
    pace = HostPace(1.0, 1, HandClock())
    for status, seconds, spacing in [(429, 0.1, 2), (503, 0.1, 4), (200, 5.1, 8), (200, 0.2, 4), (404, 0.2, 2)]:
        pace.answered(status, seconds)
        assert pace.spacing == spacing
    for _ in range(9):
        pace.answered(429, 0.1)
    assert pace.spacing == MAX_SPACING
    for _ in range(9):
        pace.answered(200, 0.1)
    assert pace.spacing == 1.0


def test_if_a_host_slows_down_while_a_request_waits_it_waits_longer() -> None:
    class Slowing(HandClock):
        async def sleep(self, seconds: float) -> None:
            if not self.slept:
                pace.answered(503, 0.1)
            await super().sleep(seconds)

    clock = Slowing()
    pace = HostPace(1.0, 2, clock)
    assert run(starts(pace, clock, 2)) == pytest.approx([0.0, 2.0])


def test_crawl_delay_raises_the_spacing_up_to_its_cap_and_never_lowers_it() -> None:
    for delay, spacing in [(7.0, 7.0), (9999.0, 30.0), (0.1, 1.0)]:
        pace = HostPace(1.0, 1, HandClock())
        pace.crawl_delay(delay)
        assert (pace.base, pace.spacing) == (spacing, spacing)


def test_the_slowest_source_on_a_host_sets_its_pace() -> None:
    pace = HostPace(1.0, 2, HandClock())
    pace.tighten(3.0, 1)
    pace.tighten(2.0, 2)
    assert (pace.spacing, pace.concurrency) == (3.0, 1)


@pytest.mark.parametrize(
    ("interval", "outcome", "failures", "requested", "seconds"),
    [
        (120, Outcome.OK, 0, 0, 120),
        (120, Outcome.EMPTY, 0, 300, 300),
        (120, Outcome.OK, 0, 60, 120),
        (120, Outcome.OK, 0, 1e9, MAX_RETRY_AFTER),
        (120, Outcome.DOWN, 1, 0, 120),
        (120, Outcome.DOWN, 2, 0, 240),
        (120, Outcome.CHANGED, 4, 0, 960),
        (120, Outcome.DOWN, 5, 0, 30 * MINUTE),
        (120, Outcome.DOWN, 10**6, 0, 30 * MINUTE),
        (120, Outcome.DOWN, 5, 2 * HOUR, 2 * HOUR),
        (120, Outcome.BUSY, 1, 0, 120),
        (120, Outcome.BUSY, 1, 600, 600),
        (120, Outcome.BUSY, 3, 0, 480),
        (120, Outcome.BLOCKED, 1, 0, 15 * MINUTE),
        (120, Outcome.BLOCKED, 2, 0, 30 * MINUTE),
        (120, Outcome.BLOCKED, 99, 0, 6 * HOUR),
        (8 * HOUR, Outcome.BLOCKED, 1, 0, 8 * HOUR),
        (HOUR, Outcome.DOWN, 3, 0, HOUR),
    ],
)
def test_the_next_visit_waits_longer_after_each_failure_and_honors_retry_after(
    interval: float, outcome: Outcome, failures: int, requested: float, seconds: float
) -> None:
    assert next_visit(interval, outcome, failures, requested) == seconds


def test_names_of_many_hosts_are_resolved_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    all_of_them = threading.Barrier(40, timeout=5)  # breaks, and fails the test, if the lookups wait for each other

    def looked_up(*given: object) -> list[object]:
        all_of_them.wait()
        return []

    async def work() -> None:
        look_up_many()
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.getaddrinfo(f"host-{number}.example.org", 443) for number in range(40)))

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    asyncio.run(work())
