"""View records of one place: what its card and its page show.

Texts are complete but not escaped; the templates only lay them out. Every `Link.href` from a source begins with
http://, https:// or tel:; other links are dropped. Times of slots are in the place's own zone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from aggregator.model import AvailabilityNow, Available, Location, Place, SourceView
from aggregator.site.filter_attributes import FilterAttributes, filter_attributes
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
    credit_link,
    credits_of,
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
    """The slots of one day, or one span of days, as one line of text.

    Exists beside `model.Slot` because a page groups slots by day, dose and certainty. `what`: count, hours, products.
    `book`: only if the days of the place have different links.
    """

    when: str
    what: str
    dose: str
    times: str
    book: Link | None


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What one source reports of a place, with the link where a reader can check it.

    Exists beside `model.SourceView` because a page shows sentences and one safe link instead of fields. `answer`: "" if
    the source's answer is unknown; `checked_line` then says why.
    """

    title: str
    answer: str
    checked_line: CheckedLine
    valid_at: str
    public_url: Link | None


@dataclass(frozen=True, slots=True)
class Card:
    """A place as a card in lists and at the top of its page.

    Exists beside `model.Place` because one card is rendered into many pages: its texts are composed once per language.
    `filter_attributes`: only for a place with appointments; the page's filters apply to no other.
    """

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
    filter_attributes: FilterAttributes | None
    checked_line: CheckedLine
    since: str
    credits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacePage:
    """The page of one place: its card and the details. `summary`: the text for search engines and link previews."""

    card: Card
    summary: str
    gone: str
    all_days: tuple[Day, ...]
    description: str
    info: Link | None
    approximate: bool
    source_answers: tuple[SourceAnswer, ...]
    credits: tuple[Link, ...]
    changed_at: str
    history: tuple[str, ...]


def card_view(place: Place, context: RenderContext) -> Card:
    """The card of a place without the rest of its page, for lists."""
    return _card(place, *_offered(place, context), context)


def place_view(place: Place, context: RenderContext) -> PlacePage:
    """The page of a place, also of one that its source no longer lists."""
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
        source_answers=()
        if place.gone_at
        else tuple(_source_answer(one, place, card, context) for one in place.source_views),
        credits=tuple(credit_link(one, context.words) for one in place.attributions),
        changed_at=time.stamp(current.changed_at) if current.changed_at else "",
        history=tuple(
            f"{time.stamp(change.at)}: {context.words.answer(change.available, change.count)}"
            for change in place.history
        ),
    )


def _source_answer(view: SourceView, place: Place, card: Card, context: RenderContext) -> SourceAnswer:
    current, location, words = view.current, view.location, context.words
    urls = (location.booking_url, location.info_url, context.public_urls.get(current.source, ""))
    known = current.available is not Available.UNKNOWN
    return SourceAnswer(
        title=current.source_title,
        answer=_headline(current, words, days_stated=True) if known else "",
        checked_line=card.checked_line if current is place.current else checked(current, context),
        valid_at=context.time.stamp(current.valid_at) if current.valid_at else "",
        public_url=first_link(urls, words.look_at),
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
        kind=words.kind(location.location_type) if context.shows_kinds else "",
        available=current.available,
        headline=_headline(current, words, days_stated=bool(days)),
        offered=words.offered(current.products, current.doses) if current.available is not Available.NO else "",
        days=tuple(day for day in days if day.when in on_card),
        more_days=words.count("and %(n)s more day", "and %(n)s more days", more) if more else "",
        restrictions=who_may_book(place, slots, context),
        link=link,
        call=call,
        directions=_directions(location, words),
        filter_attributes=filter_attributes(place, spells, context.local(location.time_zone).today)
        if current.available is Available.YES
        else None,
        checked_line=checked(current, context),
        since=words.say("unchanged since %(time)s", time=context.time.stamp(current.changed_at))
        if current.changed_at and current.changed_at != current.checked_at
        else "",
        credits=credits_of(place, words),
    )


def _headline(current: AvailabilityNow, words: Words, *, days_stated: bool) -> str:
    count, more = current.available_count, current.may_have_more
    return words.headline(current.available, count, days_stated=days_stated, may_have_more=more)


def _directions(location: Location, words: Words) -> Link | None:
    """A link to the position on a map. It needs no geocoder, so building the page asks no third party."""
    position = location.position
    if position is None:
        return None
    there = f"{position.latitude:.5f}%2C{position.longitude:.5f}"
    return Link(f"https://www.openstreetmap.org/directions?to={there}", words.say("Directions"))


def _offered(place: Place, context: RenderContext) -> tuple[tuple[Spell, ...], tuple[Day, ...]]:
    """The shown slots in the time zone of the place, and the same grouped by day."""
    slots = shown_slots(place)
    if not slots:
        return (), ()
    time = context.local(place.location.time_zone)
    spells = tuple(map(time.spell, slots))
    return spells, _days(spells, context, time)


def _days(spells: Iterable[Spell], context: RenderContext, time: LocalDates) -> tuple[Day, ...]:
    groups: dict[tuple[date, date, str, bool, bool], list[Spell]] = defaultdict(list)
    urls = set()
    for spell in spells:
        slot = spell.slot
        urls.add(slot.booking_url)
        unsure = slot.available is Available.UNKNOWN
        dose = context.words.doses(slot.doses)
        groups[*days_of(spell, time.today), dose, unsure, slot.first_of_many].append(spell)
    return tuple(
        _day(*key, group, context.words, time, several_links=len(urls) > 1)
        for key, group in sorted(groups.items(), key=lambda item: item[0])
    )


def _day(
    first: date,
    last: date,
    dose: str,
    unsure: bool,
    first_of_many: bool,
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
    if first_of_many:
        count, hours = words.first_of_many(count, min(spell.start for spell in spells), time), ""
    products = dict.fromkeys(product for spell in spells for product in spell.slot.products)
    single = dict.fromkeys(spell.start for spell in timed if not spell.slot.window)
    name_link = partial(words.book_day_at, time.day(first) if first == last else "")
    return Day(
        when=time.from_day(first) if first_of_many else time.days(first, last),
        what=", ".join(filter(None, (count, hours, *products))),
        dose=dose,
        times=words.times(sorted(single), TIMES_PER_DAY) if len(single) > 1 and not first_of_many else "",
        book=first_link((spell.slot.booking_url for spell in spells if several_links), name_link),
    )
