"""Writes the metrics of a region for Prometheus: a text file for node_exporter's textfile collector.

Names follow https://prometheus.io/docs/practices/naming/. Every sample has the label `region`, so that one machine can
export several regions. An age is `time()` minus one of the `_timestamp_seconds`. Counters of requests to hosts start at
midnight UTC, which Prometheus takes for a restart.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from prometheus_client import Metric, write_to_textfile
from prometheus_client.registry import Collector

from aggregator.config import Region
from aggregator.model import Available, HostTally, Outcome, Report, Snapshot, Stage
from aggregator.ops.source_health import SourceHealth, Standing, sources_health
from aggregator.release import Release

PREFIX = "aggregator_"

Sample = tuple[Mapping[str, str], float]


class Cycle(NamedTuple):
    """One published cycle. `took`: seconds from its start until the release was switched in."""

    region: Region
    snapshot: Snapshot
    reports: Sequence[Report]
    release: Release
    took: float


class Family(NamedTuple):
    """A metric with its samples; `name` is without PREFIX."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    samples: Iterable[Sample]


class CycleCollector(Collector):
    """Collects the metrics of one cycle from its snapshot, so that no counters are kept between cycles."""

    def __init__(self, cycle: Cycle) -> None:
        self._cycle = cycle

    def collect(self) -> Iterator[Metric]:
        cycle = self._cycle
        families = (*_of_sources(cycle), *_of_places(cycle.snapshot), *_of_cycle(cycle), *_of_hosts(cycle.snapshot))
        return (_metric(family, cycle.region.name) for family in families)


def write_metrics(cycle: Cycle, path: Path) -> None:
    """Replaces the metrics file atomically; OSError if it cannot be written."""
    write_to_textfile(str(path), CycleCollector(cycle))


def _of_sources(cycle: Cycle) -> Iterator[Family]:
    standings = sources_health(cycle.snapshot, cycle.region)
    states = cycle.snapshot.sources
    yield Family(
        "source_outcome",
        "gauge",
        "1 for the outcome of the last visit to the source.",
        [
            ({"source": state.name, "outcome": outcome}, state.outcome is outcome)
            for state in states
            for outcome in Outcome
        ],
    )
    text = "1 for the health of the source, as in `aggregator status`."
    yield Family("source_standing", "gauge", text, _standing_samples(standings))
    for name, text, at in (
        ("source_last_good_timestamp_seconds", "When the source last gave a good answer.", "last_good_at"),
        ("source_last_visit_timestamp_seconds", "When the source was last visited.", "attempted_at"),
    ):
        yield Family(name, "gauge", text, _timestamps(standings, at))
    for name, text, field in (
        ("source_visit_duration_seconds", "How long the last visit took.", "took"),
        ("source_locations", "Locations that the source lists.", "locations"),
        ("source_locations_with_appointments", "Those of them with appointments.", "with_appointments"),
    ):
        yield Family(name, "gauge", text, [({"source": state.name}, getattr(state, field)) for state in states])
    yield Family(
        "source_problems",
        "gauge",
        "Problems of the last visit that a person should look at, at most 50.",
        [({"source": state.name}, len(state.problems)) for state in states],
    )


def _standing_samples(standings: Iterable[SourceHealth]) -> list[Sample]:
    return [
        ({"source": one.name, "standing": standing}, one.standing is standing)
        for one in standings
        for standing in Standing
    ]


def _timestamps(standings: Iterable[SourceHealth], field: str) -> list[Sample]:
    found: list[tuple[str, datetime | None]] = [(one.name, getattr(one, field)) for one in standings]
    return [({"source": name}, at.timestamp()) for name, at in found if at]


def _of_places(snapshot: Snapshot) -> Iterator[Family]:
    answers = Counter(place.current.available for place in snapshot.places)
    by_answer = [({"available": str(answer)}, answers[answer]) for answer in Available]
    merged = sum(len(place.source_views) > 1 for place in snapshot.places)
    yield Family("places", "gauge", "Listed places, by availability.", by_answer)
    yield Family("places_merged", "gauge", "Places that were merged from several locations.", [({}, merged)])
    left_out = Counter(fault.stage for fault in snapshot.faults)
    by_stage = [({"stage": str(stage)}, left_out[stage]) for stage in Stage]
    yield Family("left_out", "gauge", "Places, pages and files that failed and were left out of the release.", by_stage)
    yield Family("places_gone", "gauge", "Places that are no longer listed by any source.", [({}, len(snapshot.gone))])


def _of_cycle(cycle: Cycle) -> Iterator[Family]:
    reports, release = cycle.reports, cycle.release
    outcomes = Counter(report.outcome for report in reports)
    visits = [({"outcome": str(outcome)}, outcomes[outcome]) for outcome in Outcome]
    yield Family("cycle_visits", "gauge", "Visits of the last cycle, by outcome.", visits)
    for name, text, value in (
        ("cycle_timestamp_seconds", "When the last release was made.", cycle.snapshot.generated_at.timestamp()),
        ("cycle_duration_seconds", "How long the last cycle took (of `watch`: its release).", cycle.took),
        ("cycle_requests", "Pages requested in the visits of the last cycle.", sum(r.requests for r in reports)),
        ("cycle_received_bytes", "Decoded bytes of these pages.", sum(r.received for r in reports)),
        ("release_files", "Files of the release, without precompressed copies.", release.files),
        ("release_files_made", "Files of the release that were rendered again.", release.made),
        ("release_size_bytes", "Bytes of the release, without precompressed copies.", release.size),
    ):
        yield Family(name, "gauge", text, [({}, value)])


def _of_hosts(snapshot: Snapshot) -> Iterator[Family]:
    today = f"{snapshot.generated_at.astimezone(UTC):%Y-%m-%d}"
    tallies: list[HostTally] = [tally for tally in snapshot.hosts if tally.day == today]
    for name, text, field in (
        ("host_requests_total", "Requests to the host today (UTC).", "requests"),
        ("host_not_modified_total", "Requests to the host today that were answered with 304.", "not_modified"),
        ("host_failures_total", "Requests to the host today that failed.", "failures"),
        ("host_received_bytes_total", "Decoded bytes received from the host today (UTC).", "received"),
    ):
        yield Family(name, "counter", text, [({"host": tally.host}, getattr(tally, field)) for tally in tallies])


def _metric(family: Family, region: str) -> Metric:
    name = PREFIX + family.name
    metric = Metric(name.removesuffix("_total"), family.help, family.kind)  # the library adds the suffix of a counter
    for labels, value in family.samples:
        metric.add_sample(name, {"region": region, **labels}, value)
    return metric
