"""Judges the health of each source and advises the operator. Pure: computed from a snapshot and the region.

A source is late when its last good answer is older than three of its intervals, or than `expires_after` if that is
shorter. After a good visit, the time to the next visit replaces the first interval, because a publisher may ask us to
stay away longer. BLOCKED and CHANGED need a person at once, BUSY and DOWN only once the source is late.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from aggregator.config import Region, Source
from aggregator.freshness import is_stale
from aggregator.model import Fault, HostWait, Outcome, Snapshot, SourceState
from aggregator.store import LastPublish
from aggregator.web import host_name

INTERVALS = 3  # without a good answer make a source late


class Standing(StrEnum):
    """The health of a source; JSON and metrics call it "standing"."""

    FINE = "fine"
    WAITING = "waiting"  # the last visit failed, but nobody has to act yet
    LATE = "late"
    BLOCKED = "blocked"
    BROKEN = "broken"  # the page is not what the adapter knows


WELL = (Standing.FINE, Standing.WAITING)
_NOT_POLLED = "it is no longer polled; check that cron, the timer, or `aggregator watch` is running"

ADVICE = {
    (Standing.LATE, None): "never polled; start with `aggregator run`",
    (Standing.LATE, Outcome.OK): _NOT_POLLED,
    (Standing.LATE, Outcome.EMPTY): _NOT_POLLED,
    (Standing.LATE, Outcome.BUSY): "it asks us to slow down; if that lasts, raise `interval` and `pace.spacing`",
    (Standing.LATE, Outcome.DOWN): "open it in a browser; if it is closed for good, give it a `last_day`",
    (Standing.BLOCKED, Outcome.BLOCKED): "open it in a browser, then ask its operator for permission, or give it a "
    "`last_day`; never bypass the block",
    (Standing.BROKEN, Outcome.CHANGED): "`aggregator try {provider} --live --region FILE` shows what the adapter reads",
}


class SourceHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The health of one source. `outcome`: None if it was never visited.

    `advice`: what to do, or that its host is left alone for now; "" if nobody has to act.
    """

    name: str
    title: str
    provider: str
    url: str
    standing: Standing
    advice: str
    outcome: Outcome | None
    message: str
    attempted_at: datetime | None
    last_good_at: datetime | None
    next_visit_at: datetime | None
    wait_minutes: int | None  # the waiting room's own estimate at `attempted_at`
    late_after: float  # seconds since the last good answer
    locations: int
    with_appointments: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The health of a region. `published_at`: when the served release was switched in, or None without a release.

    `clock`: what is wrong with the system clock, or "". `publish_failure`: why the last publish failed, or "";
    `publish_failed_at`: when. `left_out`: what failed alone and is missing from the last release, or would be from the
    next.
    """

    generated_at: datetime
    region: str
    publish_failure: str
    publish_failed_at: datetime | None
    published_at: datetime | None
    published_late: bool
    clock: str
    left_out: tuple[Fault, ...]
    sources: tuple[SourceHealth, ...]


def health(
    snapshot: Snapshot,
    region: Region,
    published_at: datetime | None,
    last: LastPublish | None = None,
    waits: Mapping[str, HostWait] | None = None,
) -> Health:
    """The health of the region when the snapshot was taken. `last`: the last publish. `waits`: host -> its wait."""
    now = snapshot.generated_at
    failed = last if last and last.failure else None
    return Health(
        generated_at=now,
        region=region.name,
        publish_failure=failed.failure if failed else "",
        publish_failed_at=failed.at if failed else None,
        published_at=published_at,
        published_late=published_at is None or is_stale(now - published_at, region),
        clock=_clock(snapshot),
        left_out=tuple(dict.fromkeys((*(last.faults if last else ()), *snapshot.faults))),
        sources=tuple(_with_wait(one, region, waits or {}, now) for one in sources_health(snapshot, region)),
    )


def _clock(snapshot: Snapshot) -> str:
    if snapshot.ahead is None:
        return ""
    return (
        f"the system clock was set back: the newest visit is dated {snapshot.ahead:%Y-%m-%d %H:%M} UTC, but now it is "
        f"{snapshot.generated_at:%Y-%m-%d %H:%M}; answers from the future count as unknown until their source answers "
        "again; check the clock (timedatectl)"
    )


def _with_wait(one: SourceHealth, region: Region, waits: Mapping[str, HostWait], now: datetime) -> SourceHealth:
    """Adds why and until when a source is not visited, if its host is left alone."""
    host = next(host_name(source.url) for source in region.sources if source.name == one.name)
    wait = waits.get(host)
    if wait is None or not wait.holds(now):
        return one
    advice = f"{host} {wait.reason}, so we send it nothing until {wait.until:%Y-%m-%d %H:%M:%S} UTC"
    return msgspec.structs.replace(one, advice=advice)


def sources_health(snapshot: Snapshot, region: Region) -> tuple[SourceHealth, ...]:
    """The health of each active source when the snapshot was taken."""
    configured = {source.name: source for source in region.sources}
    return tuple(_health(state, configured[state.name], region, snapshot.generated_at) for state in snapshot.sources)


def _health(state: SourceState, source: Source, region: Region, now: datetime) -> SourceHealth:
    late_after = _late_after(state, source, region)
    late = state.last_good_at is None or (now - state.last_good_at).total_seconds() > late_after
    standing = _standing(state.outcome, late)
    return SourceHealth(
        name=state.name,
        title=state.title,
        provider=state.provider,
        url=state.url,
        standing=standing,
        advice=ADVICE.get((standing, state.outcome), "").format(provider=state.provider),
        outcome=state.outcome,
        message=state.message,
        attempted_at=state.attempted_at,
        last_good_at=state.last_good_at,
        next_visit_at=state.next_visit_at,
        wait_minutes=state.wait_minutes,
        late_after=late_after,
        locations=state.locations,
        with_appointments=state.with_appointments,
    )


def _late_after(state: SourceState, source: Source, region: Region) -> float:
    """Seconds after the last good answer at which the source becomes late."""
    if state.outcome and state.outcome.is_good and state.next_visit_at and state.last_good_at:
        return (state.next_visit_at - state.last_good_at).total_seconds() + (INTERVALS - 1) * source.interval
    return min(INTERVALS * source.interval, region.expires_after)


def _standing(outcome: Outcome | None, late: bool) -> Standing:
    if outcome is Outcome.BLOCKED:
        return Standing.BLOCKED
    if outcome is Outcome.CHANGED:
        return Standing.BROKEN
    if late:
        return Standing.LATE
    return Standing.FINE if outcome and outcome.is_good else Standing.WAITING
