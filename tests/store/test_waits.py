"""What the next process has to know in order to be polite."""

import asyncio
from pathlib import Path

from aggregator.model import Availability, Available, HostWait
from aggregator.store.http_cache import HttpCacheStore
from aggregator.store.retention import prune
from aggregator.store.store import Store
from aggregator.store.waits import BegunVisit, HostWaitStore, begin_visits, begun_visits, host_waits
from aggregator.web.validators import StoredAnswer
from tests.support.memory_hosts import answer
from tests.support.records import DAY, HOUR, MINUTE, NOW, reading, report, save
from tests.support.stores import empty_store

WAIT = HostWait(host="a.example.org", since=NOW, until=NOW + HOUR, reason="asks us to wait", times=2, spacing=4.0)


def test_host_waits_are_read_back_by_the_next_process(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        waits = HostWaitStore(store)
        waits.save(WAIT)
        assert waits.load(WAIT.host) == WAIT
    with Store(tmp_path / "a.db") as store:
        waits = HostWaitStore(store)
        assert (waits.load(WAIT.host), host_waits(store)) == (WAIT, {WAIT.host: WAIT})
        waits.drop(WAIT.host)
        waits.drop("b.example.org")
        asyncio.run(waits.written())
        assert (waits.load(WAIT.host), host_waits(store)) == (None, {})


def test_a_started_visit_is_recorded_until_it_is_saved(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        begin_visits(store, NOW, {"county": NOW + MINUTE, "town": NOW + HOUR})
    with Store(tmp_path / "a.db") as store:
        save(store, report(reading()))
        assert begun_visits(store) == {"town": BegunVisit(NOW, NOW + HOUR)}


def test_expired_waits_and_started_visits_are_pruned(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        waits = HostWaitStore(store)
        waits.save(WAIT)
        asyncio.run(waits.written())
        begin_visits(store, NOW, {"town": NOW + HOUR})
        prune(store, NOW, tmp_path)
        assert (len(host_waits(store)), len(begun_visits(store))) == (1, 1)
        prune(store, NOW + DAY, tmp_path)
        assert (host_waits(store), begun_visits(store)) == ({}, {})


def test_cached_answers_are_renamed_and_dropped_for_the_next_process_too(tmp_path: Path) -> None:
    first, second = (StoredAnswer(answer=answer(body), stored_at=NOW) for body in ("first", "second"))
    with Store(tmp_path / "a.db") as store:
        kept = HttpCacheStore(store, StoredAnswer)
        kept.save("a", first)
        kept.save("new a", second)
        kept.rename("new a", "a")
        kept.rename("new b", "b")
        assert (asyncio.run(kept.load("a")), asyncio.run(kept.load("new a")), asyncio.run(kept.load("b"))) == (
            second,
            None,
            None,
        )
    with Store(tmp_path / "a.db") as store:
        kept = HttpCacheStore(store, StoredAnswer)
        assert asyncio.run(kept.load("a")) == second
        kept.drop("a")
        assert (asyncio.run(kept.load("a")), asyncio.run(HttpCacheStore(store, StoredAnswer).load("a"))) == (None, None)


def test_a_no_by_absence_has_the_age_of_the_page_that_lists_the_others() -> None:
    with empty_store() as store:
        save(store, report(reading("1"), reading("2")))
        old = report(reading("1"), at=NOW + 2 * HOUR, only_available=True, as_of=NOW + HOUR)
        save(store, old)
        (gone,) = (row for row in store.locations(["county"], NOW) if row.location.key == "2")
        assert (gone.answer.available, gone.checked_at, gone.valid_at) == (Available.NO, NOW + 2 * HOUR, NOW + HOUR)
    assert Availability(available=Available.NO, checked_at=NOW).valid_at is None
