"""Many sources concurrently -> the store. A slow, hanging or hostile source delays no other.

Every source is visited in a task of its own under its own deadline; each report is saved as soon as it is there.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from aggregator import registry
from aggregator.collect import collect
from aggregator.current import CLOCK_TOLERANCE
from aggregator.model import Availability, Report
from aggregator.plausibility import Expected, judged, openings
from aggregator.region import Region, Source
from aggregator.store.store import GOOD, SourceRow, Store
from aggregator.web.client import Client, Hosts
from aggregator.web.pace import Clock, next_visit

MAX_WAIT = timedelta(hours=6)  # no publisher's wish or breaker keeps a source unvisited for longer


def due(region: Region, store: Store, now: datetime) -> tuple[Source, ...]:
    """The sources to visit at `now`."""
    states = store.sources()
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
    sources = tuple(sources)
    adapters = {provider: registry.load(provider) for provider in {source.provider for source in sources}}
    before = store.sources()

    async def one(source: Source) -> Report:
        async with Client(source, hosts) as client:
            report = await collect(source, adapters[source.provider](), client, clock, region.only)
        usable_since = report.started_at - timedelta(seconds=region.expires_after)
        report = _save(store, report, source, before.get(source.name), usable_since)
        on_report(report)
        return report

    reports = await asyncio.gather(*(one(source) for source in sources))
    store.count_requests(hosts.tally.values())
    hosts.tally.clear()
    return reports


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
