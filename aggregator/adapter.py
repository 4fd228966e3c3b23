"""The one door for volunteers: everything an adapter in `providers/` needs, and nothing else of the project.

An adapter says what a page of its booking system looks like (class attributes) and reads one row of it (`listing`).
Fetching, pacing, retries, waiting rooms, cleaning, time zones, ids and freshness are done around it.

    class Example(HtmlAdapter):
        name = "example"                  # the file is providers/example.py, the class Example
        title = "Example clinic search"
        rows = "div.clinic"               # CSS selector; in a JsonAdapter a dotted path
        expects = ("Find a clinic",)      # texts that every real page holds
        empty_marker = "No clinics"       # text that makes zero rows legitimate
        next_page = "a[rel=next]"

        def listing(self, row, page, source): return Listing(name=text(row, "h2"), ...)

`listing` is pure: no I/O, no clock. What it returns is text as found. It returns None for a row that is none of ours,
and may raise anything for a row it cannot read: that row alone is lost, and counted.
"""

import csv
import io
import json
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Protocol
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser as Html
from selectolax.lexbor import LexborNode as Node

from aggregator import fhir
from aggregator.bases_directory import vaccines_in, website
from aggregator.bases_offer import vaccine_line
from aggregator.errors import PageError, RecordError, excerpt
from aggregator.model import Answer, Available, Listing, LocationType, SlotListing

__all__ = [
    "Adapter",
    "Available",
    "CsvAdapter",
    "Fetch",
    "Html",
    "HtmlAdapter",
    "JsonAdapter",
    "Listing",
    "LocationType",
    "Node",
    "OnePlaceAdapter",
    "Page",
    "PageError",
    "RecordError",
    "SlotListing",
    "SourceInfo",
    "fhir",
    "host_of",
    "labelled",
    "text",
    "vaccine_line",
    "vaccines_in",
    "website",
]

_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
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
    def options(self) -> Mapping[str, Any]: ...


class Fetch(Protocol):
    """How an adapter asks for a page. Both take `params` (query), `form` or `json` (either makes it a POST)."""

    @property
    def today(self) -> date:
        """The date in the source's time zone, for systems that are asked for a span of days."""
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

    async def or_none(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
    ) -> "Page | None":
        """The page, or None: then the visit goes on and is one in part."""
        ...


class Page:
    """One answer as an adapter sees it: `url`, `text`, `html`, `json`."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.url = answer.url

    @cached_property
    def text(self) -> str:
        """The body as text: the charset it names (header, then `<meta>`), else UTF-8; wrong bytes become U+FFFD."""
        declared = re.search(r"charset=[\"']?([\w-]+)", self.answer.headers.get("content-type", ""))
        in_page = re.search(rb"<meta[^>]+charset=[\"']?([\w-]+)", self.answer.body[:2048], re.IGNORECASE)
        names = [declared[1] if declared else "", in_page[1].decode("ascii") if in_page else "", "utf-8"]
        for name in names:
            try:
                return self.answer.body.decode(name or "utf-8")
            except (UnicodeDecodeError, LookupError):
                continue
        return self.answer.body.decode("utf-8", "replace")

    @cached_property
    def html(self) -> Html:
        """The body as a tree in which a `<br>` is a line break in the text."""
        return Html(_LINE_BREAK.sub("\n", self.text) if "<br" in self.text.lower() else self.text)

    @cached_property
    def json(self) -> Any:
        """The body as JSON, read tolerantly (raw tabs inside strings were seen at CVS); PageError if it is none."""
        try:
            return json.loads(self.text.removeprefix("\ufeff"), strict=False)
        except (ValueError, RecursionError) as error:
            raise PageError(f"{self.url} is not JSON ({error}); it begins {excerpt(self.text.strip())}") from None

    @cached_property
    def csv(self) -> list[dict[str, str]]:
        """The rows of a CSV by the names of its header; PageError if it has none."""
        lines = csv.DictReader(io.StringIO(self.text.removeprefix("\ufeff"), newline=""), restval="")
        try:
            rows = [{str(key).strip(): value for key, value in row.items() if key is not None} for row in lines]
        except csv.Error as error:
            raise PageError(f"{self.url} is not CSV ({error}); it begins {excerpt(self.text)}") from None
        if len(lines.fieldnames or ()) < 2:
            raise PageError(f"{self.url} is not CSV with a header; it begins {excerpt(self.text)}")
        return rows

    def join(self, href: str) -> str:
        """`href` of this page as an absolute URL."""
        if href.startswith("/") and not href.startswith("//") and "/." not in href:
            return self._origin + href  # what `urljoin` would give, at a tenth of its cost
        return urljoin(self.url, href)

    @cached_property
    def _origin(self) -> str:
        return urljoin(self.url, "/").rstrip("/")


class Adapter(ABC):
    """Reads one booking system. Made once per visit, so it may keep what a visit needs on `self`."""

    name: ClassVar[str]
    title: ClassVar[str]
    expects: ClassVar[tuple[str, ...]] = ()
    empty_marker: ClassVar[str] = ""
    location_type: ClassVar[LocationType] = LocationType.CLINIC
    options: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # key of a source's `options` -> values it takes; (): any
    lists_only_available: ClassVar[bool] = False  # a known place that a whole visit does not list has no appointments

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

    @abstractmethod
    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing | None:
        """One row as text; None where the row is none of ours."""


class HtmlAdapter(Adapter):
    """Rows by CSS selector, further pages by a link."""

    rows: ClassVar[str]
    next_page: ClassVar[str] = ""  # selector of the link to follow
    last_page: ClassVar[str] = ""  # selector of what only the last page has, where the site marks it
    params: ClassVar[Mapping[str, str]] = {}  # of the first page's query

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        page = await fetch(source.url, params=self.params or None)
        yield page
        seen = {page.url}
        while link := page.html.css_first(self.next_page) if self.next_page else None:
            url = page.join(link.attributes.get("href") or "")
            if url in seen or len(seen) >= MAX_PAGES:
                raise PageError(f"{page.url} leads to {url} after {len(seen)} pages: a pager without an end")
            seen.add(url)
            del page, link  # a tree of some 0.3 MB, which would live while the next page waits for its turn
            page = await fetch(url)
            yield page
        if self.last_page and not page.html.css_matches(self.last_page):
            raise PageError(f"{page.url} has neither a next page nor {self.last_page!r}: its pager has changed")

    def rows_of(self, page: Page) -> Iterable[Node]:
        return page.html.css(self.rows)


class JsonAdapter(Adapter):
    """Rows by dotted path into the JSON ("data.stores"); "" is the top itself. An empty list there is a true answer."""

    rows: ClassVar[str] = ""

    def says_empty(self, page: Page) -> bool:
        return True

    def rows_of(self, page: Page) -> Iterable[Any]:
        found = page.json
        for key in filter(None, self.rows.split(".")):
            found = found.get(key) if isinstance(found, Mapping) else None
        if not isinstance(found, Sequence) or isinstance(found, str | bytes):
            raise PageError(f"{page.url} has no list at {self.rows or 'its top'!r}; it begins {excerpt(page.text)}")
        return found


class CsvAdapter(Adapter):
    """Rows are the lines of a CSV, as dicts by its header. A header without lines is a true answer."""

    def says_empty(self, page: Page) -> bool:
        return True

    def rows_of(self, page: Page) -> Iterable[dict[str, str]]:
        return page.csv


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """The host of a URL, without its port."""
    return urlsplit(url).hostname or ""


def labelled(row: Node, label: str = "strong") -> dict[str, str]:
    """What stands behind each label of a row: `<p><strong>Hours :</strong> 9 - 5</p>` gives {"hours": "9 - 5"}.

    A label is the text up to the first colon of what holds an element `label`; keys are lower case, values keep their
    line breaks.
    """
    facts: dict[str, str] = {}
    read = None
    for node in row.css(label):
        parent = node.parent
        if parent is None or parent.mem_id == read:  # a value may stand in the label's element, too
            continue
        read = parent.mem_id
        name, colon, value = parent.text().partition(":")
        if colon:
            facts[" ".join(name.split()).lower()] = value.strip()
    return facts


def text(node: Node | None, selector: str = "") -> str:
    """Text of a node, or of its first descendant that matches `selector`; "" where there is none."""
    found = node.css_first(selector) if node is not None and selector else node
    return found.text(separator=" ", strip=True) if found is not None else ""


from aggregator.bases_place import OnePlaceAdapter  # noqa: E402  # it is built on the classes above
