"""Visits many sources concurrently and stores their reports. A slow, hanging, or hostile source delays no other.

Every source is visited in its own task with its own deadline, and each report is saved as soon as it is complete. A
source with a broken adapter, or whose report cannot be saved, fails alone; its report says why.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from aggregator import log, registry
from aggregator.clean import clean
from aggregator.clock import Clock
from aggregator.config import Region, Source
from aggregator.current import CLOCK_TOLERANCE
from aggregator.errors import StoreError, VisitError, described
from aggregator.faults import Faults
from aggregator.model import Availability, Outcome, Report
from aggregator.redact import redacted
from aggregator.store import Store, StoredSource, begin_visits, begun_visits, host_waits
from aggregator.visit.long_visits import LongVisits
from aggregator.visit.one_visit import MESSAGE_LENGTH
from aggregator.visit.plausibility import Expected, judged, openings
from aggregator.web import Client, Hosts, host_name, next_visit

MAX_WAIT = timedelta(hours=6)  # neither max-age nor backoff postpones a visit for longer
VISITS_UNTIL_EXPIRY = 2  # max-age must not postpone a visit until the source's answers have expired here


def due(region: Region, store: Store, now: datetime) -> tuple[Source, ...]:
    """The active sources to visit at `now`."""
    active = region.active(now.astimezone(region.zone).date())
    waiting = planned(store, active, now)
    return tuple(source for source in active if source.name not in waiting)


def planned(store: Store, sources: Iterable[Source], now: datetime) -> dict[str, datetime]:
    """Source name -> its next visit, for those of `sources` that are not due.

    A source waits for its planned visit, for one interval after a visit that was never saved because the process died,
    and for its host while that is left alone. A plan made in the future, or for longer than MAX_WAIT, was made by a
    wrong clock and is ignored.
    """
    # a source with a damaged row counts as never visited, and its visit replaces the row
    states, begun, waits = store.sources(Faults()), begun_visits(store), host_waits(store)
    found: dict[str, datetime] = {}
    for source in sources:
        decided: list[tuple[datetime, datetime]] = []
        if state := states.get(source.name):
            decided.append((state.attempted_at, state.next_visit_at))
        if visit := begun.get(source.name):
            decided.append((visit.began_at, visit.next_visit_at))
        if wait := waits.get(host_name(source.url)):
            decided.append((wait.since, wait.until))
        times = [until for since, until in decided if since <= now + CLOCK_TOLERANCE and now < until <= now + MAX_WAIT]
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
    visits: LongVisits | None = None,
) -> list[Report]:
    """Visits each of `sources` once and saves the reports. Calls `on_report` with each report once it is saved.

    `visits`: worker processes, if other polls share them.
    """
    visits = visits or LongVisits()
    sources, now = tuple(sources), clock.now()
    before = await store.background.run(store.sources, Faults())
    await store.background.run(_begin, store, sources, now)

    async def one(source: Source) -> Report:
        report = await _visited(region, store, source, before.get(source.name), hosts, clock, visits)
        on_report(report)
        return report

    try:
        return await asyncio.gather(*(one(source) for source in sources))
    finally:
        hosts.save_spacings()
        await _count_requests(store, hosts)


def _begin(store: Store, sources: Iterable[Source], now: datetime) -> None:
    """Records the visits before their first requests, so that a killed process is not repeated at once."""
    try:
        begin_visits(store, now, {source.name: now + timedelta(seconds=source.interval) for source in sources})
    except StoreError as error:  # a file that is locked for a moment must not stop every visit
        log.lines.error("failed", reason=f"could not record that visits begin: {error}")


async def _visited(
    region: Region,
    store: Store,
    source: Source,
    before: StoredSource | None,
    hosts: Hosts,
    clock: Clock,
    visits: LongVisits,
) -> Report:
    """Visits a source and saves its report; every error becomes an outcome of this source, or its `unsaved`."""
    started, began = clock.now(), clock.monotonic()
    try:
        adapter = registry.of(source)()
        async with Client(source, hosts) as client:
            kept = await store.background.run(store.kept, source.name)
            report = await visits.visit(source, adapter, client, clock, kept)
            report = await store.background.run(_saved, store, report, source, before, region.expires_after)
            client.settle(report.outcome.is_good and not report.unsaved)
            return report
    except VisitError as error:
        outcome, message = Outcome(error.outcome), str(error)
    except Exception as error:
        outcome, message = Outcome.CHANGED, f"{source.url}: the visit failed ({described(error)}); please report this"
    took, message = clock.monotonic() - began, clean(redacted(message), MESSAGE_LENGTH)
    report = Report(source=source.name, outcome=outcome, message=message, started_at=started, took=took)
    return await store.background.run(_saved, store, report, source, before, region.expires_after)


async def _count_requests(store: Store, hosts: Hosts) -> None:
    """Adds the requests to hosts to the store; what cannot be saved now is counted again in the next poll."""
    taken = hosts.take_tally()
    try:
        await store.background.run(store.count_requests, taken)
    except StoreError as error:
        hosts.return_tally(taken)
        log.lines.error("failed", reason=f"could not save the requests to {len(taken)} hosts: {error}")


def _saved(store: Store, report: Report, source: Source, before: StoredSource | None, expires_after: float) -> Report:
    """Saves the report after the plausibility check and returns it; `unsaved` says why it could not be saved."""
    try:
        return _save(store, report, source, before, expires_after)
    except Exception as error:
        return replace(report, unsaved=described(error))


def _save(store: Store, report: Report, source: Source, before: StoredSource | None, expires_after: float) -> Report:
    usable_since = report.started_at - timedelta(seconds=expires_after)
    doubted = before.doubted if before else 0
    judgement = report
    if report.outcome.is_good:
        judgement = judged(report, _expected(store, report, usable_since), doubted, source.url)
    if judgement is not report:
        doubted += 1
    elif report.outcome.is_good:
        doubted = 0
    failures = before.failures if before else 0
    if judgement.outcome.is_good:
        failures, asked = 0, min(judgement.next_after, expires_after / VISITS_UNTIL_EXPIRY)
    else:
        failures, asked = failures + bool(judgement.requests), judgement.next_after
    wait = next_visit(source.interval, judgement.outcome, failures, asked)
    at = report.started_at + min(timedelta(seconds=wait), MAX_WAIT)
    store.save(judgement, next_visit_at=at, failures=failures, doubted=doubted, usable_since=usable_since)
    return judgement


def _expected(store: Store, report: Report, usable_since: datetime) -> Expected:
    """What the stored answers lead us to expect of this visit."""
    now = report.started_at
    known = {
        key: openings(Availability(available=stored.available, slots=stored.slots, checked_at=now), now)
        for key, stored in store.openings(report.source, now, usable_since).items()
    }
    return Expected(store.expected(report.source, now, usable_since), known)
