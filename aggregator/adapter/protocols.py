"""The interfaces that the framework gives to an adapter: the source it reads, and how it fetches pages."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any, Protocol, TypedDict, Unpack

from aggregator.adapter.page import Page

Pages = AsyncIterator[Page]  # The return type of `pages`: `async def pages(…) -> Pages`, with a `yield` for each page.


class SourceInfo(Protocol):
    """What an adapter may know about the source that it reads."""

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


class RequestOptions(TypedDict, total=False):
    """What a request may carry besides its URL; `form` or `json` makes it a POST."""

    params: Mapping[str, str] | None  # added to the query of the URL
    matrix: Mapping[str, str] | None  # added to the end of its path, in this order: /dates;service=7;length=10
    form: Mapping[str, str] | None
    json: object


class Fetch(Protocol):
    """Fetches pages for an adapter: `await fetch(url, params={"zip": "02139"})`, with the RequestOptions it needs."""

    @property
    def today(self) -> date:
        """Today's date in the source's time zone, for systems that want a range of days."""
        ...

    @property
    def kept(self) -> Mapping[str, str]:
        """What the source's earlier visits kept, key -> text; empty at first. `keep` changes it for the next visit."""
        ...

    def keep(self, key: str, text: str) -> None:
        """Keeps `text` under `key` for the source's next visits, for example a cursor; "" removes the key.

        It is saved in the same transaction as the pages of this visit, and only once a page that is yielded afterwards
        was read: a cursor never moves past something that was not stored. PageError if the source keeps too much.
        """
        ...

    def attribute(self, publisher: str, license: str = "", url: str = "") -> None:
        """States whom to name beside the data of this source, if its license demands that and its pages say it."""
        ...

    def send_token(self, page: Page, header: str, token: str) -> None:
        """Sends `token` with every further request of this visit to the origin of `page`, which issued it.

        It is for session and anti-forgery tokens that a system gives to everybody, never for a login. PageError for an
        empty token, or for a header that only the framework sets.
        """
        ...

    async def __call__(self, url: str, **options: Unpack[RequestOptions]) -> Page:
        """Fetches a page. If it fails, the visit ends here; what was read before still counts."""
        ...

    async def try_fetch(self, url: str, **options: Unpack[RequestOptions]) -> Page | None:
        """Fetches a page; returns None if that fails. Then the visit goes on and counts as partial."""
        ...

    def damaged(self, url: str, reason: str) -> None:
        """Reports that the page or file at `url` is damaged. The visit goes on and counts as partial.

        `reason` completes a sentence that begins with the URL: "is empty", "breaks off after 3 records".
        """
        ...
