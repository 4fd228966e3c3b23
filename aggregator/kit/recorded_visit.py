"""Records one polite visit as a HAR: to a source with its adapter, or to a single URL without one.

Requests go through the same client as polling, with its user agent, robots.txt, pace, and limits. A waiting room, a
block, or an error raises VisitError, and then there is no recording.
"""

import tomlkit

from aggregator import __version__, registry
from aggregator.clock import Clock
from aggregator.config import Region, Source, parse_region
from aggregator.errors import VisitError
from aggregator.har import Exchange, HarWriter
from aggregator.kit.live_hosts import live_hosts
from aggregator.kit.recording_client import RecordingClient
from aggregator.model import Outcome, Request
from aggregator.visit import collect
from aggregator.web import look_up_many, verdict

NOT_AN_ANSWER = frozenset({Outcome.BUSY, Outcome.BLOCKED, Outcome.DOWN})


def region_of_one(name: str, url: str, contact: str, *, loopback: bool) -> Region:
    """A region with a single source, validated like every region."""
    fields: dict[str, object] = {"name": "capture", "title": "Capture", "states": ["US"], "time_zone": "UTC"}
    source = {"name": name.replace("_", "-"), "provider": name, "url": url}
    fields |= {"contact": contact, "loopback": loopback, "sources": [source]}
    return parse_region(tomlkit.dumps(fields), "aggregator capture")


async def capture(source: Source, region: Region, clock: Clock, *, with_adapter: bool) -> tuple[list[Exchange], str]:
    """The exchanges of one visit to `source`, and the message of its adapter's report.

    Without `with_adapter`, only the source's URL is fetched. A page that the adapter does not recognize is recorded,
    too, because its author needs it.
    """
    look_up_many()
    hosts = live_hosts(region, clock)
    try:
        async with RecordingClient(source, hosts) as client:
            message = await (_visited(source, client, clock) if with_adapter else _asked(source, client))
            writer = HarWriter(__version__)
            for request, answer in client.answered:
                writer.add(request, answer)
            return writer.exchanges, message
    finally:
        await hosts.aclose()


async def _visited(source: Source, client: RecordingClient, clock: Clock) -> str:
    report = await collect(source, registry.of(source)(), client, clock)
    if client.failed:
        raise client.failed
    if report.outcome in NOT_AN_ANSWER or not client.answered:
        raise VisitError(report.message)
    return report.message


async def _asked(source: Source, client: RecordingClient) -> str:
    answer = await client.get(Request(url=source.url))
    if answer.body.lstrip().startswith(b"<") and (found := verdict(answer)):
        raise found
    return ""
