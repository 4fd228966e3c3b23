"""Makes one visit, from a recording or the network, and keeps its pages."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from aggregator import registry
from aggregator.adapter import Adapter, Page
from aggregator.clock import Clock, RecordedClock
from aggregator.config import Source
from aggregator.errors import ConfigError
from aggregator.har import Recording, load_recording
from aggregator.kit.cases.case import Case, load
from aggregator.kit.recording_client import RecordingClient
from aggregator.model import Report
from aggregator.visit import collect
from aggregator.web import Hosts, MemoryAnswers, ReplayTransport


class Visited(NamedTuple):
    """A visit. `pages`: every good answer, in the order of the requests."""

    report: Report
    pages: tuple[Page, ...]


async def visited(
    source: Source,
    adapter: Adapter,
    hosts: Hosts,
    clock: Clock,
    kept: Mapping[str, str] = MappingProxyType({}),
) -> Visited:
    """Makes one visit through `hosts`, whose connections stay open. `kept` as in `collect`."""
    async with RecordingClient(source, hosts) as client:
        report = await collect(source, adapter, client, clock, kept=kept)
    return Visited(report, tuple(Page(answer) for _, answer in client.answered))


def kept_before(case: Case) -> dict[str, str]:
    """What the source of a case had kept before the case's visit: replays the visits of the cases before it.

    ConfigError if these go round in a circle.
    """
    earlier: list[Case] = []
    while (newest := (earlier or [case])[-1]).after:
        earlier.append(load(newest.after))
        if earlier[-1].path in {case.path, *(one.path for one in earlier[:-1])}:
            raise ConfigError(
                f"{case.path}: after: the cases before it lead back to {earlier[-1].name}; begin with one"
            )
    kept: dict[str, str] = {}
    for one in reversed(earlier):
        kept.update(replay(one.source, load_recording([one.recording]), kept=kept).report.kept)
        kept = {key: text for key, text in kept.items() if text}
    return kept


def replay(
    source: Source,
    recording: Recording,
    adapter: Adapter | None = None,
    kept: Mapping[str, str] = MappingProxyType({}),
) -> Visited:
    """Makes one visit from a recording, at the recording's time.

    `adapter`: None for a new one of the source's provider. `kept`: what the source's earlier visits kept. Sources on
    loopback can be replayed, too.
    """
    clock = RecordedClock(recording.now)
    here = urlsplit(source.url).hostname == "127.0.0.1"

    found: list[Visited] = []  # a list, because asyncio would format the result of `work` as text and discard that

    async def work() -> None:
        hosts = Hosts("replay", clock, MemoryAnswers(), here, ReplayTransport(recording))
        found.append(await visited(source, adapter or registry.of(source)(), hosts, clock, kept=kept))

    asyncio.run(work())
    return found[0]
