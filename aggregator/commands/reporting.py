"""Reports the work of `run` and `watch` to the operator: log lines, the metrics file, and the ping."""

from collections import deque
from pathlib import Path

from aggregator import log
from aggregator.config import Region
from aggregator.model import Report, Snapshot
from aggregator.ops import WELL, Cycle, sources_health, write_metrics
from aggregator.release import Release
from aggregator.web import ping


class CycleReporter:
    """Reports every visit and every cycle of `region`. Its methods may block for a few seconds, and never raise.

    `metrics_file` replaces the region's `metrics`. `offline`: no monitor is pinged, as in a replay.
    """

    def __init__(self, region: Region, metrics_file: Path | None, *, offline: bool) -> None:
        self._region = region
        self._metrics_file = metrics_file or (Path(region.metrics) if region.metrics else None)
        self._ping_url = "" if offline else region.ping_url
        self._reports: deque[Report] = deque()  # since the last cycle

    def visited(self, report: Report) -> None:
        self._reports.append(report)
        log.visited(report)

    def published(self, snapshot: Snapshot, release: Release, took: float) -> None:
        """Reports a cycle whose release was published `took` seconds after the cycle began."""
        reports = [self._reports.popleft() for _ in range(len(self._reports))]  # `watch` appends from another thread
        cycle = Cycle(self._region, snapshot, reports, release, took)
        log.left_out(snapshot.faults)
        log.lines.info("cycle", **_facts(cycle))
        self._write_metrics(cycle)
        self._ping("" if _any_well(cycle) else "no source of the region works; `aggregator status` says what to do")

    def failed(self, reason: str) -> None:
        """Reports a visit that could not be saved, or a publish that failed."""
        self._ping(reason)

    def _write_metrics(self, cycle: Cycle) -> None:
        if self._metrics_file is None:
            return
        try:
            write_metrics(cycle, self._metrics_file)
        except OSError as error:
            log.lines.warning(
                "metrics",
                problem=f"{self._metrics_file}: cannot be written ({error.strerror}); make the folder writable",
            )

    def _ping(self, failure: str) -> None:
        if self._ping_url and (problem := ping(self._ping_url, failure)):
            log.lines.warning("ping", problem=problem)


def _any_well(cycle: Cycle) -> bool:
    """Whether a source works; true for a region without sources today."""
    standings = sources_health(cycle.snapshot, cycle.region)
    return not standings or any(one.standing in WELL for one in standings)


def _facts(cycle: Cycle) -> dict[str, object]:
    reports, places, release = cycle.reports, cycle.snapshot.places, cycle.release
    return {
        "region": cycle.region.name,
        "visits": len(reports),
        "answered": sum(report.outcome.is_good for report in reports),
        "requests": sum(report.requests for report in reports),
        "received_bytes": sum(report.received for report in reports),
        "places": len(places),
        "with_appointments": sum(place.current.available == "YES" for place in places),
        "left_out": len(cycle.snapshot.faults),
        "release": release.path.name,
        "files": release.files,
        "files_made": release.made,
        "size_bytes": release.size,
        "sent_files": release.sent.files,
        "sent_bytes": release.sent.size,
        "took_seconds": round(cycle.took, 3),
    }
