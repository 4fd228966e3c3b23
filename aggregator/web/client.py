"""Fetches the pages of one visit to one source.

`Client.get` returns only an answer with status 200 (or one that the adapter declares) from an allowed, public host,
within the source's size limit, and requested at the host's pace and as its robots.txt allows; everything else is a
VisitError. Only a guest session keeps cookies, for one visit (`guest_cookies`). The caller limits the duration of the
visit (`asyncio.timeout`).
"""

from functools import partial
from types import TracebackType
from typing import Self

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from aggregator.config import Source
from aggregator.errors import LeftAlone, PageError, Refused, Throttled, Unreachable, VisitError, WaitingRoom
from aggregator.model import Answer, Request, WireRequest
from aggregator.web import robots
from aggregator.web.age import as_of
from aggregator.web.block_pages import redirected_to_queue
from aggregator.web.body import read_body, states_length
from aggregator.web.guard import MAX_REDIRECTS, Guard
from aggregator.web.guest_cookies import GuestCookies
from aggregator.web.hosts import TIMEOUT, Host, Hosts, host_name, look_up_many, user_agent
from aggregator.web.redirects import location_of, redirect_target
from aggregator.web.status import REDIRECTS, problem, retry_after, worth_retrying
from aggregator.web.urls import host_and_port, parse_url
from aggregator.web.validators import StoredAnswer, VisitCache, conditions, confirmed, max_age

__all__ = ["Client", "Hosts", "host_name", "look_up_many", "max_age", "user_agent"]

ATTEMPTS = 3
ANSWERS_PER_VISIT = 2  # times `max_bytes`, for all answers of a visit together
MAX_WAIT = 30.0  # seconds; a longer Retry-After is not waited for in the same visit
_BACKOFF = wait_exponential_jitter(initial=1, max=20)


class Client:
    """The client of one visit to `source`. On exit it closes the connections that no other visit uses."""

    def __init__(self, source: Source, hosts: Hosts) -> None:
        self._source = source
        self._hosts = hosts
        self._guard = Guard(source, loopback=hosts.loopback)
        self._cookies = GuestCookies()
        self._cache = VisitCache(hosts.store)
        self._used: dict[str, Host] = {}
        self._looked_up: set[tuple[str, int]] = set()
        self._received = 0
        self._holds_large = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for host in self._used.values():
            await host.leave()
        self._used.clear()
        if self._holds_large:
            self._hosts.large.release()

    def reject(self, url: str) -> None:
        """Marks the answer from `url` as wrong or incomplete, so that it is not cached."""
        self._cache.reject(url)

    def settle(self, good: bool) -> None:
        """Ends the visit: its answers are cached for conditional requests only if it was `good`."""
        self._cache.settle(good)

    async def get(self, request: Request) -> Answer:
        """Returns the page, or raises a VisitError whose class says who must act."""
        answer = await self._follow(WireRequest.of(request, self._source.max_bytes))
        self._received += len(answer.body)
        if self._received > (limit := ANSWERS_PER_VISIT * self._source.max_bytes):
            raise PageError(
                f"{answer.url}: the answers of this visit add up to {self._received} bytes, but the limit is {limit}; "
                "if the size is right, raise `max_bytes` of the source"
            )
        if error := problem(answer, self._hosts.clock.now(), request.answers):
            raise error
        return answer

    async def _follow(self, hop: WireRequest) -> Answer:
        """The answer after all redirects, with any status (statuses worth a retry raise an error instead)."""
        first = hop.url
        for _ in range(MAX_REDIRECTS + 1):
            await self._admit(hop, first)
            answer = await self._send(hop)
            location = answer.headers.get("location", "")
            if answer.status not in REDIRECTS or not location:
                return answer
            target = redirect_target(hop.url, location)
            if redirected_to_queue(target):
                raise WaitingRoom(
                    f"{hop.url} redirects to a waiting room, {target}; we never wait in it, the next visit tries again"
                )
            self._guard.check_redirect(hop.url, target, any_site=hop.robots_file)
            hop = hop.redirected(answer.status, target)
        raise Refused(
            f"{first} redirects more than {MAX_REDIRECTS} times, the last time to {hop.url}; check the url in the "
            "region file"
        )

    async def _admit(self, hop: WireRequest, first: str) -> None:
        """Raises Refused if this request is not allowed. `first`: the URL at which the chain of redirects began."""
        self._guard.check(hop.url, any_site=hop.robots_file and hop.url != first)
        await self._look_up(hop.url)
        if not (hop.robots_file or self._source.robots_exception):
            delay = await self._hosts.robots.check(hop.url, self._robots_file)
            self._host(hop.url).pace.crawl_delay(delay)

    async def _look_up(self, url: str) -> None:
        """Resolves each host once per visit, before its pace applies, so that a bad name is no request."""
        host = host_and_port(url)
        if self._hosts.on_network and host not in self._looked_up:
            await self._hosts.addresses.of(*host)
            self._looked_up.add(host)

    async def _robots_file(self, url: str) -> Answer:
        return await self._follow(WireRequest(url=url, max_bytes=robots.MAX_BYTES, robots_file=True))

    async def _send(self, hop: WireRequest) -> Answer:
        """The answer to one hop, with retries."""
        try:
            return await self._once(hop)
        except (Unreachable, Throttled) as error:
            if not _is_temporary(error):
                raise
            return await self._retry(hop, error)

    async def _retry(self, hop: WireRequest, first: VisitError) -> Answer:
        """Retries after the error `first`. Set up only when needed, because nearly every request needs no retry.

        If the host is left alone meanwhile, because of this or another visit, the error `first` is raised.
        """
        failed = [first]

        async def attempt() -> Answer:
            if failed:
                raise failed.pop()
            return await self._once(hop)

        retrying = AsyncRetrying(
            sleep=self._hosts.clock.sleep,
            stop=stop_after_attempt(ATTEMPTS),
            wait=_backoff,
            retry=retry_if_exception(_is_temporary),
            reraise=True,
        )
        try:
            return await retrying(attempt)
        except LeftAlone:
            raise first from None

    async def _once(self, hop: WireRequest) -> Answer:
        host = self._host(hop.url)
        cacheable = hop.method == "GET" and not (hop.tokens or hop.robots_file or hop.guest_session)
        stored = await self._cache.load(hop.url) if cacheable else None
        async with host.pace:
            self._hosts.count(host.name, requests=1)
            try:
                answer = await self._exchange(host, hop, stored)
            except BaseException:  # includes the cancellation of a visit whose host is too slow
                self._hosts.count(host.name, failures=1)
                raise
            self._update_rest(host, hop, answer)
            await self._hosts.waits.written()
        if answer.status == 304 and stored is not None:
            self._hosts.count(host.name, not_modified=1)
            return confirmed(stored, answer.headers, answer.fetched_at)
        self._hosts.count(host.name, failures=int(answer.status >= 400), received=len(answer.body))
        if worth_retrying(answer.status) and (error := problem(answer, self._hosts.clock.now())):
            raise error
        if cacheable and answer.status == 200:
            self._cache.add(hop.url, answer)
        return answer

    def _update_rest(self, host: Host, hop: WireRequest, answer: Answer) -> None:
        """Updates how long the host is left alone. Of the answers to robots.txt only 429 and 503 count."""
        status, wait = answer.status, retry_after(answer.headers, self._hosts.clock.now())
        if status == 429 or (status == 503 and wait is not None):
            host.rest.throttled(status, wait)
        elif hop.robots_file:
            return
        elif status in {401, 403}:
            host.rest.refused(self._source.name, status)
        elif worth_retrying(status):
            host.rest.failed(self._source.name, f"status {status}")
        else:
            host.rest.succeeded()

    async def _exchange(self, host: Host, hop: WireRequest, stored: StoredAnswer | None) -> Answer:
        """Sends one request and reads the whole answer."""
        clock = self._hosts.clock
        fetched_at, started = clock.now(), clock.monotonic()
        request = self._request(hop, stored)
        try:
            response = await host.http(self._hosts).handle_async_request(request)
            response.request = request
            try:
                host.pace.answered(response.status_code, clock.monotonic() - started)
                if hop.guest_session:
                    self._cookies.keep(response)
                body = await read_body(response, hop.max_bytes, partial(self._hold_large, host))
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            if isinstance(error, httpx.TimeoutException):
                host.pace.slower()
                host.rest.failed(self._source.name, "timeout")
            raise Unreachable(f"{hop.url}: {_reason(error)}; the next visit tries again") from error
        received = {name: value for name, value in response.headers.items() if name != "set-cookie"}
        if "location" in received:
            received["location"] = location_of(response)
        return Answer(
            url=hop.url,
            status=response.status_code,
            headers=received,
            body=body,
            fetched_at=fetched_at,
            as_of=as_of(received, fetched_at),
            length_known=states_length(response),
        )

    async def _hold_large(self, host: Host) -> None:
        """Waits until this visit may hold large answers; only a few visits may at once.

        Meanwhile other requests to the host may go on, because one of them may belong to the visit we wait for.
        """
        if not self._holds_large:
            async with host.pace.lent():
                await self._hosts.large.acquire()
            self._holds_large = True

    def _request(self, hop: WireRequest, stored: StoredAnswer | None) -> httpx.Request:
        headers = self._hosts.headers | dict(hop.headers)
        headers |= ({} if hop.robots_file else self._source.headers) | conditions(stored)
        if hop.content_type:
            headers["content-type"] = hop.content_type
        headers |= dict(hop.tokens)
        request = httpx.Request(
            hop.method,
            parse_url(hop.url),
            headers=headers,
            content=hop.content or None,
            extensions={"timeout": TIMEOUT},
        )
        if hop.guest_session:
            self._cookies.attach(request)
        return request

    def _host(self, url: str) -> Host:
        host = self._hosts.host(url, self._source.pace)
        if host.name not in self._used:
            self._used[host.name] = host
            host.enter()
        return host


def _reason(error: httpx.TransportError) -> str:
    """What went wrong with a connection; httpx has no text for timeouts."""
    name = type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        return f"no answer in time ({name})"
    return str(error) or f"the connection broke off ({name})"


def _is_temporary(error: BaseException) -> bool:
    """Whether a retry may help: only after a timeout or a status that is `worth_retrying`."""
    if not isinstance(error, Unreachable | Throttled) or (error.retry_after or 0.0) > MAX_WAIT:
        return False
    return error.__cause__ is None or isinstance(error.__cause__, httpx.TimeoutException)


def _backoff(state: RetryCallState) -> float:
    """Seconds before the next attempt: the host's Retry-After, but at least our own exponential backoff."""
    error = state.outcome.exception() if state.outcome else None
    requested = error.retry_after if isinstance(error, Unreachable | Throttled) else None
    return max(requested or 0.0, _BACKOFF(state))
