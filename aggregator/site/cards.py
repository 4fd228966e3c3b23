"""What is shown of one place, decided: frozen dataclasses that the templates only lay out. Pure.

Every text is ready to be shown but not escaped. Every `Link.href` taken from a source begins with http://, https:// or
tel:; anything else a source calls a link is left out. Times of slots are in the place's own zone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from aggregator.model import AvailabilityNow, Available, Location, Place, SourceView
from aggregator.site.filter_attributes import Traits, traits
from aggregator.wording import (
    CheckedLine,
    Link,
    LocalDates,
    RenderContext,
    Restriction,
    Spell,
    Words,
    address_line,
    checked,
    days_of,
    first_link,
    postal_line,
    shown_slots,
    ways_to_book,
    web_link,
    who_may_book,
)

DAYS_ON_CARD = 7
TIMES_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Day:
    """The slots of one day (or one span of days) that are alike.

    `what` says how many, at what hours, of what. `book` is there where days have links of their own.
    """

    when: str
    what: str
    dose: str
    times: str
    book: Link | None


@dataclass(frozen=True, slots=True)
class Voice:
    """What one source says of a place, and where a person can look at that. `answer`: "" where `said` says it, too."""

    title: str
    answer: str
    said: CheckedLine
    valid_at: str
    door: Link | None


@dataclass(frozen=True, slots=True)
class Card:
    """A place as the lists show it, whatever the answer for it is. Only an offer has `traits`: no other is filtered."""

    id: str
    name: str
    address: str
    town: str
    postal_code: str
    kind: str
    available: Available
    headline: str
    offered: str
    days: tuple[Day, ...]
    more_days: str
    restrictions: tuple[Restriction, ...]
    link: Link | None
    call: Link | None
    directions: Link | None
    traits: Traits | None
    said: CheckedLine
    since: str


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One place: its card, and all there is besides. `summary`: what counts most, for those who link to the page."""

    card: Card
    summary: str
    gone: str
    all_days: tuple[Day, ...]
    description: str
    info: Link | None
    approximate: bool
    voices: tuple[Voice, ...]
    changed_at: str
    history: tuple[str, ...]


def card_view(place: Place, context: RenderContext) -> Card:
    """The card alone; most places are only shown in lists."""
    return _card(place, *_offered(place, context), context)


def place_view(place: Place, context: RenderContext) -> PlacePage:
    location, current, time = place.location, place.current, context.time
    spells, days = _offered(place, context)
    position = location.position
    card = _card(place, spells, days, context)
    gone = context.words.gone(current.source_title, time.stamp(place.gone_at)) if place.gone_at else ""
    return PlacePage(
        card=card,
        summary=". ".join((gone or card.headline, *(restriction.text for restriction in card.restrictions))),
        gone=gone,
        all_days=days,
        description=location.description,
        info=web_link(location.info_url, context.words.more_at),
        approximate=bool(position and position.approximate),
        voices=() if place.gone_at else tuple(_voice(one, place, card, context) for one in place.source_views),
        changed_at=time.stamp(current.changed_at) if current.changed_at else "",
        history=tuple(
            f"{time.stamp(change.at)}: {context.words.answer(change.available, change.count)}"
            for change in place.history
        ),
    )


def _voice(told: SourceView, place: Place, card: Card, context: RenderContext) -> Voice:
    current, location, words = told.current, told.location, context.words
    urls = (location.booking_url, location.info_url, context.doors.get(current.source, ""))
    known = current.available is not Available.UNKNOWN
    return Voice(
        title=current.source_title,
        answer=_headline(current, words, days_stated=True) if known else "",
        said=card.said if current is place.current else checked(current, context),
        valid_at=context.time.stamp(current.valid_at) if current.valid_at else "",
        door=first_link(urls, words.look_at),
    )


def _card(place: Place, spells: Sequence[Spell], days: tuple[Day, ...], context: RenderContext) -> Card:
    location, current, words, slots = place.location, place.current, context.words, [spell.slot for spell in spells]
    days_in_order = list(dict.fromkeys(day.when for day in days))
    on_card = set(days_in_order[:DAYS_ON_CARD])
    more = len(days_in_order) - len(on_card)
    link, call = ways_to_book(place, slots, context)
    return Card(
        id=place.id,
        name=location.name,
        address=address_line(location),
        town=location.city,
        postal_code=postal_line(location),
        kind=words.kind(location.location_type),
        available=current.available,
        headline=_headline(current, words, days_stated=bool(days)),
        offered=words.offered(current.products, current.doses) if current.available is not Available.NO else "",
        days=tuple(day for day in days if day.when in on_card),
        more_days=words.count("and %(n)s more day", "and %(n)s more days", more) if more else "",
        restrictions=who_may_book(place, slots, context),
        link=link,
        call=call,
        directions=_directions(location, words),
        traits=traits(place, spells, context.local(location.time_zone).today)
        if current.available is Available.YES
        else None,
        said=checked(current, context),
        since=words.say("unchanged since %(time)s", time=context.time.stamp(current.changed_at))
        if current.changed_at and current.changed_at != current.checked_at
        else "",
    )


def _headline(current: AvailabilityNow, words: Words, *, days_stated: bool) -> str:
    count, more = current.available_count, current.may_have_more
    return words.headline(current.available, count, days_stated=days_stated, may_have_more=more)


def _directions(location: Location, words: Words) -> Link | None:
    """To the position, in whatever map the device opens; a search for the address would ask a third party."""
    position = location.position
    if position is None:
        return None
    there = f"{position.latitude:.5f}%2C{position.longitude:.5f}"
    return Link(f"https://www.openstreetmap.org/directions?to={there}", words.say("Directions"))


def _offered(place: Place, context: RenderContext) -> tuple[tuple[Spell, ...], tuple[Day, ...]]:
    """The slots that are shown, in the time of the place, and the days that they come to."""
    slots = shown_slots(place)
    if not slots:
        return (), ()
    time = context.local(place.location.time_zone)
    spells = tuple(map(time.spell, slots))
    return spells, _days(spells, context, time)


def _days(spells: Iterable[Spell], context: RenderContext, time: LocalDates) -> tuple[Day, ...]:
    groups: dict[tuple[date, date, str, bool], list[Spell]] = defaultdict(list)
    urls = set()
    for spell in spells:
        slot = spell.slot
        urls.add(slot.booking_url)
        unsure = slot.available is Available.UNKNOWN
        groups[*days_of(spell, time.today), context.words.doses(slot.doses), unsure].append(spell)
    return tuple(
        _day(*key, group, context.words, time, several_links=len(urls) > 1)
        for key, group in sorted(groups.items(), key=lambda item: item[0])
    )


def _day(
    first: date,
    last: date,
    dose: str,
    unsure: bool,
    spells: Sequence[Spell],
    words: Words,
    time: LocalDates,
    *,
    several_links: bool,
) -> Day:
    timed = [spell for spell in spells if not spell.slot.all_day] if first == last else []
    ends = [spell.end or spell.start for spell in timed]
    unsaid = words.say("not sure whether any are left")
    count = unsaid if unsure else words.total(spell.slot for spell in spells)
    hours = time.hours(min(spell.start for spell in timed), max(ends)) if timed else ""
    products = dict.fromkeys(product for spell in spells for product in spell.slot.products)
    single = dict.fromkeys(spell.start for spell in timed if not spell.slot.window)
    name_link = partial(words.book_day_at, time.day(first) if first == last else "")
    return Day(
        when=time.days(first, last),
        what=", ".join(filter(None, (count, hours, *products))),
        dose=dose,
        times=words.times(sorted(single), TIMES_PER_DAY) if len(single) > 1 else "",
        book=first_link((spell.slot.booking_url for spell in spells if several_links), name_link),
    )
