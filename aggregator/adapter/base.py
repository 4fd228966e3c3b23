"""The classes that every adapter extends: how it asks for pages, and how its rows are found."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from selectolax.lexbor import LexborNode as Node

from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch, Pages, SourceInfo
from aggregator.adapter.row import DataRow, HtmlRow, Row
from aggregator.errors import excerpt
from aggregator.model import Listing, LocationType

MAX_PAGES = 100  # the guard two peers used against endless pagers (prepmod-html sheet)


class Adapter(ABC):
    """Reads one booking system. It keeps no state: what a row needs to be read travels with its page."""

    name: ClassVar[str]
    title: ClassVar[str]
    expects: ClassVar[tuple[str, ...]] = ()
    empty_marker: ClassVar[str] = ""
    may_be_empty: ClassVar[bool] = False  # a page without rows is a true answer, as an empty list of data is
    location_type: ClassVar[LocationType] = LocationType.CLINIC
    options: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # key of a source's `options` -> values it takes; (): any
    lists_only_available: ClassVar[bool] = False  # a known place that a whole visit does not list has no appointments
    # a list of places that says nothing of appointments: each place is UNKNOWN as of the visit
    only_places: ClassVar[bool] = False
    # a row says all there is about its place, so it counts although another row or page is missing
    whole_rows: ClassVar[bool] = False
    # seconds for which an answer counts after the time that its source states: a feed that is a day old stands still
    valid_for: ClassVar[float] = 86_400.0
    reads_calendars: ClassVar[bool] = False  # its pages may take long: rules of repetition are short and mean much
    local_ids: ClassVar[bool] = False  # an `id` means nothing outside its source: another's may be another place's
    row_type: ClassVar[type[Row]] = Row  # what `listing` gets for each of `rows_of`

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        """The pages of one visit. Default: the source's URL.

        What is needed to read a page and is not on it goes along: `yield page.with_context(store)`. Pages may overlap
        (circles, a pager that shifts): what an earlier page of the visit listed counts once.
        """
        yield await fetch(source.url)

    @abstractmethod
    def rows_of(self, page: Page) -> Iterable[Any]:
        """The rows of a page, as found: each becomes the `value` of a `Row`. PageError if it has no list of rows."""

    def says_empty(self, page: Page) -> bool:
        """Whether a page without rows says itself that there is nothing to list."""
        return self.may_be_empty or (bool(self.empty_marker) and self.empty_marker in page.text)

    def has_end(self, page: Page) -> bool:
        """Whether a page of HTML holds what always follows its rows, so that missing end tags do not matter."""
        return False

    @abstractmethod
    def listing(self, row: Any) -> Listing | None:
        """Reads one row, a `row_type`, as text; None for a row outside the region.

        Pure: no I/O, no clock, no state; the same row gives the same listing.
        An `id` without any `external_ids` becomes one, of the system `name`, unless the adapter has `local_ids`.
        """


class PageAdapter(Adapter):
    """One record per page: `row.page` is all there is to read."""

    def rows_of(self, page: Page) -> Iterable[Any]:
        return (page,)


class HtmlAdapter(Adapter):
    """Rows by CSS selector, further pages by a link."""

    rows: ClassVar[str]
    next_page: ClassVar[str] = ""  # selector of the link to follow
    last_page: ClassVar[str] = ""  # selector of what only the last page has, after its rows, where the site marks it
    params: ClassVar[Mapping[str, str]] = {}  # of the first page's query
    row_type: ClassVar[type[Row]] = HtmlRow

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        page = await fetch(source.url, params=self.params or None)
        yield page
        seen = {page.url}
        while link := page.html.css_first(self.next_page) if self.next_page else None:
            url = page.join(link.attributes.get("href") or "")
            if url in seen or len(seen) >= MAX_PAGES:
                raise page.error(f"leads to {url} after {len(seen)} pages: a pager without an end")
            seen.add(url)
            del page, link  # a tree of some 0.3 MB, which would live while the next page waits for its turn
            page = await fetch(url)
            yield page
        if self.last_page and not page.html.css_matches(self.last_page):
            raise page.error(f"has neither a next page nor {self.last_page!r}: its pager has changed")

    def has_end(self, page: Page) -> bool:
        return bool(self.last_page) and page.html.css_matches(f"{self.last_page}, {self.next_page or self.last_page}")

    def rows_of(self, page: Page) -> Iterable[Node]:
        return page.html.css(self.rows)


class JsonAdapter(Adapter):
    """Rows by dotted path into the JSON ("data.stores"); "" is the top itself. An empty list there is a true answer.

    A `*` in the path stands for each entry: "stores.*" are those of an object by id, "towns.*.stores" all lists in one.
    """

    rows: ClassVar[str] = ""
    may_be_empty = True
    row_type: ClassVar[type[Row]] = DataRow

    def rows_of(self, page: Page) -> Iterable[Any]:
        rows = _at(page.json, [key for key in self.rows.split(".") if key])
        if rows is None:
            raise page.error(f"has no list at {self.rows or 'its top'!r}; it begins {excerpt(page.text)}")
        return rows


class CsvAdapter(Adapter):
    """Rows are the lines of a CSV, as dicts by its header. A header without lines is a true answer."""

    may_be_empty = True
    row_type: ClassVar[type[Row]] = DataRow

    def rows_of(self, page: Page) -> Iterable[dict[str, str]]:
        return page.csv


def _at(value: Any, path: Sequence[str]) -> Sequence[Any] | None:
    """The list at `path`; None where there is none."""
    if not path:
        return value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else None
    if path[0] != "*":
        return _at(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else None
    entries = list(value.values()) if isinstance(value, Mapping) else _at(value, ())
    if entries is None or len(path) == 1:
        return entries
    lists = [_at(entry, path[1:]) for entry in entries]
    return None if None in lists else [row for rows in lists for row in rows or ()]
