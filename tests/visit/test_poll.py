"""Many sources at once: none delays another, and each is visited again when its publisher and its past allow."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from aggregator import registry
from aggregator.adapter import DataRow, JsonAdapter, Listing, SlotListing
from aggregator.config.region import Pace, Region, Source, parse_region
from aggregator.errors import AdapterError, StoreError
from aggregator.model import Outcome, Report
from aggregator.store.store import Store
from aggregator.store.waits import HostWaitStore
from aggregator.visit.polling import MAX_WAIT, due, poll
from aggregator.web.client import Hosts
from aggregator.web.validators import AnswerStore, MemoryAnswers
from tests.support.memory_hosts import AGENT, HandClock, Host
from tests.support.records import DAY, MINUTE, NOW, REGION, damage, report
from tests.support.stores import empty_store

Answer = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]
NAMES = ("county", "town", "island")


class Places(JsonAdapter):
    """A made-up system: a list of names, each with one slot tomorrow."""

    name = "places"
    title = "Places"

    def listing(self, row: DataRow) -> Listing:
        return Listing(name=row.value, id=row.value, slots=(SlotListing(start="2021-05-14T09:00:00", count=1),))


class Trusted(Places):
    """The same, but its page states that it lists nothing."""

    empty_marker = "[]"


def made_region(*names: str, **fields: Any) -> Region:
    sources = "".join(
        f'[[sources]]\nname = "{name}"\nprovider = "places"\nurl = "https://{name}.example.org/places"\n'
        + "".join(f"{key} = {value}\n" for key, value in fields.items())
        for name in names
    )
    return parse_region(REGION + sources, "alder.toml")


def listing(*names: str, **headers: str) -> Answer:
    return lambda request: httpx.Response(200, json=list(names), headers=headers)


class World:
    """A region whose hosts respond from `answers`, a store, and a clock."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store, self.clock = store, HandClock(NOW)
        self.region = made_region(*NAMES)
        self.answers: dict[str, Answer] = {f"{name}.example.org": listing("hall") for name in NAMES}
        self.requested: list[str] = []
        self.reported: list[str] = []
        self.on_report: Callable[[Report], None] = lambda report: self.reported.append(report.source)
        self.adapter: type[Places] = Places
        self.kept: AnswerStore | None = None  # None: nothing is cached between polls
        monkeypatch.setattr(registry, "load", lambda *_: self.adapter)

    def transport(self) -> httpx.MockTransport:
        return Host(self._answer).transport()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requested.append(request.url.host)
        answer = self.answers[request.url.host](request)
        return answer if isinstance(answer, httpx.Response) else await answer

    def poll(self, *sources: Source) -> dict[str, Report]:
        """The reports of one poll of `sources` (default: all) by a new process."""
        self.waits = HostWaitStore(self.store)

        async def work() -> list[Report]:
            answers = self.kept or MemoryAnswers()
            hosts = Hosts(AGENT, self.clock, answers, False, self.transport(), waits=self.waits)
            chosen = sources or self.region.sources
            reports = await poll(self.region, chosen, self.store, hosts, self.clock, self.on_report)
            await hosts.aclose()
            assert hosts.tally == {}
            return reports

        return {found.source: found for found in asyncio.run(work())}

    def next_visit(self, name: str = "county") -> timedelta:
        """The delay of the source's next visit after the last one."""
        state = self.store.sources()[name]
        return state.next_visit_at - state.attempted_at

    def due(self) -> list[str]:
        return [source.name for source in due(self.region, self.store, self.clock.now())]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with empty_store() as store:
        yield World(store, monkeypatch)


def test_a_poll_waits_for_a_slow_source_while_all_others_are_saved(world: World) -> None:
    others = asyncio.Event()

    def note(found: Report) -> None:
        world.reported.append(found.source)
        if len(world.reported) == len(NAMES) - 1:
            others.set()

    async def slow(request: httpx.Request) -> httpx.Response:
        await others.wait()
        assert set(world.store.sources()) == {"town", "island"}
        return httpx.Response(200, json=["hall"])

    world.answers["county.example.org"] = slow
    world.on_report = note
    reports = world.poll()
    assert world.reported[-1] == "county"
    assert {found.outcome for found in reports.values()} == {Outcome.OK}


def test_a_source_that_hangs_is_abandoned_and_the_others_have_answered(world: World) -> None:
    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError("never")

    world.region = made_region(*NAMES, pace="{ deadline = 0.02 }")
    world.answers["county.example.org"] = never
    reports = world.poll()
    assert reports["county"].outcome is Outcome.DOWN
    assert "took longer than 0.02 s" in reports["county"].message
    assert [reports[name].outcome for name in ("town", "island")] == [Outcome.OK, Outcome.OK]


def test_a_source_that_is_down_or_raises_does_not_affect_the_others(world: World) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    world.answers["county.example.org"] = broken
    world.answers["town.example.org"] = lambda request: httpx.Response(200, text="<p>no JSON</p>")
    reports = world.poll()
    outcomes = [reports[name].outcome for name in NAMES]
    assert outcomes == [Outcome.DOWN, Outcome.CHANGED, Outcome.OK]
    assert [state.outcome for state in map(world.store.sources().__getitem__, NAMES)] == outcomes


def test_requests_to_each_host_are_counted(world: World) -> None:
    world.poll()
    world.poll(world.region.sources[0])
    tallies = {tally.host: tally.requests for tally in world.store.hosts(NOW)}
    assert tallies == {"county.example.org": 4, "town.example.org": 2, "island.example.org": 2}  # including robots.txt


# --- isolated failures ------------------------------------------------------------------------------------------------


def test_a_source_with_a_broken_adapter_fails_alone_without_any_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str, folder: str) -> type[Places]:
        if name == "broken":
            raise AdapterError("providers/broken.py:3: SyntaxError: invalid syntax; correct the file")
        return Places

    monkeypatch.setattr(registry, "load", load)
    county, *others = world.region.sources
    reports = world.poll(replace(county, provider="broken"), *others)
    assert (reports["county"].outcome, reports["county"].requests) == (Outcome.CHANGED, 0)
    assert "providers/broken.py:3: SyntaxError" in reports["county"].message
    assert [reports[name].outcome for name in ("town", "island")] == [Outcome.OK, Outcome.OK]
    assert world.store.sources()["county"].outcome is Outcome.CHANGED
    assert world.requested == ["town.example.org", "island.example.org"]


def test_an_adapter_that_cannot_be_created_fails_alone(world: World) -> None:
    class Unmade(Places):
        def __init__(self) -> None:
            raise KeyError("layout")

    world.adapter = Unmade
    reports = world.poll()
    assert {report.outcome for report in reports.values()} == {Outcome.CHANGED}
    assert "the visit failed (KeyError: 'layout'" in reports["county"].message


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[World, sqlite3.Connection]]:
    """A world whose database is locked by another program until it rolls back."""
    monkeypatch.setattr("aggregator.store.store.BUSY_TIMEOUT", 0.01)
    with Store(tmp_path / "a.db") as store:
        other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield World(store, monkeypatch), other
        other.close()


def test_a_visit_not_saved_because_of_a_locked_database_reports_it(
    locked: tuple[World, sqlite3.Connection],
) -> None:
    world, other = locked

    def note(found: Report) -> None:
        world.reported.append(found.source)
        if len(world.reported) == 1:
            other.execute("ROLLBACK")

    world.on_report = note
    reports = world.poll()
    first, *others = (reports[name] for name in world.reported)
    assert "database is locked; another program has locked it" in first.unsaved
    assert first.outcome is Outcome.OK  # the booking site did respond
    assert [report.unsaved for report in others] == ["", ""]
    assert world.store.sources().keys() == {report.source for report in others}
    assert sum(tally.requests for tally in world.store.hosts(NOW)) == 6  # with robots.txt, also of the unsaved visit
    assert first.source in world.due()


def test_requests_that_cannot_be_counted_now_are_counted_by_the_next_poll(
    locked: tuple[World, sqlite3.Connection],
) -> None:
    world, other = locked
    hosts = Hosts(AGENT, world.clock, MemoryAnswers(), False, world.transport())

    async def work() -> None:
        await poll(world.region, world.region.sources, world.store, hosts, world.clock)
        assert len(hosts.tally) == 3
        other.execute("ROLLBACK")
        await poll(world.region, world.region.sources[:1], world.store, hosts, world.clock)
        await hosts.aclose()

    asyncio.run(work())
    assert {tally.host for tally in world.store.hosts(NOW)} == {f"{name}.example.org" for name in NAMES}


def test_requests_are_counted_even_if_the_poll_is_interrupted(world: World) -> None:
    def note(found: Report) -> None:
        raise KeyboardInterrupt

    world.on_report = note
    with pytest.raises(KeyboardInterrupt):
        world.poll(world.region.sources[0])
    assert [tally.requests for tally in world.store.hosts(NOW)] == [2]


def test_a_source_with_a_damaged_row_is_due_and_the_visit_replaces_the_row(world: World) -> None:
    world.poll()
    damage(world.store.db, "UPDATE sources SET next_visit_at = 'soon' WHERE name = 'county'")
    with pytest.raises(StoreError, match="table sources, row 'county': cannot be read"):
        world.store.sources()
    assert world.due() == ["county"]
    world.poll(world.region.sources[0])
    assert world.due() == []


# --- the next visit of a source ---------------------------------------------------------------------------------------


def test_a_source_is_due_after_its_interval(world: World) -> None:
    assert world.due() == list(NAMES)
    world.poll(world.region.sources[0])
    assert world.due() == ["town", "island"]
    world.clock.elapsed = 119
    assert world.due() == ["town", "island"]
    world.clock.elapsed = 121
    assert world.due() == list(NAMES)


def test_a_source_not_in_force_is_not_due(world: World) -> None:
    world.region = made_region("county", last_day="2021-05-12")
    assert world.due() == []


def test_the_publishers_max_age_delays_the_next_visit(world: World) -> None:
    world.answers["county.example.org"] = listing("hall", **{"cache-control": "max-age=900"})
    world.poll()
    assert (world.next_visit("county"), world.next_visit("town")) == (15 * MINUTE, 2 * MINUTE)


def test_a_retry_after_header_delays_the_next_visit_by_that_time(world: World) -> None:
    world.answers["county.example.org"] = lambda request: httpx.Response(429, headers={"retry-after": "1200"})
    assert world.poll()["county"].outcome is Outcome.BUSY
    assert world.next_visit() == 20 * MINUTE
    assert world.requested.count("county.example.org") == 1


def test_a_max_age_beyond_the_expiry_of_answers_is_limited_to_half_of_it(world: World) -> None:
    world.answers["county.example.org"] = listing("hall", **{"cache-control": "max-age=2591034"})
    world.poll()
    assert world.next_visit() == 30 * MINUTE == timedelta(seconds=world.region.expires_after / 2)


def test_a_source_is_visited_at_most_once_per_interval_even_if_its_answers_expire(world: World) -> None:
    world.region = made_region("county", interval=7200.0)
    world.answers["county.example.org"] = listing("hall", **{"cache-control": "max-age=2591034"})
    world.poll()
    assert world.next_visit() == 120 * MINUTE


def test_no_host_can_delay_a_source_for_more_than_six_hours(world: World) -> None:
    world.answers["county.example.org"] = lambda request: httpx.Response(429, headers={"retry-after": "999999"})
    world.poll()
    assert world.next_visit() == MAX_WAIT == DAY / 4
    assert "county" not in world.due()


@pytest.mark.parametrize(
    "wrong",
    [
        httpx.Response(200, text="<title>Scheduled maintenance</title>", headers={"cache-control": "max-age=86400"}),
        httpx.Response(200, text="<title>Waiting room</title>", headers={"cache-control": "max-age=86400"}),
        httpx.Response(200, text="<title>Sign in</title>", headers={"cache-control": "max-age=86400"}),
        httpx.Response(200, json=[None, None], headers={"cache-control": "max-age=86400"}),
    ],
    ids=["maintenance", "a waiting room", "a login", "rows that cannot be read"],
)
def test_the_max_age_of_a_wrong_page_is_ignored(world: World, wrong: httpx.Response) -> None:
    world.answers["county.example.org"] = lambda request: wrong
    assert not world.poll()["county"].outcome.is_good
    assert world.next_visit() == 2 * MINUTE


def test_the_max_age_of_an_implausible_page_is_ignored(world: World) -> None:
    visit(world, "a", "b", "c", "d")
    world.answers["county.example.org"] = listing("a", **{"cache-control": "max-age=86400"})
    assert world.poll(world.region.sources[0])["county"].outcome is Outcome.CHANGED
    assert world.next_visit() == 2 * MINUTE


def test_consecutive_failures_delay_the_next_visit_more_and_more(world: World) -> None:
    world.answers["county.example.org"] = lambda request: httpx.Response(404)
    waits = []
    for _ in range(3):
        world.poll(world.region.sources[0])
        waits.append(world.next_visit())
    assert waits == [2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    world.answers["county.example.org"] = listing("hall")
    world.poll(world.region.sources[0])
    assert (world.store.sources()["county"].failures, world.next_visit()) == (0, 2 * MINUTE)


def test_a_next_visit_far_in_the_future_is_a_clock_error_and_is_due(world: World) -> None:
    wrong = report(at=NOW + 3650 * DAY)
    world.store.save(wrong, next_visit_at=NOW + 3650 * DAY, failures=0, doubted=0)
    assert "county" in world.due()
    world.store.save(report(), next_visit_at=NOW + MAX_WAIT, failures=0, doubted=0)
    assert "county" not in world.due()


# --- implausible answers ----------------------------------------------------------------------------------------------


def visit(world: World, *names: str) -> tuple[Report, int]:
    """The report of a visit that lists `names`, and the number of known locations after it."""
    world.answers["county.example.org"] = listing(*names)
    found = world.poll(world.region.sources[0])["county"]
    known = world.store.locations(["county"], NOW)
    return found, sum(row.gone_at is None for row in known)


def test_an_implausible_visit_changes_nothing_and_the_third_in_a_row_is_accepted(world: World) -> None:
    assert visit(world, "a", "b", "c", "d")[1] == 4
    for _ in range(2):
        found, known = visit(world, "a")
        assert (found.outcome, known) == (Outcome.CHANGED, 4)
        assert "lists 1 locations, but 4 were expected; the last good answer is kept" in found.message
    found, known = visit(world, "a")
    assert (found.outcome, known, world.store.sources()["county"].doubted) == (Outcome.OK, 1, 0)


def test_a_plausible_visit_resets_the_count_of_implausible_ones(world: World) -> None:
    for names, left in (("abcd", 4), ("a", 4), ("a", 4), ("abcd", 4), ("a", 4), ("a", 4), ("a", 1)):
        assert visit(world, *names)[1] == left


def test_a_failed_visit_does_not_reset_the_count_of_implausible_ones(world: World) -> None:
    visit(world, "a", "b", "c", "d")
    visit(world, "a")
    world.answers["county.example.org"] = lambda request: httpx.Response(404)
    world.poll(world.region.sources[0])
    assert visit(world, "a")[1] == 4
    assert visit(world, "a")[1] == 1


def test_half_of_the_listed_places_is_plausible(world: World) -> None:
    visit(world, "a", "b", "c", "d")
    assert visit(world, "a", "b")[1] == 2


def test_an_unconfirmed_empty_list_is_not_trusted_immediately(world: World) -> None:
    visit(world, "a", "b")
    found, known = visit(world)
    assert (found.outcome, known) == (Outcome.CHANGED, 2)


def test_a_page_that_states_it_is_empty_is_trusted_immediately(world: World) -> None:
    world.adapter = Trusted
    visit(world, "a", "b")
    found, known = visit(world)
    assert (found.outcome, known) == (Outcome.EMPTY, 0)


def test_nothing_is_expected_once_all_slots_are_past(world: World) -> None:
    visit(world, "a", "b", "c")
    world.clock.elapsed = 2 * 86400
    found, known = visit(world, "d")
    assert (found.outcome, known) == (Outcome.OK, 1)


def test_sources_on_one_host_share_its_pace(world: World) -> None:
    two = made_region("county", "town", pace="{ spacing = 30 }")
    same = tuple(
        Source(
            name=source.name, provider="places", url=f"https://county.example.org/{source.name}", time_zone="UTC",
            pace=Pace(spacing=30),
        )
        for source in two.sources
    )  # fmt: skip
    world.poll(*same)
    assert world.clock.elapsed >= 60  # robots.txt, then one after the other
