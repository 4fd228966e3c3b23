"""Fetches the pages of one visit: `Fetcher` is the `Fetch` that adapters receive.

After the visit's deadline, after its last allowed request, or once the host has asked us to slow down (for some
adapters, once it has refused us), nothing more is requested. The requests of a guest session are sent one after the
other. A truncated HTML page is an error. If an adapter goes on without a page (`try_fetch`), the visit is partial.
"""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date
from typing import Protocol, Unpack

import msgspec

from aggregator.adapter import Adapter, Page, RequestOptions
from aggregator.clean import clean
from aggregator.config import OUR_HEADERS, Source
from aggregator.errors import (
    FetchError,
    LeftAlone,
    PageError,
    Refused,
    RequestsUsedUp,
    Throttled,
    Unreachable,
    VisitError,
    excerpt,
)
from aggregator.model import Answer, Attribution, Problem, Request, WireRequest, origin
from aggregator.redact import shown_url
from aggregator.visit.kept import Kept
from aggregator.web import max_age, verdict

REASON_LENGTH = 200
CREDIT_LENGTH = 200  # of a publisher's name, a license, or its URL


class RequestSender(Protocol):
    """Sends the requests of a visit: `web.client.Client`, or an object that passes them on to it."""

    async def get(self, request: Request) -> Answer:
        """Returns the answer to a request, or raises VisitError."""
        ...

    def reject(self, url: str) -> None:
        """Marks the answer from `url` as wrong or incomplete, so that it is not cached."""
        ...


class Fetcher:
    """The requests of one visit. `today`: the date at the source. `seconds`: time left for the visit.

    `missed`: the first error of a page that the adapter went on without. `last`: the answer to the newest request, or
    None if it failed. `steps`: the URLs requested so far, before and after redirects. `new`: the answers (without
    bodies) since the adapter last yielded a page; `flawed`: whether part of them could not be read. `state`: what the
    source keeps between visits.
    """

    def __init__(
        self,
        source: Source,
        adapter: Adapter,
        client: RequestSender,
        today: date,
        seconds: float,
        kept: Mapping[str, str],
    ) -> None:
        self.source, self.adapter, self.client, self.today = source, adapter, client, today
        self.state = Kept(kept, source.url)
        self.attribution: Attribution | None = None  # what the pages state
        self.problems: list[Problem] = []
        self.requests = self.received = 0
        self.next_after = 0.0
        self.missed: VisitError | None = None
        self.last: Answer | None = None
        self.steps: set[str] = set()
        self.new: list[Answer] = []
        self.flawed = False
        self._answered = False
        self._stopped: FetchError | None = None  # why the host gets no further request in this visit
        self._tokens: dict[tuple[str, str], dict[str, str]] = {}  # origin -> header -> token
        self._turn = asyncio.Lock()
        self._until = asyncio.get_running_loop().time() + seconds

    async def __call__(self, url: str, **options: Unpack[RequestOptions]) -> Page:
        tokens = self._tokens_for(url)  # before `last` is cleared: the last page is wrong if it has a malformed link
        self.last = None  # if this request fails, an earlier page is not to blame
        request = self._request(url, tokens, options)
        async with self._turn if request.guest_session else nullcontext():
            answer = await self._send(request)
        self.steps |= {WireRequest.of(request, max_bytes=0).url, answer.url}
        self.received += len(answer.body)
        if not self._answered:
            self.next_after = max_age(answer)
        self._answered, self.last = True, answer
        self.new.append(msgspec.structs.replace(answer, body=b""))
        page = Page(answer)
        self._check_end(page)
        return page

    async def try_fetch(self, url: str, **options: Unpack[RequestOptions]) -> Page | None:
        try:
            page = await self(url, **options)
            # without `expects` the adapter reads data, so HTML is wrong; `expects` is checked when the page is yielded
            if not self.adapter.expects and page.text.lstrip().startswith("<") and (found := verdict(page.answer)):
                raise found
        except VisitError as error:
            self.missed = self.missed or error
            return None
        return page

    def damaged(self, url: str, reason: str) -> None:
        name = shown_url(url)
        self.problems.append(Problem(field="file", value=excerpt(name), reason=clean(reason, REASON_LENGTH)))
        self.missed = self.missed or PageError(f"{name} {reason}")
        self.flawed = True

    def send_token(self, page: Page, header: str, token: str) -> None:
        text = f"{header}{token}"
        fits = isinstance(token, str) and bool(token) and text.isascii() and text.isprintable()
        if not fits or header.lower() in OUR_HEADERS:
            kind = f"{len(token)} characters" if isinstance(token, str) else type(token).__name__
            raise PageError(f"{page.url}: the token ({kind}) cannot be sent as the header {header}; check the page")
        self._tokens.setdefault(origin(page.url), {})[header.lower()] = token

    @property
    def kept(self) -> Mapping[str, str]:
        return self.state.before

    def keep(self, key: str, text: str) -> None:
        self.state.change(key, text)

    def attribute(self, publisher: str, license: str = "", url: str = "") -> None:
        texts = {"publisher": publisher, "license": license, "url": url}
        self.attribution = Attribution(**{key: clean(text, CREDIT_LENGTH) for key, text in texts.items()})

    def _tokens_for(self, url: str) -> tuple[tuple[str, str], ...]:
        """The tokens that `send_token` registered for the URL's origin; PageError if the URL is malformed."""
        try:
            scheme, host = found = origin(url)
            if scheme not in {"http", "https"} or not host:
                raise ValueError("it does not begin with https:// and a host")
        except ValueError as error:
            where = shown_url(self.source.url)
            raise PageError(
                f"{where} links to {excerpt(shown_url(url))}, which is not a URL that can be requested ({error})"
            ) from None
        return tuple(self._tokens.get(found, {}).items())

    def _request(self, url: str, tokens: tuple[tuple[str, str], ...], options: RequestOptions) -> Request:
        return Request(
            url=url,
            matrix=tuple((options.get("matrix") or {}).items()),
            params=tuple((options.get("params") or {}).items()),
            form=tuple((options.get("form") or {}).items()),
            json=options.get("json"),
            tokens=tokens,
            headers=tuple((name.lower(), value) for name, value in self.adapter.headers.items()),
            answers=tuple(sorted(self.adapter.answers)),
            guest_session=self.adapter.guest_session,
        )

    async def _send(self, request: Request) -> Answer:
        if asyncio.get_running_loop().time() >= self._until:
            raise deadline_passed(self.source)
        if self._stopped:
            raise self._stopped
        if self.requests >= (most := self.source.pace.most_requests or self.requests + 1):
            raise RequestsUsedUp(
                f"{shown_url(self.source.url)}: {most} requests were sent, as many as `pace.most_requests` allows, "
                "so the rest was left out; raise the limit if the host's operator agrees"
            )
        self.requests += 1
        try:
            async with asyncio.timeout_at(self._until):
                return await self.client.get(request)
        except TimeoutError:
            raise deadline_passed(self.source) from None
        except Throttled as error:
            self.requests -= isinstance(error, LeftAlone)  # nothing was sent
            self._stopped = error
            raise
        except Refused as error:
            self._stopped = error if self.adapter.stops_when_refused else None
            raise

    def _check_end(self, page: Page) -> None:
        """Raises PageError for truncated HTML; the parsers of JSON, CSV, and calendars notice it themselves."""
        if not page.is_html:
            return
        inside = page.markup.cut_inside
        if (left_open := page.markup.left_open) and not self.adapter.has_end(page):
            inside = f"<{left_open}>"
        if inside:
            raise verdict(page.answer) or page.error(f"is cut off inside {inside}; the next visit tries again")


def deadline_passed(source: Source) -> Unreachable:
    """The error of a visit that took too long."""
    return Unreachable(
        f"{source.url}: the visit took longer than {source.pace.deadline:g} s and was ended; what was read until then "
        "counts; to allow more time, raise `pace.deadline` or `cycle_deadline` in the region file"
    )
