"""The texts about one place that all formats share: its address, who may book, where to click. Pure.

Nothing here is escaped. Every `Link.href` begins with http://, https://, or tel:; other links of a source are dropped.
Times of slots are in the place's own time zone.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from aggregator.model import Attribution, Available, Location, Place, Slot
from aggregator.wording.booking_rules import Restriction, restrictions
from aggregator.wording.calendar import Spell
from aggregator.wording.context import RenderContext
from aggregator.wording.page_links import Link, first_link, phone_link
from aggregator.wording.words import Words

_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/licenses/(?P<kind>[a-z-]{2,8})/(?P<version>\d\.\d)(?:/[a-z-]*)*"
)


def address_line(location: Location) -> str:
    """`12 Main St, Lynn`."""
    return ", ".join(filter(None, (*location.address_lines, location.city)))


def postal_line(location: Location) -> str:
    """`MA 02139`."""
    return f"{location.state} {location.postal_code}".strip()


def credit(attribution: Attribution, words: Words) -> str:
    """Whom to name beside data, and under which license: `Data: Heron Leisure, CC BY 4.0`."""
    found = _CREATIVE_COMMONS.fullmatch(attribution.license)
    license_name = f"CC {found['kind'].upper()} {found['version']}" if found else attribution.license
    return words.say("Data: %(publisher)s", publisher=", ".join(filter(None, (attribution.publisher, license_name))))


def credit_link(attribution: Attribution, words: Words) -> Link:
    """The same as a link to the license or, if that is only a name, to the publisher; `href` "" if there is neither."""
    text = credit(attribution, words)
    found = first_link((attribution.license, attribution.url), lambda host: text)
    return found or Link("", text)


def credits_of(place: Place, words: Words) -> tuple[str, ...]:
    """Everybody to name beside what we say of a place."""
    return tuple(credit(one, words) for one in place.attributions)


def who_may_book(place: Place, slots: Sequence[Slot], context: RenderContext) -> tuple[Restriction, ...]:
    """Who may book at a place if these slots are shown."""
    if not slots and not place.location.restrictions:
        return ()
    time = context.local(place.location.time_zone)
    general, listed = place.location.restrictions, place.current.slots

    def day_of(slot: Slot) -> str:
        return time.days(*days_of(time.spell(slot), time.today))

    return restrictions(general, listed, slots, day_of, context.words)


def shown_slots(place: Place) -> tuple[Slot, ...]:
    """The slots that are available, or may be, soonest first."""
    current = place.current
    if place.gone_at or current.available is Available.NO or current.expired:
        return ()
    return tuple(sorted((s for s in current.slots if s.available is not Available.NO), key=lambda slot: slot.start))


def days_of(spell: Spell, today: date) -> tuple[date, date]:
    """The first and last day on which a slot may be. A slot that began before today begins today."""
    slot, first = spell.slot, spell.start.date()
    if spell.end is None or slot.end is None or (not slot.all_day and slot.end - slot.start < timedelta(days=1)):
        return first, first
    last = (spell.end - timedelta(microseconds=1)).date()
    first = max(first, today)
    return first, max(first, last)


def ways_to_book(place: Place, slots: Iterable[Slot], context: RenderContext) -> tuple[Link | None, Link | None]:
    """The link to book and the link to call. If nothing can be booked, the first link is for checking oneself."""
    location, words = place.location, context.words
    call = phone_link(location.booking_phone, words.call_to_book)
    if place.current.available is Available.YES:
        book = first_link((*(slot.booking_url for slot in slots), location.booking_url), words.book_at)
        if book or call:
            return book, call
    return way_to_look(place, context), call or phone_link(location.info_phone, words.call)


def way_to_look(place: Place, context: RenderContext) -> Link | None:
    """Where a person can check the place on the source's own page."""
    location, public_url = place.location, context.public_urls.get(place.current.source, "")
    return first_link((location.booking_url, location.info_url, public_url), context.words.look_at)
