"""schema.org Event and Offer: the JSON-LD that a clinic, town, or library writes into its own web page.

- Official: the site's own page, made for search engines; no key.
- Fills in: places, dates, links; free places where the page states them; the title and description of an event.
- Cannot fill in: more than the page states. Most events have no offers, so most places are UNKNOWN.
- `options.words` selects events by title, `options.products` and `options.announced` say what they mean
  (`aggregator.adapter.announced`). `options.empty_marker` is the text by which the page says that it has no events.
- `options.clock = "local"`: the site writes its local time with an offset that is wrong.
- What a page states about itself (opening hours, `isAcceptingNewPatients`) is no appointment, and is not read.
- Shape from published code (The Events Calendar 6, Event Tickets, Yoast), never seen by us.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aggregator.adapter import (
    Available,
    DataRow,
    Fetch,
    HtmlAdapter,
    Listing,
    Page,
    Pages,
    SourceInfo,
    announced,
    linked_data,
    read,
)

OPEN = frozenset({"InStock", "LimitedAvailability", "InStoreOnly"})
GONE = frozenset({"SoldOut", "OutOfStock", "Discontinued"})
OFF = frozenset({"EventCancelled", "EventPostponed"})


class JsonLd(HtmlAdapter):
    name = "json_ld"
    title = "schema.org events on web pages"
    next_page = "a[rel=next], link[rel=next]"
    row_type = DataRow
    options = {**announced.OPTIONS, "empty_marker": (), "clock": ("local",)}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        async for page in super().pages(source, fetch):
            yield page.with_context(source.options.get("empty_marker"))

    def rows_of(self, page: Page) -> Iterable[Any]:
        return linked_data.events(page.linked_data)

    def says_empty(self, page: Page) -> bool:
        return bool(page.context) and page.context in page.text

    def listing(self, row: DataRow) -> Listing | None:
        location, offers = row.get("location"), linked_data.offers(row)
        if any("VirtualLocation" in linked_data.types(one) for one in linked_data.records(location)):
            return None
        available, count = _availability(row, offers)
        url = read.first_link(*(read.plain(one.get("url")) for one in (*offers, row.value)))
        event = announced.Announced(
            title=read.plain(row["name"]),
            key=read.plain(row.get("@id")) or url,
            start=read.plain(row["startDate"]),
            end=read.plain(row.get("endDate")),
            url=url or row.page.url,
            note=read.plain(row.get("description")),
            available=available,
            places_left=count,
            local=row.source.options.get("clock") == "local",
        )
        return announced.listing(event, linked_data.place(location), row.source, self.name)


def _availability(row: DataRow, offers: list[dict[str, Any]]) -> tuple[Available | None, int | str | None]:
    """What an event states: its answer (None: nothing) and the number of free places."""
    if _word(row.get("eventStatus")) in OFF:
        return Available.NO, 0
    left = row.get(
        "remainingAttendeeCapacity", offers[0].get("remainingAttendeeCapacity") if len(offers) == 1 else None
    )
    if left is not None:
        return None, left
    words = [_word(offer.get("availability")) for offer in offers]
    if any(word in OPEN and _is_on_sale(offer, row) for word, offer in zip(words, offers, strict=True)):
        return Available.YES, None
    return (Available.NO, 0) if words and GONE.issuperset(words) else (None, None)


def _is_on_sale(offer: dict[str, Any], row: DataRow) -> bool:
    """Whether the visit was inside the time in which an offer is sold; a time that cannot be read sets no limit."""
    now, zone = row.page.answer.fetched_at, ZoneInfo(row.source.time_zone)
    limits = []
    for key in ("validFrom", "validThrough"):
        try:
            time = datetime.fromisoformat(read.plain(offer.get(key)))
            limits.append(time if time.tzinfo else time.replace(tzinfo=zone))
        except ValueError:
            limits.append(now)
    return limits[0] <= now <= limits[1]


def _word(value: Any) -> str:
    """A word of the vocabulary without its namespace."""
    return read.plain(value).rpartition("/")[2]
