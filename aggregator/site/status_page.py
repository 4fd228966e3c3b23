"""The status page: the state of each booking system, and the requests that each host received."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from aggregator.faults import RAISE_ALL, Faults
from aggregator.model import HostTally, Outcome, Problem, Snapshot, SourceState, Stage
from aggregator.wording import LEFT_OUT, OUTCOMES, Link, Moment, RenderContext, moment, volume, web_link

MOST_LEFT_OUT = 50

Tone = Literal["good", "wait", "bad"]


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A row of the table of booking systems. Exists beside `model.SourceState` because it holds formatted texts."""

    title: str
    provider: str
    tone: Tone
    outcome: str
    wait: str
    message: str
    last_good: Moment | None
    only_in_part: bool  # it has answered; without `last_good`, only in part
    attempted: Moment | None
    locations: str
    with_appointments: str
    next_visit: str
    problems: tuple[Problem, ...]
    public_url: Link | None


@dataclass(frozen=True, slots=True)
class HostRow:
    """A row of the table of hosts. Exists beside `model.HostTally` because it holds formatted numbers."""

    host: str
    day: str
    requests: str
    not_modified: str
    failures: str
    received: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that this update lacks: what that means for a reader, its id, and the reason."""

    words: str
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Status:
    """The whole page. `left_out` has at most MOST_LEFT_OUT items; the two texts count all of them and the rest."""

    sources: tuple[SourceStatus, ...]
    hosts: tuple[HostRow, ...]
    left_out: tuple[LeftOut, ...]
    how_many_left_out: str
    more_left_out: str


def status_view(snapshot: Snapshot, context: RenderContext, faults: Faults = RAISE_ALL) -> Status:
    """The status page. What was left out comes from the snapshot's faults and from `faults`, those of the release."""
    sources = faults.each(Stage.LISTS, snapshot.sources, lambda one: _source_row(one, context), attrgetter("name"))
    hosts = faults.each(Stage.LISTS, snapshot.hosts, lambda one: _host_row(one, context), attrgetter("host"))
    rows = tuple(sources), tuple(hosts)
    found = tuple(dict.fromkeys((*snapshot.faults, *faults.found)))
    count, more = context.words.count, len(found) - MOST_LEFT_OUT
    return Status(
        *rows,
        left_out=tuple(
            LeftOut(context.words.say(LEFT_OUT[fault.stage]), fault.id, fault.reason) for fault in found[:MOST_LEFT_OUT]
        ),
        how_many_left_out=count(
            "%(n)s thing could not be published", "%(n)s things could not be published", len(found)
        ),
        more_left_out=count("and %(n)s more", "and %(n)s more", more) if more > 0 else "",
    )


def _source_row(source: SourceState, context: RenderContext) -> SourceStatus:
    words, time = context.words, context.time
    waits = source.outcome in (Outcome.BUSY, None)
    return SourceStatus(
        title=source.title,
        provider=source.provider,
        tone="good" if source.outcome and source.outcome.is_good else "wait" if waits else "bad",
        outcome=words.say(OUTCOMES[source.outcome]),
        wait=words.wait(source.wait_minutes, source.attempted_at, time),
        message=source.message,
        last_good=moment(source.last_good_at, time) if source.last_good_at else None,
        only_in_part=source.has_answered,
        attempted=moment(source.attempted_at, time) if source.attempted_at else None,
        locations=words.number(source.locations) if source.has_answered else words.say("not known"),
        with_appointments=words.number(source.with_appointments) if source.has_answered else words.say("not known"),
        next_visit=time.at(source.next_visit_at) if source.next_visit_at else "",
        problems=source.problems,
        public_url=web_link(source.url, words.look_at),
    )


def _host_row(host: HostTally, context: RenderContext) -> HostRow:
    number = context.words.number
    return HostRow(
        host=host.host,
        day=host.day,
        requests=number(host.requests),
        not_modified=number(host.not_modified),
        failures=number(host.failures),
        received=volume(host.received),
    )
