"""Runs the trials of `aggregator try`: an adapter on its cases, on recordings, or on one polite visit."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from aggregator import registry
from aggregator.adapter import Page, host_of
from aggregator.clock import SystemClock
from aggregator.config import Region, Source
from aggregator.errors import ConfigError
from aggregator.har import Recording, load_recording
from aggregator.kit import cases
from aggregator.kit.describe import describe
from aggregator.kit.har_filter import sift
from aggregator.kit.live_hosts import live_hosts
from aggregator.kit.traced import Traced, load_adapter
from aggregator.model import Report
from aggregator.redact import keys_in, shown_url
from aggregator.web import Hosts


class Trial(NamedTuple):
    """One visit to `source`. `faults`: exceptions of the adapter's code, counted. `case`: the replayed case, if any."""

    title: str
    report: Report
    pages: tuple[Page, ...]
    faults: Counter[str]
    source: Source
    case: cases.Case | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The secret keys of the source, which pages may repeat."""
        return keys_in(self.source.url, self.source.headers, self.source.options)

    @property
    def is_accepted(self) -> bool:
        """Whether its case has accepted values."""
        return self.case is not None and self.case.expect is not None

    @property
    def disagreements(self) -> list[str]:
        """Differences from the accepted values; none if nothing was accepted."""
        return cases.disagreements(self.case, self.report) if self.case and self.is_accepted else []

    @property
    def expected(self) -> bool:
        """Whether the visit matched the accepted values or, without any, succeeded."""
        return not self.disagreements if self.is_accepted else self.report.outcome.is_good


def cases_of(name: str, only: str = "", adapters: str = "") -> list[cases.Case]:
    """The cases of a provider, or the one called `only`; ConfigError if there is none."""
    folder = cases.case_folder(name, adapters)
    paths = sorted(folder.glob("*.toml"))
    chosen = [path for path in paths if only in ("", path.stem, path.name)]
    if not chosen:
        there = ", ".join(path.stem for path in paths) or "none"
        wanted = f"no case {only!r}" if only else "no case"
        raise ConfigError(
            f"{folder} has {wanted} (cases: {there}); give a recording with --har FILE, or visit with --live"
        )
    return [cases.load(path) for path in chosen]


def try_cases(name: str, only: str = "", adapters: str = "") -> Iterator[Trial | cases.Case]:
    """Replays each case; yields the case itself if its recording is missing."""
    load_adapter(name, adapters)
    for case in cases_of(name, only, adapters):
        if case.recording.is_file():
            kept = cases.kept_before(case)
            yield _replayed(case.name, case.source, load_recording([case.recording]), kept, case)
        else:
            yield case


def try_recording(name: str, files: Sequence[Path], region: Region | None, only: str = "", adapters: str = "") -> Trial:
    """Replays recordings that need not belong to a case.

    `only`: the case whose source is visited, after the same earlier visits.
    """
    load_adapter(name, adapters)
    recording = load_recording(files)
    source, origin = _source_for(name, files, recording, region, only, adapters)
    registry.check([source])
    kept = cases.kept_before(cases_of(name, only, adapters)[0]) if only else {}
    return _replayed(f"{', '.join(str(file) for file in files)} (source: {origin})", source, recording, kept)


def _replayed(
    title: str, source: Source, recording: Recording, kept: Mapping[str, str], case: cases.Case | None = None
) -> Trial:
    traced = Traced(load_adapter(source.provider, source.adapters)())
    report, pages = cases.replay(source, recording, traced.adapter, kept)
    return Trial(title, report, pages, traced.faults, source, case)


def _source_for(
    name: str, files: Sequence[Path], recording: Recording, region: Region | None, only: str, adapters: str
) -> tuple[Source, str]:
    """The source that matches the recording, and where it was found."""
    folder = cases.case_folder(name, adapters)
    there = cases_of(name, only, adapters) if only or any(folder.glob("*.toml")) else []
    of_cases = [(case.source, f"that of case {case.name}") for case in there]
    if only:
        return of_cases[0]
    of_region = [source for source in region.sources if source.provider == name] if region else []
    given = [*((source, f"{source.name} of the region file") for source in of_region), *of_cases]
    asked = {entry.request.url.partition("?")[0] for entry in recording.entries}
    hosts = {host_of(url) for url in asked}
    fit = [each for each in given if host_of(each[0].url) in hosts]
    if fit:
        return min(fit, key=lambda each: each[0].url.partition("?")[0] not in asked)
    url = _likeliest(files)
    known = {"states": list(region.states), "time_zone": region.time_zone} if region else {}
    source = cases.source_of(folder / "visit.toml", {"url": url, **known})
    return (
        source,
        f"the likeliest answer, {shown_url(url)}; states {', '.join(source.states)}, time zone {source.time_zone}",
    )


def _likeliest(files: Iterable[Path]) -> str:
    """The URL of the answer that looks most like places or appointments."""
    answers = [exchange.answer for file in files for exchange in sift(file).kept]
    return max(answers, key=lambda answer: describe(Page(answer)).score).url


def try_live(name: str, region: Region) -> list[Trial]:
    """Visits each active source of the provider in the region once, at the pace of a run."""
    load_adapter(name, region.sources[0].adapters if region.sources else "")
    clock = SystemClock()
    today = datetime.now(UTC).astimezone(region.zone).date()
    sources = [source for source in region.active(today) if source.provider == name]
    if not sources:
        there = ", ".join(sorted({source.provider for source in region.active(today)})) or "none"
        raise ConfigError(f"{region.name}: no source of {name} is active today; active providers: {there}")
    registry.check(sources)

    async def work() -> list[Trial]:
        hosts = live_hosts(region, clock)
        try:
            return [await _visited(source, hosts, clock) for source in sources]
        finally:
            await hosts.aclose()

    return asyncio.run(work())


async def _visited(source: Source, hosts: Hosts, clock: SystemClock) -> Trial:
    traced = Traced(load_adapter(source.provider, source.adapters)())
    report, pages = await cases.visited(source, traced.adapter, hosts, clock)
    return Trial(f"{source.name}, {shown_url(source.url)}", report, pages, traced.faults, source)
