"""The base classes of adapters: how an adapter fetches pages and finds their rows."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from selectolax.lexbor import LexborNode as Node

from aggregator.adapter.declared import check_declared
from aggregator.adapter.page import Page
from aggregator.adapter.paging import followed
from aggregator.adapter.protocols import Fetch, Pages, SourceInfo
from aggregator.adapter.row import DataRow, HtmlRow, Row
from aggregator.errors import excerpt
from aggregator.model import Listing, LocationType


class Adapter(ABC):
    """Base class: reads one booking system.

    It keeps no state: the context that a row needs travels with its page, and what the next visit needs goes to
    `fetch.keep`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    expects: ClassVar[tuple[str, ...]] = ()
    empty_marker: ClassVar[str] = ""
    may_be_empty: ClassVar[bool] = False  # a page without rows is a valid answer, as an empty list of data is
    location_type: ClassVar[LocationType] = LocationType.CLINIC
    # key of a source's `options` -> accepted values; (): any value
    options: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    lists_only_available: ClassVar[bool] = False  # a known place that a whole visit does not list has no appointments
    # The pages list places without their appointments: each place is UNKNOWN as of the visit.
    only_places: ClassVar[bool] = False
    # The pages say what has changed since the last visit: a place that they don't list is as it was. What they do say,
    # such as "deleted", counts even in a partial visit, and no visit is doubted for listing too little.
    changes_only: ClassVar[bool] = False
    # A row contains everything about its place, so it counts even if another row or page is missing.
    whole_rows: ClassVar[bool] = False
    # Seconds for which an answer counts after the time that its source states; a feed older than a day has stalled.
    valid_for: ClassVar[float] = 86_400.0
    # its pages may take long to read, because short recurrence rules expand to many events
    reads_calendars: ClassVar[bool] = False
    local_ids: ClassVar[bool] = False  # an `id` is unique only within its source
    headers: ClassVar[Mapping[str, str]] = {}  # fixed headers that the system needs, sent with every request
    answers: ClassVar[frozenset[int]] = frozenset()  # statuses besides 200 that are answers, like 404 (`page.status`)
    # The system ties its pages together with cookies. They are sent back to the origin that set them, within one visit;
    # its requests are sent one after the other, and no link for people may lead to a page behind the first.
    guest_session: ClassVar[bool] = False
    # Hosts of this system defend themselves against bots: after the first refusal, a visit requests nothing more.
    stops_when_refused: ClassVar[bool] = False
    row_type: ClassVar[type[Row]] = Row  # what `listing` gets for each value of `rows_of`

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        check_declared(cls.__name__, cls.headers, cls.answers)

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        """Yields the pages of one visit. Default: the source's URL.

        If reading a page takes something that is not on it, attach that: `yield page.with_context(store)`. Pages may
        overlap (circles, a pager that shifts): a place that an earlier page of the visit listed counts once.
        """
        yield await fetch(source.url)

    @abstractmethod
    def rows_of(self, page: Page) -> Iterable[Any]:
        """The rows of a page, as found; each becomes the `value` of a `Row`. PageError if it has no list of rows."""

    def says_empty(self, page: Page) -> bool:
        """Whether a page without rows states that there is nothing to list."""
        return self.may_be_empty or (bool(self.empty_marker) and self.empty_marker in page.text)

    def has_end(self, page: Page) -> bool:
        """Whether a page has the element that always follows its rows, so that missing end tags do not matter."""
        return False

    @abstractmethod
    def listing(self, row: Any) -> Listing | None:
        """Reads one row (a `row_type`) as text; None for a row outside this region.

        Pure: no I/O, no clock, no state; the same row gives the same listing. An `id` without `external_ids` becomes an
        external id of the system `name`, unless the adapter has `local_ids`.
        """


class PageAdapter(Adapter):
    """Base class for one record per page; `row` is the page itself."""

    def rows_of(self, page: Page) -> Iterable[Any]:
        return (page,)


class HtmlAdapter(Adapter):
    """Base class for HTML: rows by CSS selector, further pages by a link."""

    rows: ClassVar[str]
    next_page: ClassVar[str] = ""  # selector of the link to follow
    last_page: ClassVar[str] = ""  # selector of an element that only the last page has, after its rows
    params: ClassVar[Mapping[str, str]] = {}  # query parameters of the first page
    row_type: ClassVar[type[Row]] = HtmlRow

    def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        return followed(fetch, source.url, self._next_of, self.params or None)

    def _next_of(self, page: Page) -> str | None:
        """The link to the next page; PageError if the last page lacks its mark."""
        link = page.html.css_first(self.next_page) if self.next_page else None
        if link is not None:
            return link.attributes.get("href") or ""
        if self.last_page and not page.html.css_matches(self.last_page):
            raise page.error(f"has neither a next page nor {self.last_page!r}: the pager has changed")
        return None

    def has_end(self, page: Page) -> bool:
        return bool(self.last_page) and page.html.css_matches(f"{self.last_page}, {self.next_page or self.last_page}")

    def rows_of(self, page: Page) -> Iterable[Node]:
        return page.html.css(self.rows)


class JsonAdapter(Adapter):
    """Base class for JSON: rows by dotted path ("data.stores"); "" is the top level.

    A `*` in the path stands for each entry: "stores.*" gives the values of an object, "towns.*.stores" joins all lists.
    An empty list at the path is a valid answer.
    """

    rows: ClassVar[str] = ""
    next_page: ClassVar[str] = ""  # dotted path of the next page's URL, which the last page does not have
    may_be_empty = True
    row_type: ClassVar[type[Row]] = DataRow

    def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        return followed(fetch, source.url, self._next_of)

    def _next_of(self, page: Page) -> str | None:
        value = page.json if self.next_page else None
        for key in self.next_page.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value and not isinstance(value, str):
            raise page.error(f"has {excerpt(value)} at {self.next_page!r}; expected the URL of its next page")
        return value or None

    def rows_of(self, page: Page) -> Iterable[Any]:
        rows = _at(page.json, [key for key in self.rows.split(".") if key])
        if rows is None:
            raise page.error(f"has no list at {self.rows or 'its top level'!r}; it begins {excerpt(page.text)}")
        return rows


class CsvAdapter(Adapter):
    """Base class for CSV: rows are dicts by the header. A header without lines is a valid answer."""

    may_be_empty = True
    row_type: ClassVar[type[Row]] = DataRow

    def rows_of(self, page: Page) -> Iterable[dict[str, str]]:
        return page.csv


def _at(value: Any, path: Sequence[str]) -> Sequence[Any] | None:
    """The list at `path`; None if there is none."""
    if not path:
        return value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else None
    if path[0] != "*":
        return _at(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else None
    entries = list(value.values()) if isinstance(value, Mapping) else _at(value, ())
    if entries is None or len(path) == 1:
        return entries
    lists = [_at(entry, path[1:]) for entry in entries]
    return None if None in lists else [row for rows in lists for row in rows or ()]
