"""The base class for searches on a FHIR R4 server: `GET [base]/Slot`, its further pages, and the records they name.

Specification: hl7.org/fhir/R4 search and bundle. Servers differ in what they accept, so the query of the source's URL
replaces the parameters of the same name, and an empty one removes them. If a server refuses `_include:iterate` (Cerner
does), the search is repeated without it, and the Locations are requested by id.

Links to further pages are opaque: they may be relative, lead to another path, and expire. A page that cannot be read
makes the visit partial.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import date, timedelta
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from aggregator.adapter.base import Adapter
from aggregator.adapter.fhir.elements import Record, as_list
from aggregator.adapter.fhir.feed import Feed, Joined
from aggregator.adapter.fhir.manifest import KINDS
from aggregator.adapter.fhir.records import entries_of, next_link
from aggregator.adapter.fhir.references import named
from aggregator.adapter.page import Page
from aggregator.adapter.paging import MAX_PAGES
from aggregator.adapter.protocols import Fetch, Pages, SourceInfo
from aggregator.errors import PageError, RecordError, excerpt

DAYS = 31  # how far the search looks ahead
IDS = 50  # Locations in one request: longer URLs break some servers (microsoft/fhir-server#2250)
_ITERATE = "_include:iterate"

Query = list[tuple[str, str]]


class SearchAdapter(Adapter):
    """Base class: one row for each Location in the region with a Slot; `row.value` is a `Joined`, or its error.

    The URL of a source is `[base]/Slot`, with the parameters that its server needs. The option `service_type` is the
    code or name of the service to read (default: all); `start = "instants"` asks with times instead of dates.
    """

    options: ClassVar = {"service_type": (), "start": ("days", "instants")}
    may_be_empty = True  # a search without results
    lists_only_available = True
    headers: ClassVar = {"Accept": "application/fhir+json"}  # some servers answer with a web page otherwise
    answers = frozenset({400, 410})  # 400: a parameter that the server does not know; 410: a page that has expired

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        first, query = await _first_page(source, fetch)
        found: dict[str, list[Record]] = defaultdict(list)
        async for bundle in _bundles(first, fetch):
            _collect(bundle, found)
        if all(name != _ITERATE for name, _ in query):
            for url in _missing_places(found, first):
                page = await fetch.try_fetch(url)
                if page and (places := _further_searchset(page, fetch)):
                    _collect(places, found)
        feed = Feed(first.url, source.states, source.options.get("service_type"))
        for kind in KINDS:
            feed.add_records(kind, found[kind])
        for loss in feed.losses():
            fetch.damaged(loss.url, loss.reason)
        yield first.with_context(feed)

    def rows_of(self, page: Page) -> Iterable[Joined | RecordError]:
        feed: Feed = page.context
        return feed.rows()


def search_query(url: str, today: date, start: str) -> Query:
    """The parameters of a search for free Slots from `today` on; those in `url` replace ours of the same name."""
    time = "T00:00:00Z" if start == "instants" else ""
    given = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    ours = [
        ("status", "free"),
        ("start", f"ge{today}{time}"),
        ("start", f"lt{today + timedelta(days=DAYS)}{time}"),
        ("_include", "Slot:schedule"),
        (_ITERATE, "Schedule:actor"),
        ("_count", "100"),
    ]
    replaced = {name for name, _ in given}
    return [pair for pair in ours if pair[0] not in replaced] + [pair for pair in given if pair[1]]


async def _first_page(source: SourceInfo, fetch: Fetch) -> tuple[Page, Query]:
    """The first page of the search, and the query that the server accepts."""
    query = search_query(source.url, fetch.today, source.options.get("start", "days"))
    url = source.url.partition("?")[0]
    page = await fetch(f"{url}?{urlencode(query)}")
    shorter = [pair for pair in query if pair[0] != _ITERATE]
    if page.status == 400 and shorter != query:
        return await fetch(f"{url}?{urlencode(shorter)}"), shorter
    return page, query


async def _bundles(first: Page, fetch: Fetch) -> AsyncIterator[Record]:
    """Yields the result of each page; PageError if the first page is none."""
    page, seen, slots = first, {first.url}, 0
    bundle = _searchset(first)
    while True:
        yield bundle
        slots += sum(isinstance(one, dict) and one.get("resourceType") == "Slot" for one in entries_of(bundle))
        link = next_link(bundle)
        if not link:
            break
        url = page.join(link)
        if url in seen or len(seen) >= MAX_PAGES:
            fetch.damaged(first.url, f"has a pager that loops endlessly: after {len(seen)} pages, {url} is next")
            return
        seen.add(url)
        following = await fetch.try_fetch(url)
        if following is None:
            return
        further = _further_searchset(following, fetch)
        if further is None:
            return
        page, bundle = following, further
    total = bundle.get("total")
    if isinstance(total, int) and total > slots:
        fetch.damaged(first.url, f"counts {total} Slots, but its {len(seen)} pages have {slots}")


def _searchset(page: Page) -> Record:
    """The search result on a page; PageError if there is none, such as for an OperationOutcome with status 200."""
    bundle = page.json
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle" or bundle.get("type") != "searchset":
        raise page.error(f"is not the result of a FHIR search; it begins {excerpt(page.text)}")
    return bundle


def _further_searchset(page: Page, fetch: Fetch) -> Record | None:
    """As `_searchset`, for a page that the visit can do without: None if there is no result."""
    try:
        return _searchset(page)
    except PageError:
        why = "has expired" if page.status == 410 else "is not a page of search results"
        fetch.damaged(page.url, f"{why}; it begins {excerpt(page.text)}")
        return None


def _collect(bundle: Record, found: dict[str, list[Record]]) -> None:
    """Adds the records of a page by kind. One without a kind counts as a Slot, so that it is reported as unread."""
    for record in entries_of(bundle):
        kind = record.get("resourceType") if isinstance(record, dict) else None
        found[kind if isinstance(kind, str) else "Slot"].append(record)


def _missing_places(found: dict[str, list[Record]], page: Page) -> list[str]:
    """URLs of searches for the Locations that Schedules name and that did not come with them."""
    names = [named(actor) for schedule in found["Schedule"] for actor in as_list(schedule.get("actor"))]
    known = {str(place.get("id")) for place in found["Location"]}
    ids = sorted({name.id for name in names if name.kind == "Location" and name.id} - known)
    groups = [ids[at : at + IDS] for at in range(0, len(ids), IDS)]
    return [page.join(f"Location?{urlencode({'_id': ','.join(group)})}") for group in groups]
