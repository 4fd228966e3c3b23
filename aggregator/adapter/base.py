"""What every adapter is built on: how it asks for pages, and how its rows are found."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Protocol

from selectolax.lexbor import LexborNode as Node

from aggregator.adapter.page import Page
from aggregator.errors import excerpt
from aggregator.model import Listing, LocationType

MAX_PAGES = 100  # the guard two peers used against endless pagers (prepmod-html sheet)


class SourceInfo(Protocol):
    """What an adapter may know of the configured source it reads."""

    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def states(self) -> tuple[str, ...]: ...
    @property
    def time_zone(self) -> str: ...  # IANA name
    @property
    def options(self) -> Mapping[str, Any]: ...


class Fetch(Protocol):
    """How an adapter asks for a page. Both take `params` (query), `form` or `json` (either makes it a POST)."""

    @property
    def today(self) -> date:
        """The date in the source's time zone, for systems that are asked for a span of days."""
        ...

    def send_token(self, page: "Page", header: str, token: str) -> None:
        """Sends `token` with every further request of this visit to the origin of `page`, which handed it out.

        For session and anti-forgery tokens that a system gives to everybody; never a login's. PageError for an empty
        token or a header that is ours to set.
        """
        ...

    async def __call__(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
    ) -> "Page":
        """The page; without it the visit ends here, and what was read before still counts."""
        ...

    async def try_fetch(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
    ) -> "Page | None":
        """The page, or None: then the visit goes on and is one in part."""
        ...

    def damaged(self, url: str, reason: str) -> None:
        """Reports that the page or file at `url` came but is not what it should be. The visit goes on and is partial.

        `reason` completes a sentence that begins with the address: "is empty", "breaks off after 3 records".
        """
        ...


class Adapter(ABC):
    """Reads one booking system. Made once per visit, so it may keep what a visit needs on `self`."""

    name: ClassVar[str]
    title: ClassVar[str]
    expects: ClassVar[tuple[str, ...]] = ()
    empty_marker: ClassVar[str] = ""
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

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def once(self, row_id: str) -> bool:
        """True the first time in a visit: for systems whose answers overlap (circles, pages that shift)."""
        first = row_id not in self._seen
        self._seen.add(row_id)
        return first

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        """The pages of one visit. Default: the source's URL."""
        yield await fetch(source.url)

    @abstractmethod
    def rows_of(self, page: Page) -> Iterable[Any]:
        """The rows of a page; PageError where there is no place for rows."""

    def says_empty(self, page: Page) -> bool:
        """Whether a page without rows says itself that there is nothing to list."""
        return bool(self.empty_marker) and self.empty_marker in page.text

    def has_end(self, page: Page) -> bool:
        """Whether a page of HTML holds what always follows its rows, so that missing end tags do not matter."""
        return False

    @abstractmethod
    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing | None:
        """One row as text; None where the row is none of ours.

        An `id` without any `external_ids` becomes one, of the system `name`, unless the adapter has `local_ids`.
        """


class PageAdapter(Adapter):
    """A page is a row: `listing` is given the page twice."""

    def rows_of(self, page: Page) -> Iterable[Any]:
        return (page,)


class HtmlAdapter(Adapter):
    """Rows by CSS selector, further pages by a link."""

    rows: ClassVar[str]
    next_page: ClassVar[str] = ""  # selector of the link to follow
    last_page: ClassVar[str] = ""  # selector of what only the last page has, after its rows, where the site marks it
    params: ClassVar[Mapping[str, str]] = {}  # of the first page's query

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
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

    def says_empty(self, page: Page) -> bool:
        return True

    def rows_of(self, page: Page) -> Iterable[Any]:
        rows = _at(page.json, [key for key in self.rows.split(".") if key])
        if rows is None:
            raise page.error(f"has no list at {self.rows or 'its top'!r}; it begins {excerpt(page.text)}")
        return rows


class CsvAdapter(Adapter):
    """Rows are the lines of a CSV, as dicts by its header. A header without lines is a true answer."""

    def says_empty(self, page: Page) -> bool:
        return True

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
