"""What the status page shows: how each booking system stands, and what was asked of each host."""

from dataclasses import dataclass
from typing import Literal

from aggregator.model import HostTally, Outcome, Problem, Snapshot, SourceState
from aggregator.publish.edition import Edition
from aggregator.publish.links import Link, web_link
from aggregator.publish.stamps import Moment, moment
from aggregator.publish.wording import OUTCOMES, volume

ANSWERED = (Outcome.OK, Outcome.EMPTY)

Tone = Literal["good", "wait", "bad"]


@dataclass(frozen=True, slots=True)
class SourceRow:
    title: str
    provider: str
    tone: Tone
    outcome: str
    wait: str
    message: str
    last_good: Moment | None
    attempted: Moment | None
    locations: str
    with_appointments: str
    next_visit: str
    problems: tuple[Problem, ...]
    door: Link | None


@dataclass(frozen=True, slots=True)
class HostRow:
    host: str
    day: str
    requests: str
    not_modified: str
    failures: str
    received: str


@dataclass(frozen=True, slots=True)
class Status:
    sources: tuple[SourceRow, ...]
    hosts: tuple[HostRow, ...]


def status_view(snapshot: Snapshot, edition: Edition) -> Status:
    return Status(
        sources=tuple(_source_row(source, edition) for source in snapshot.sources),
        hosts=tuple(_host_row(host, edition) for host in snapshot.hosts),
    )


def _source_row(source: SourceState, edition: Edition) -> SourceRow:
    words, time = edition.words, edition.time
    waits = source.outcome in (Outcome.BUSY, None)
    known = source.last_good_at is not None or source.locations > 0
    return SourceRow(
        title=source.title,
        provider=source.provider,
        tone="good" if source.outcome in ANSWERED else "wait" if waits else "bad",
        outcome=words.say(OUTCOMES[source.outcome]),
        wait=words.wait(source.wait_minutes, source.attempted_at, time),
        message=source.message,
        last_good=moment(source.last_good_at, time) if source.last_good_at else None,
        attempted=moment(source.attempted_at, time) if source.attempted_at else None,
        locations=words.number(source.locations) if known else words.say("not known"),
        with_appointments=words.number(source.with_appointments) if known else words.say("not known"),
        next_visit=time.at(source.next_visit_at) if source.next_visit_at else "",
        problems=source.problems,
        door=web_link(source.url, words.look_at),
    )


def _host_row(host: HostTally, edition: Edition) -> HostRow:
    number = edition.words.number
    return HostRow(
        host=host.host,
        day=host.day,
        requests=number(host.requests),
        not_modified=number(host.not_modified),
        failures=number(host.failures),
        received=volume(host.received),
    )
