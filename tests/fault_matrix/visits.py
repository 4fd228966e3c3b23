"""The three visits of a cell on one database: a good one, one with a fault, a good one."""

import random
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeVar, TypeVarTuple

import httpx
from msgspec.structs import replace

from aggregator.adapter import Adapter
from aggregator.clock import Clock
from aggregator.config.region import Source
from aggregator.model import Report
from aggregator.store.background import Background
from aggregator.store.http_cache import HttpCacheStore
from aggregator.store.store import Store
from aggregator.store.waits import HostWaitStore
from aggregator.visit.fetcher import RequestSender
from aggregator.visit.long_visits import LongVisits
from aggregator.visit.one_visit import collect
from aggregator.visit.polling import poll
from aggregator.web.client import Hosts
from aggregator.web.validators import StoredAnswer
from tests.fault_matrix.clock import VirtualClock, run_virtually
from tests.fault_matrix.fault import GOOD, Fault, Reply
from tests.fault_matrix.host import Host, RequestKey
from tests.fault_matrix.subjects import Subject
from tests.fault_matrix.view import View, look

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")
AGENT = "appointment-aggregator/0 (+https://matrix.test/contact)"
BETWEEN = timedelta(minutes=5)  # from the good visit to the faulty one
# possible delays of the third visit after the second: the first by which every wait has ended is used
LATER = tuple(timedelta(minutes=minutes) for minutes in (12, 35, 65, 400, 1500))


class Known(NamedTuple):
    """A database after a good visit, and the requests of that visit."""

    database: sqlite3.Connection
    report: Report
    requests: dict[RequestKey, Reply]


class Seen(NamedTuple):
    """A visit and the resulting view; `kept`: the view without the visit."""

    report: Report
    at: datetime
    view: View
    kept: View


class Visited(NamedTuple):
    """A cell: the faulty visit, the good one after it, and the same good one without the fault."""

    faulty: Seen
    after: Seen
    control: Seen


class InPlace(LongVisits):
    """Reads every page in this process: a worker would have neither the clock nor the changed adapters."""

    async def visit(
        self,
        source: Source,
        adapter: Adapter,
        client: RequestSender,
        clock: Clock,
        kept: Mapping[str, str] = MappingProxyType({}),
    ) -> Report:
        return await collect(source, adapter, client, clock, kept=kept)


class AtOnce(Background):
    """Uses the database without a thread; switching would take a fifth of a cell's time."""

    async def run(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        return work(*arguments)

    def later(self, work: Callable[[], None], what: str) -> None:
        work()


class Session:
    """One process with a database: makes visits, and takes snapshots."""

    def __init__(self, subject: Subject, clock: VirtualClock, database: sqlite3.Connection | None = None) -> None:
        self.subject, self.clock = subject, clock
        self.store = _store("visits", database)
        self._hosts: Hosts | None = None

    async def visit(self, host: Host) -> Report:
        """Makes one visit; the hosts of a process are opened once, as in `watch`."""
        if self._hosts is None:
            answers = HttpCacheStore(self.store, StoredAnswer)
            waits = HostWaitStore(self.store)
            loopback = httpx.URL(self.subject.source.url).host == "127.0.0.1"
            self._hosts = Hosts(AGENT, self.clock, answers, loopback, host.transport(), waits=waits)
        self._hosts._transport = host.transport()
        region, source = self.subject.region, self.subject.source
        (report,) = await poll(region, [source], self.store, self._hosts, self.clock, visits=InPlace())
        await self.store.background.done()
        return report

    def look(self) -> View:
        return look(self.store, self.subject, self.clock.now())


@lru_cache(maxsize=256)  # a sample returns to each visit of each adapter with other faults
def first_visit(subject: Subject, validators: str) -> Known:
    """A good visit on an empty database; a second one if the source keeps something, because that is the usual one."""

    async def work() -> Known:
        session = Session(subject, VirtualClock(subject.recording.now))
        host = Host(subject.recording, session.clock, validators=validators)
        report = await session.visit(host)
        if report.kept:
            host = Host(subject.recording, session.clock, validators=validators)
            report = await session.visit(host)
        database = _copy(session.store.db.conn)
        return Known(database, report, {key: reply for key, reply in host.log.items() if not key.is_robots})

    return run_virtually(work())


def visited(subject: Subject, fault: Fault, hit: frozenset[RequestKey]) -> Visited:
    """The visits of one cell."""
    known = first_visit(subject, fault.validators)
    random.seed(0)  # the pauses between attempts

    async def work() -> tuple[Seen, Seen, timedelta]:
        start = subject.recording.now + BETWEEN
        session = Session(subject, VirtualClock(start), known.database)
        if fault.robots:
            await _forget_robots(session.store, start, drop=not fault.earlier_copy)
        bad = Host(
            subject.recording, session.clock, validators=fault.validators, fault=fault, hit=hit, usual=known.requests
        )
        report = await session.visit(bad)
        faulty = Seen(report, session.clock.now(), session.look(), _look(subject, known.database, session.clock.now()))
        later = _when(faulty, start, fault.lasts)
        await session.clock.advance_to(start + later)
        good = Host(subject.recording, session.clock, validators=fault.validators, usual=known.requests)
        report = await session.visit(good)
        after = Seen(report, session.clock.now(), session.look(), faulty.view)
        return faulty, after, later

    faulty, after, later = run_virtually(work())
    return Visited(faulty, after, control(subject, fault.validators, later))


@lru_cache(maxsize=32)
def control(subject: Subject, validators: str, later: timedelta) -> Seen:
    """The third visit as it is without the second."""
    known = first_visit(subject, validators)

    async def work() -> Seen:
        session = Session(subject, VirtualClock(subject.recording.now + BETWEEN + later), known.database)
        host = Host(subject.recording, session.clock, validators=validators, usual=known.requests)
        report = await session.visit(host)
        seen = Seen(report, session.clock.now(), session.look(), _look(subject, known.database, session.clock.now()))
        return seen

    return run_virtually(work())


@lru_cache(maxsize=512)
def read_without(subject: Subject, hit: frozenset[RequestKey]) -> frozenset[str]:
    """The locations that a visit reads although the requests in `hit` bring nothing."""
    known = first_visit(subject, "none")
    if hit >= known.requests.keys():
        return frozenset()
    refused = Fault(name="refused", why="", outcomes=frozenset(), respond=_refuse)

    async def work() -> frozenset[str]:
        session = Session(subject, VirtualClock(subject.recording.now + BETWEEN))
        host = Host(subject.recording, session.clock, validators="none", fault=refused, hit=hit, usual=known.requests)
        await session.visit(host)
        found = frozenset(session.look().places)
        return found

    return run_virtually(work())


@lru_cache(maxsize=512)
def is_unread(subject: Subject, hit: frozenset[RequestKey]) -> bool:
    """Whether the visit is unchanged if the requests in `hit` get an empty page."""
    known = first_visit(subject, "none")
    other = Fault(name="other", why="", outcomes=GOOD, respond=lambda reply: reply.page("<p>Hello</p>"))

    async def work() -> bool:
        session = Session(subject, VirtualClock(subject.recording.now + BETWEEN))
        host = Host(subject.recording, session.clock, validators="none", fault=other, hit=hit, usual=known.requests)
        report = await session.visit(host)
        read, usual = ({one.location.key for one in each.readings} for each in (report, known.report))
        return report.outcome.is_good and report.whole == known.report.whole and read == usual

    return run_virtually(work())


def forget_visits() -> None:
    """Forgets cached visits, when an adapter is replaced."""
    for known in (first_visit, control, read_without, is_unread):
        known.cache_clear()


def _refuse(reply: Reply) -> httpx.Response:
    raise httpx.ConnectError("refused", request=reply.request)


def _look(subject: Subject, database: sqlite3.Connection, now: datetime) -> View:
    return look(_store("looks", database), subject, now)


@cache
def _open(purpose: str) -> tuple[Store, sqlite3.Connection]:
    store = Store(":memory:")
    store.background = AtOnce()
    return store, _copy(store.db.conn)


def _store(purpose: str, database: sqlite3.Connection | None = None) -> Store:
    """A copy of a database, or an empty one. One is kept for each purpose, since creating one takes 10 ms."""
    store, empty = _open(purpose)
    (database or empty).backup(store.db.conn)
    return store


def _copy(database: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:")
    database.backup(copy)
    return copy


def _when(faulty: Seen, start: datetime, lasts: float) -> timedelta:
    """The delay of the third visit after the second, when every wait has ended."""
    due = max([faulty.view.next_visit_at, faulty.at, *faulty.view.host_waits.values()]) - start
    due = max(due, timedelta(seconds=lasts))
    return next((later for later in LATER if later > due), LATER[-1])


async def _forget_robots(store: Store, now: datetime, *, drop: bool) -> None:
    """Drops the copies of robots.txt, or makes them older than a day."""
    kept = HttpCacheStore(store, StoredAnswer)
    for key in _robots_keys(store):
        if drop:
            kept.drop(key)
        elif answer := await kept.load(key):
            kept.save(key, replace(answer, stored_at=now - timedelta(days=1, hours=1)))
    await store.background.done()


def _robots_keys(store: Store) -> Iterable[str]:
    return [key for (key,) in store.db.execute("SELECT key FROM kept_answers WHERE key LIKE 'ROBOTS %'").fetchall()]
