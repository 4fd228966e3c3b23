"""Many sources concurrently -> the store. A slow, hanging or hostile source delays no other.

Every source is visited in a task of its own under its own deadline; each report is saved as soon as it is there. A
source whose adapter is broken or whose report cannot be saved fails alone: its report says why.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from aggregator import log, registry
from aggregator.collect import MESSAGE_LENGTH, collect
from aggregator.current import CLOCK_TOLERANCE
from aggregator.errors import StoreError, VisitError, described
from aggregator.faults import Faults
from aggregator.model import Availability, Outcome, Report
from aggregator.normalize.text import clean
from aggregator.plausibility import Expected, judged, openings
from aggregator.region import Region, Source
from aggregator.store.store import GOOD, SourceRow, Store
from aggregator.web.client import Client, Hosts
from aggregator.web.pace import Clock, next_visit

MAX_WAIT = timedelta(hours=6)  # no publisher's wish or breaker keeps a source unvisited for longer


def due(region: Region, store: Store, now: datetime) -> tuple[Source, ...]:
    """The sources to visit at `now`."""
    states = store.sources(Faults())  # a damaged one counts as never visited, and the visit replaces it
    return tuple(
        source
        for source in region.active(now.astimezone(region.zone).date())
        if planned(states.get(source.name), now) is None
    )


def planned(state: SourceRow | None, now: datetime) -> datetime | None:
    """When the source is to be visited next; None where it is due.

    A clock that was wrong leaves a next visit further ahead than MAX_WAIT, or a last visit that is still to come; then
    the source is due.
    """
    if state is None or not now < state.next_visit_at <= now + MAX_WAIT or state.attempted_at > now + CLOCK_TOLERANCE:
        return None
    return state.next_visit_at


async def poll(
    region: Region,
    sources: Iterable[Source],
    store: Store,
    hosts: Hosts,
    clock: Clock,
    on_report: Callable[[Report], None] = lambda report: None,
) -> list[Report]:
    """Visits `sources` once each and saves what they say. `on_report` is told as each one is saved."""
    before = store.sources(Faults())

    async def one(source: Source) -> Report:
        report = await _visited(region, source, hosts, clock)
        usable_since = report.started_at - timedelta(seconds=region.expires_after)
        try:
            report = _save(store, report, source, before.get(source.name), usable_since)
        except Exception as error:
            report = replace(report, unsaved=described(error))
        on_report(report)
        return report

    try:
        return await asyncio.gather(*(one(source) for source in sources))
    finally:
        _count_requests(store, hosts)


async def _visited(region: Region, source: Source, hosts: Hosts, clock: Clock) -> Report:
    """The report of a visit; whatever goes wrong is an outcome of this one source."""
    started, began = clock.now(), clock.monotonic()
    try:
        adapter = registry.load(source.provider)()
        async with Client(source, hosts) as client:
            return await collect(source, adapter, client, clock, region.only)
    except VisitError as error:
        outcome, message = Outcome(error.outcome), str(error)
    except Exception as error:
        outcome, message = Outcome.CHANGED, f"{source.url}: the visit failed ({described(error)}); please report this"
    took = clock.monotonic() - began
    return Report(
        source=source.name, outcome=outcome, message=clean(message, MESSAGE_LENGTH), started_at=started, took=took
    )


def _count_requests(store: Store, hosts: Hosts) -> None:
    """Adds what was asked of hosts; what cannot be saved now is kept for the next poll."""
    try:
        store.count_requests(hosts.tally.values())
    except StoreError as error:
        log.lines.error("failed", reason=f"requests to {len(hosts.tally)} hosts could not be counted: {error}")
    else:
        hosts.tally.clear()


def _save(store: Store, report: Report, source: Source, before: SourceRow | None, usable_since: datetime) -> Report:
    doubted = before.doubted if before else 0
    judgement = judged(report, _expected(store, report, usable_since), doubted) if report.whole else report
    if judgement is not report:
        doubted += 1
    elif report.whole:
        doubted = 0
    failures = 0 if judgement.outcome in GOOD else (before.failures if before else 0) + 1
    wait = next_visit(source.interval, judgement.outcome, failures, judgement.next_after)
    at = report.started_at + min(timedelta(seconds=wait), MAX_WAIT)
    store.save(judgement, next_visit_at=at, failures=failures, doubted=doubted, usable_since=usable_since)
    return judgement


def _expected(store: Store, report: Report, usable_since: datetime) -> Expected:
    """What the stored answers let expect of this visit."""
    now = report.started_at
    known = {
        key: openings(Availability(available=said.available, slots=said.slots, checked_at=now), now)
        for key, said in store.openings(report.source, now, usable_since).items()
    }
    return Expected(store.expected(report.source, now), known)
