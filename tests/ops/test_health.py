"""What is late, broken, or blocked, also as Prometheus metrics; computed for one fixed time."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from aggregator.config.region import Region, Source
from aggregator.model import Fault, HostTally, HostWait, Outcome, Snapshot, SourceState, Stage
from aggregator.ops import metrics
from aggregator.ops.metrics import Cycle
from aggregator.ops.source_health import ADVICE, WELL, SourceHealth, Standing, health
from aggregator.release.publisher import Release
from aggregator.store.publishing import LastPublish
from aggregator.web.client import host_name
from tests.support import records
from tests.support.snapshots import NOW, full, place, region, snapshot, source

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
INTERVAL = 2 * MINUTE


def judged(state: SourceState, **fields: object) -> SourceHealth:
    """The health of the only source, visited every two minutes; `fields` change the region."""
    found = health(snapshot(sources=(state,)), region(**fields), NOW)
    return found.sources[0]


def good(age: timedelta, outcome: Outcome = Outcome.OK, wait: timedelta = INTERVAL) -> SourceState:
    """A source last visited successfully `age` ago; the next visit is `wait` after that."""
    at = NOW - age
    return source(outcome=outcome, attempted_at=at, last_good_at=at, next_visit_at=at + wait)


def failing(outcome: Outcome, age: timedelta) -> SourceState:
    """A source whose last good visit was `age` ago."""
    return source(outcome=outcome, last_good_at=NOW - age)


SECOND = timedelta(seconds=1)
FAR = timedelta(hours=7)


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (good(MINUTE), Standing.FINE),
        (good(MINUTE, Outcome.EMPTY), Standing.FINE),
        (good(3 * INTERVAL), Standing.FINE),
        (good(3 * INTERVAL + SECOND), Standing.LATE),
        (good(HOUR + 2 * INTERVAL, wait=HOUR), Standing.FINE),  # its publisher asks for hourly visits
        (good(HOUR + 2 * INTERVAL + SECOND, wait=HOUR), Standing.LATE),
        (failing(Outcome.BUSY, 3 * INTERVAL), Standing.WAITING),
        (failing(Outcome.DOWN, 3 * INTERVAL), Standing.WAITING),
        (failing(Outcome.BUSY, 3 * INTERVAL + SECOND), Standing.LATE),
        (failing(Outcome.DOWN, FAR), Standing.LATE),
        (failing(Outcome.BLOCKED, MINUTE), Standing.BLOCKED),
        (failing(Outcome.BLOCKED, FAR), Standing.BLOCKED),
        (failing(Outcome.CHANGED, MINUTE), Standing.BROKEN),
        (source(outcome=Outcome.DOWN, last_good_at=None), Standing.LATE),
        (source(outcome=None, attempted_at=None, next_visit_at=None), Standing.LATE),
    ],
)
def test_a_source_gets_its_standing_from_its_recent_visits(state: SourceState, standing: Standing) -> None:
    assert judged(state).standing is standing


@pytest.mark.parametrize(("age", "standing"), [(HOUR, Standing.WAITING), (HOUR + SECOND, Standing.LATE)])
def test_expired_answers_of_a_failing_source_are_late_whatever_its_interval(age: timedelta, standing: Standing) -> None:
    rare = Source(name="county", provider="example", url="https://book.example.org/", interval=3600.0)
    assert judged(failing(Outcome.DOWN, age), sources=(rare,)).standing is standing


def test_advice_is_given_only_if_somebody_has_to_act() -> None:
    for state in (good(FAR), failing(Outcome.BUSY, FAR), failing(Outcome.BLOCKED, MINUTE), source(outcome=None)):
        assert judged(state).advice
    for state in (good(MINUTE), failing(Outcome.DOWN, MINUTE)):
        assert judged(state).advice == ""
    assert "aggregator try example --live" in judged(failing(Outcome.CHANGED, MINUTE)).advice


def test_the_estimated_wait_of_a_waiting_room_is_passed_on() -> None:
    assert judged(source(outcome=Outcome.BUSY, wait_minutes=45)).wait_minutes == 45
    assert judged(good(MINUTE)).wait_minutes is None


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.BUSY, None])
def test_a_source_with_a_paused_host_reports_it(outcome: Outcome | None) -> None:
    shown = snapshot(sources=(source(outcome=outcome),))
    where = host_name(region().sources[0].url)
    wait = HostWait(host=where, since=NOW, until=NOW + HOUR, reason="asks us to slow down (status 429)", times=1)
    (one,) = health(shown, region(), NOW, waits={where: wait}).sources
    assert one.advice.startswith(f"{where} asks us to slow down (status 429), so we send it nothing until")
    over = HostWait(host=where, since=NOW - HOUR, until=NOW, reason="asks us to wait", times=1)
    assert (
        health(shown, region(), NOW, waits={where: over}).sources[0].advice
        == health(shown, region(), NOW).sources[0].advice
    )


def test_there_is_advice_for_every_unhealthy_state() -> None:
    late = {(Standing.LATE, outcome) for outcome in (None, *Outcome)}
    never = {(Standing.LATE, Outcome.BLOCKED), (Standing.LATE, Outcome.CHANGED)}
    assert set(ADVICE) == (late - never) | {
        (Standing.BLOCKED, Outcome.BLOCKED),
        (Standing.BROKEN, Outcome.CHANGED),
    }
    assert not {standing for standing, _ in ADVICE} & set(WELL)


@pytest.mark.parametrize(("age", "late"), [(timedelta(0), False), (10 * MINUTE, False), (10 * MINUTE + SECOND, True)])
def test_a_release_older_than_stale_after_is_late(age: timedelta, late: bool) -> None:
    assert health(snapshot(), region(), NOW - age).published_late is late


def test_a_missing_release_is_late() -> None:
    assert health(snapshot(), region(), None).published_late


# --- metrics ----------------------------------------------------------------------------------------------------------

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples_of(cycle: Cycle) -> Samples:
    """The samples of the file, parsed by Prometheus's own parser; each family and sample is there once."""
    text = generate_latest(metrics.CycleCollector(cycle)).decode()
    families = list(text_string_to_metric_families(text))
    assert len(families) == len({family.name for family in families})
    assert all(family.documentation and family.type in ("counter", "gauge") for family in families)
    samples = [sample for family in families for sample in family.samples]
    found = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def made_cycle(of: Snapshot, *outcomes: Outcome, over: Region | None = None) -> Cycle:
    reports = [records.report(outcome=outcome, requests=3, received=1000) for outcome in outcomes]
    release = Release(path=Path("20210513T140000Z"), files=100, size=5_000_000, made=7, manifest={})
    return Cycle(over or region(sources=tuple(map(configured, of.sources))), of, reports, release, 12.25)


def configured(state: SourceState) -> Source:
    return Source(name=state.name, provider="example", url="https://book.example.org/")


def value(cycle: Cycle, name: str, **labels: str) -> float:
    return samples_of(cycle)[f"aggregator_{name}", frozenset({"region": "alder-county", **labels}.items())]


def test_the_metrics_file_can_be_parsed_by_prometheus() -> None:
    samples = samples_of(made_cycle(full(), Outcome.OK))
    assert len(samples) > 60
    assert {dict(labels)["region"] for _, labels in samples} == {"alder-county"}


@pytest.mark.parametrize(
    ("name", "labels", "expected"),
    [
        ("source_outcome", {"source": "county", "outcome": "OK"}, 1),
        ("source_outcome", {"source": "county", "outcome": "BUSY"}, 0),
        ("source_outcome", {"source": "queue", "outcome": "BUSY"}, 1),
        ("source_outcome", {"source": "new", "outcome": "OK"}, 0),
        ("source_standing", {"source": "kept", "standing": "broken"}, 1),
        ("source_last_good_timestamp_seconds", {"source": "kept"}, (NOW - HOUR).timestamp()),
        ("source_locations", {"source": "county"}, 40),
        ("source_locations_with_appointments", {"source": "county"}, 10),
        ("source_problems", {"source": "county"}, 1),
        ("places", {"available": "YES"}, 10),
        ("places", {"available": "UNKNOWN"}, 5),
        ("places_gone", {}, 1),
        ("places_merged", {}, 0),
        ("cycle_visits", {"outcome": "OK"}, 2),
        ("cycle_visits", {"outcome": "BLOCKED"}, 0),
        ("cycle_requests", {}, 9),
        ("cycle_received_bytes", {}, 3000),
        ("cycle_duration_seconds", {}, 12.25),
        ("cycle_timestamp_seconds", {}, NOW.timestamp()),
        ("release_files", {}, 100),
        ("release_files_made", {}, 7),
        ("release_size_bytes", {}, 5_000_000),
    ],
)
def test_metrics_have_the_expected_values(name: str, labels: dict[str, str], expected: float) -> None:
    assert value(made_cycle(full(), Outcome.OK, Outcome.OK, Outcome.DOWN), name, **labels) == expected


def test_items_left_out_of_a_release_are_counted_by_stage() -> None:
    faults = tuple(Fault(stage=stage, id="a", reason="") for stage in (Stage.LISTS, Stage.FILES, Stage.LISTS))
    cycle = made_cycle(full(faults=faults))
    assert [value(cycle, "left_out", stage=stage) for stage in Stage] == [0, 0, 2, 0, 1]


def test_items_left_out_by_the_last_or_next_publish_are_each_listed_once() -> None:
    last, both, new = (Fault(stage=Stage.LISTS, id=id, reason="") for id in "abc")
    found = health(snapshot(faults=(both, new)), region(), NOW, LastPublish(at=NOW, faults=(last, both)))
    assert found.left_out == (last, both, new)
    assert (found.publish_failure, found.publish_failed_at) == ("", None)


def test_a_failed_publish_is_reported_with_its_time() -> None:
    found = health(snapshot(), region(), NOW, LastPublish(at=NOW - HOUR, failure="no room"))
    assert (found.publish_failure, found.publish_failed_at) == ("no room", NOW - HOUR)


def test_requests_to_hosts_are_counted_from_midnight_utc() -> None:
    tallies = [HostTally(host="book.example.org", day=day, requests=number) for number, day in enumerate(DAYS)]
    assert value(made_cycle(snapshot(hosts=tuple(tallies))), "host_requests_total", host="book.example.org") == 1


DAYS = ("2021-05-13", "2021-05-14")  # NOW is 2021-05-14 in UTC


def test_places_merged_from_several_locations_are_counted() -> None:
    merged = msgspec.structs.replace(place(1), source_views=place(1).source_views * 2)
    assert value(made_cycle(snapshot(merged, place(2))), "places_merged") == 1


def test_a_source_that_never_answered_has_no_last_good_time() -> None:
    cycle = made_cycle(full())
    with pytest.raises(KeyError):
        value(cycle, "source_last_good_timestamp_seconds", source="new")


def test_text_in_a_label_cannot_break_out_of_it() -> None:
    host = 'a"b\\c\nd'
    cycle = made_cycle(snapshot(hosts=(HostTally(host=host, day=DAYS[1], requests=5),)))
    assert value(cycle, "host_requests_total", host=host) == 5


def test_the_file_is_replaced_atomically_and_no_temporary_file_remains(tmp_path: Path) -> None:
    path = tmp_path / "aggregator.prom"
    path.write_text("old")
    before = path.stat().st_ino
    metrics.write_metrics(made_cycle(snapshot()), path)
    assert 'aggregator_places{available="YES",region="alder-county"} 0.0\n' in path.read_text()
    assert path.stat().st_ino != before  # the file was replaced, so nobody reads half of it
    assert list(tmp_path.iterdir()) == [path]
