"""Many sources concurrently -> the store. A slow, hanging or hostile source delays no other.

Every source is visited in a task of its own under its own deadline; each report is saved as soon as it is there.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from aggregator import registry
from aggregator.collect import collect, judged
from aggregator.model import Report
from aggregator.region import Region, Source
from aggregator.store.store import GOOD, SourceRow, Store
from aggregator.store.waits import begin_visits, begun_visits, host_waits
from aggregator.web.client import Client, Hosts, host_name
from aggregator.web.pace import Clock, next_visit

MAX_WAIT = timedelta(hours=6)  # no publisher's wish or breaker keeps a source unvisited for longer
VISITS_UNTIL_EXPIRY = 2  # a publisher's max-age must not make its own answers expire here before the next visit


def due(region: Region, store: Store, now: datetime) -> tuple[Source, ...]:
    """The sources to visit at `now`."""
    active = region.active(now.astimezone(region.zone).date())
    waiting = planned(store, active, now)
    return tuple(source for source in active if source.name not in waiting)


def planned(store: Store, sources: Iterable[Source], now: datetime) -> dict[str, datetime]:
    """When to visit next those of `sources` that are not due, by name.

    A source waits for its own next visit, for the interval after a visit that began and was never saved (the process
    died), and for its host while that is left alone. What was decided after now, or for longer than MAX_WAIT, comes
    from a clock that was wrong, and does not count.
    """
    states, begun, waits = store.sources(), begun_visits(store), host_waits(store)
    found: dict[str, datetime] = {}
    for source in sources:
        decided: list[tuple[datetime, datetime]] = []
        if state := states.get(source.name):
            decided.append((state.attempted_at, state.next_visit_at))
        if visit := begun.get(source.name):
            decided.append((visit.began_at, visit.next_visit_at))
        if wait := waits.get(host_name(source.url)):
            decided.append((wait.since, wait.until))
        times = [until for since, until in decided if since <= now < until <= now + MAX_WAIT]
        if times:
            found[source.name] = max(times)
    return found


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
    now = clock.now()
    begin_visits(store, now, {source.name: now + timedelta(seconds=source.interval) for source in sources})

    async def one(source: Source) -> Report:
        async with Client(source, hosts) as client:
            report = await collect(source, adapters[source.provider](), client, clock, region.only)
            report = _save(store, report, source, before.get(source.name), region.expires_after)
            client.settle(report.outcome in GOOD)
        on_report(report)
        return report

    reports = await asyncio.gather(*(one(source) for source in sources))
    store.count_requests(hosts.tally.values())
    hosts.tally.clear()
    hosts.save_spacings()
    return reports


def _save(store: Store, report: Report, source: Source, before: SourceRow | None, expires_after: float) -> Report:
    doubted = before.doubted if before else 0
    expected = store.expected(report.source, report.started_at)
    judgement = judged(report, expected, doubted)
    if judgement is not report:
        doubted += 1
    elif report.whole:
        doubted = 0
    failures = before.failures if before else 0
    if judgement.outcome in GOOD:
        failures, asked = 0, min(judgement.next_after, expires_after / VISITS_UNTIL_EXPIRY)
    else:
        failures, asked = failures + bool(judgement.requests), judgement.next_after
    wait = next_visit(source.interval, judgement.outcome, failures, asked)
    at = report.started_at + min(timedelta(seconds=wait), MAX_WAIT)
    store.save(judgement, next_visit_at=at, failures=failures, doubted=doubted)
    return judgement
