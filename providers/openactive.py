"""OpenActive: open data of British leisure centres and clubs (courts, lanes, classes), as RPDE feeds.

- Official and documented: https://developer.openactive.io/ and the Opportunity Data Model 2.0. Licensed CC BY 4.0, so
  the publisher is named beside the data.
- Fills in: places with address and position, slots and sessions with the number that is left, who may come, links.
- Cannot fill in: whether a slot can be booked already, if its publisher opens booking late.
- A source is a dataset site, or any feed with all of them in `options.feeds`. Feeds come in pairs: places (FacilityUse,
  SessionSeries) and their times (Slot, ScheduledSession).
- One centre has many facilities. They are one place, and their slots are side by side.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from aggregator.adapter import Adapter, Available, Fetch, Listing, Page, Pages, RecordError, Row, SourceInfo, rpde

SITE_EVERY = timedelta(days=7)


class Openactive(Adapter):
    name = "openactive"
    title = "OpenActive"
    changes_only = True
    whole_rows = True
    answers = frozenset({rpde.MISSING, rpde.EXPIRED})
    options: ClassVar[Mapping[str, tuple[str, ...]]] = {"feeds": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        feeds = source.options.get("feeds")
        site = rpde.Dataset(tuple(("", url) for url in feeds), "", "") if feeds else await _site(source, fetch)
        urls = [url for _, url in site.feeds]
        found = await rpde.harvest(urls, fetch, rpde.Rules(rpde.select, rpde.is_over, rpde.is_free, version=1))
        if found:
            fetch.attribute(site.publisher, found.license or site.license, source.url)
            yield found.page.with_context(tuple(rpde.places(found)))

    def rows_of(self, page: Page) -> Iterable[Any]:
        found: tuple[rpde.PlaceTimes | rpde.Orphans, ...] = page.context
        return found

    def says_empty(self, page: Page) -> bool:
        return not page.context

    def listing(self, row: Row) -> Listing | None:
        place: rpde.PlaceTimes | rpde.Orphans = row.value
        if isinstance(place, rpde.Orphans):
            raise RecordError("parent", place.parents, "is in no feed, so the place of its times is unknown")
        first = place.parents[0]
        if first["online"]:
            return None
        if not first["place"]:
            raise RecordError("location", first["ids"], "has no location, so nobody would know where to go")
        return Listing(
            **first["place"],
            booking_url=first["url"],
            slots=tuple(map(rpde.slot, place.times)),
            available=None if place.times else Available.UNKNOWN,
            complete=place.complete,
            gone=place.gone,
        )


async def _site(source: SourceInfo, fetch: Fetch) -> rpde.Dataset:
    """What the dataset site says: its feeds, those of places first. It is read once a week."""
    known = json.loads(fetch.kept.get("site", "{}"))
    if known.get("url") != source.url or date.fromisoformat(known["read"]) + SITE_EVERY <= fetch.today:
        site = rpde.dataset(await fetch(source.url))
        feeds = [(kind, url) for wanted in rpde.KINDS for kind, url in site.feeds if kind == wanted]
        known = {"url": source.url, "read": fetch.today.isoformat(), "says": site._replace(feeds=tuple(feeds))}
        fetch.keep("site", json.dumps(known))
    return rpde.Dataset(*known["says"])
