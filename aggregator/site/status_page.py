"""What the status page shows: how each booking system stands, and what was asked of each host."""

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
    title: str
    provider: str
    tone: Tone
    outcome: str
    wait: str
    message: str
    last_good: Moment | None
    only_in_part: bool  # where `last_good` is None
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
class LeftOut:
    """Something that this update lacks: what that means for a reader, which one, and why."""

    words: str
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Status:
    """`left_out`: at most MOST_LEFT_OUT; `how_many_left_out` counts all, `more_left_out` those beyond."""

    sources: tuple[SourceStatus, ...]
    hosts: tuple[HostRow, ...]
    left_out: tuple[LeftOut, ...]
    how_many_left_out: str
    more_left_out: str


def status_view(snapshot: Snapshot, context: RenderContext, faults: Faults = RAISE_ALL) -> Status:
    """What is known of the sources and hosts, and what was left out of the snapshot or, by `faults`, of the release."""
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
        door=web_link(source.url, words.look_at),
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
