"""Listings for calendars of events, which say what takes place and rarely how many places are left.

Such a calendar may be a town's whole program, so its source selects from it, and says what an announcement means:

| option of a source | meaning |
| --- | --- |
| `words` | a list: only events whose title or category contains one of these words or phrases |
| `products = "titles"` | the title of an event is its product; without it, the vaccines that the title names |
| `announced = "open"` | an event that states nothing about its places can be booked; without it, that is unknown |
"""

import html
from collections.abc import Mapping
from typing import Any, NamedTuple

from aggregator.adapter.markup import fragment
from aggregator.adapter.protocols import SourceInfo
from aggregator.adapter.read import lines, mentions
from aggregator.adapter.vaccines import named_in
from aggregator.model import Available, Listing, SlotListing

OPTIONS: Mapping[str, tuple[str, ...]] = {"words": (), "products": ("titles",), "announced": ("open",)}
LONGEST = 10_000  # characters; the rest of a note is ignored


class Announced(NamedTuple):
    """One event as found. `key`: its id or URL. `note`: text or HTML.

    `available` and `places_left` both None: the calendar does not state whether there are places left.
    """

    title: str
    key: str
    start: str
    end: str = ""
    url: str = ""
    note: str = ""
    categories: tuple[str, ...] = ()
    available: Available | None = None
    places_left: int | str | None = None
    days_only: bool = False
    local: bool = False  # the hours are right, but their offset is wrong


def listing(event: Announced, place: Mapping[str, Any], source: SourceInfo, system: str) -> Listing | None:
    """The listing of an event; None if its source does not select it.

    `place`: fields of a `Listing`; without a name, the event's title is the name. `system`: that of the event's id.
    """
    options = source.options
    words = options.get("words", ())
    if not mentions([words] if isinstance(words, str) else words, event.title, *event.categories):
        return None
    unstated = Available.YES if options.get("announced") == "open" else Available.UNKNOWN
    answer = unstated if event.available is None and event.places_left is None else event.available
    slot = SlotListing(
        start=event.start,
        end=event.end,
        count=event.places_left,
        available=answer,
        products=(event.title,) if options.get("products") == "titles" else named_in(event.title),
        booking_url=event.url,
        restrictions=lines(event.title, _text(event.note)),
        clock="local" if event.local else "offset",
        days_only=event.days_only,
    )
    ids = ((system, event.key),) if event.key else ()
    fields = {"name": event.title, "booking_url": event.url, **place}
    return Listing(**fields, external_ids=ids, slots=(slot,))


def _text(note: str) -> str:
    """The text of a note, which may be HTML or escaped HTML, and end in a written-out line break."""
    body = fragment(html.unescape(note[:LONGEST]).replace("\\n", "\n")).body
    return body.text().strip() if body else ""
