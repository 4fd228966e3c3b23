"""What each page shows, decided: frozen dataclasses that the templates only lay out. Pure, built from a snapshot.

Every text is ready to be shown but not escaped. What is shown of one place is in `cards`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from aggregator.model import Available, HostTally, Outcome, Place, Problem, Snapshot, SourceState
from aggregator.publish import wording
from aggregator.publish.cards import Card, Link, Moment, PlacePage, iso, moment, place_view, web_link
from aggregator.publish.wording import Calendar
from aggregator.region import Region

RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "yi")
ANSWERED = (Outcome.OK, Outcome.EMPTY)

Tone = Literal["good", "wait", "bad"]


@dataclass(frozen=True, slots=True)
class Site:
    """What every page shows."""

    title: str
    language: str
    direction: Literal["ltr", "rtl"]
    demo: bool
    contact: Link
    made: Moment
    stale_after: int  # seconds


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A booking system that could not be read, and where a person can look."""

    title: str
    words: str
    last_good: Moment | None
    door: Link | None


@dataclass(frozen=True, slots=True)
class Home:
    """`nothing`: why there are no offers, where there are none."""

    tagline: str
    summary: str
    troubles: tuple[Trouble, ...]
    offers: tuple[Card, ...]
    nothing: str
    towns: tuple[Town, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    title: str
    provider: str
    tone: Tone
    outcome: str
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


def site_view(snapshot: Snapshot, region: Region) -> Site:
    time = Calendar(region.zone, snapshot.generated_at)
    language = region.languages[0]
    contact = region.contact.removeprefix("mailto:")
    return Site(
        title=region.title,
        language=language,
        direction="rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr",
        demo=region.demo,
        contact=Link(contact if contact.startswith(("http://", "https://")) else f"mailto:{contact}", contact),
        made=Moment(iso(snapshot.generated_at, time), time.full(snapshot.generated_at)),
        stale_after=int(region.stale_after),
    )


def place_views(snapshot: Snapshot, places: Iterable[Place], region: Region) -> tuple[PlacePage, ...]:
    """The pages of `places`, in their order."""
    time = Calendar(region.zone, snapshot.generated_at)
    doors = {source.name: source.url for source in snapshot.sources}
    return tuple(place_view(place, time, doors.get(place.current.source, "")) for place in places)


def home_view(snapshot: Snapshot, region: Region, cards: Sequence[Card]) -> Home:
    """`cards` are those of the snapshot's places, in their order."""
    time = Calendar(region.zone, snapshot.generated_at)
    troubles = tuple(_trouble(source, time) for source in snapshot.sources if source.outcome not in ANSWERED)
    soonest = {
        place.id: min((slot.start for slot in place.current.slots if slot.available is Available.YES), default=None)
        for place in snapshot.places
    }

    def soonest_first(card: Card) -> tuple[bool, float, str]:
        start = soonest[card.id]
        return start is None, start.timestamp() if start else 0.0, card.name.casefold()

    offers = sorted((card for card in cards if card.available is Available.YES), key=soonest_first)
    return Home(
        tagline=wording.tagline(region.service, len(snapshot.sources)),
        summary=_summary(cards),
        troubles=troubles,
        offers=tuple(offers),
        nothing=_nothing(cards, offers, len(troubles), len(snapshot.sources)),
        towns=_towns(card for card in cards if card.available is not Available.YES),
    )


def status_view(snapshot: Snapshot, region: Region) -> Status:
    time = Calendar(region.zone, snapshot.generated_at)
    return Status(
        sources=tuple(_source_row(source, time) for source in snapshot.sources),
        hosts=tuple(_host_row(host) for host in snapshot.hosts),
    )


def _summary(cards: Sequence[Card]) -> str:
    if not cards:
        return ""
    answers = [card.available for card in cards]
    return wording.summary(answers.count(Available.YES), answers.count(Available.UNKNOWN), len(answers))


def _nothing(cards: Sequence[Card], offers: Sequence[Card], troubled: int, sources: int) -> str:
    if offers:
        return ""
    return wording.no_offers(troubled) if cards else wording.no_places(troubled, sources)


def _towns(cards: Iterable[Card]) -> tuple[Town, ...]:
    towns: dict[str, list[Card]] = defaultdict(list)
    for card in sorted(cards, key=lambda card: (card.town.casefold(), card.name.casefold())):
        towns[card.town or wording.NO_TOWN].append(card)
    return tuple(Town(name, tuple(of_town)) for name, of_town in towns.items())


def _trouble(source: SourceState, time: Calendar) -> Trouble:
    return Trouble(
        title=source.title,
        words=wording.trouble(source.outcome, source.last_good_at is not None),
        last_good=moment(source.last_good_at, time) if source.last_good_at else None,
        door=web_link(source.url, wording.look_at),
    )


def _source_row(source: SourceState, time: Calendar) -> SourceRow:
    waits = source.outcome in (Outcome.BUSY, None)
    known = source.last_good_at is not None or source.locations > 0
    return SourceRow(
        title=source.title,
        provider=source.provider,
        tone="good" if source.outcome in ANSWERED else "wait" if waits else "bad",
        outcome=wording.OUTCOMES[source.outcome],
        message=source.message,
        last_good=moment(source.last_good_at, time) if source.last_good_at else None,
        attempted=moment(source.attempted_at, time) if source.attempted_at else None,
        locations=f"{source.locations:,}" if known else wording.NOT_KNOWN,
        with_appointments=f"{source.with_appointments:,}" if known else wording.NOT_KNOWN,
        next_visit=time.at(source.next_visit_at) if source.next_visit_at else "",
        problems=source.problems,
        door=web_link(source.url, wording.look_at),
    )


def _host_row(host: HostTally) -> HostRow:
    return HostRow(
        host=host.host,
        day=host.day,
        requests=f"{host.requests:,}",
        not_modified=f"{host.not_modified:,}",
        failures=f"{host.failures:,}",
        received=wording.volume(host.received),
    )
