"""Asks for pages on behalf of one visit to one source.

A reader may rely on: what `Client.get` returns is a 200 of an allowed, public host, no larger than the source may
send, asked for at the host's pace and with its robots.txt; everything else is a VisitError. A visit's cookies are kept
for that visit alone. The caller bounds the whole visit (`asyncio.timeout`).
"""

from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from aggregator.config import Source
from aggregator.errors import LeftAlone, PageError, Refused, Throttled, Unreachable, VisitError, WaitingRoom, excerpt
from aggregator.model import Answer, Request, WireRequest
from aggregator.web import robots
from aggregator.web.age import as_of
from aggregator.web.block_pages import redirected_to_queue
from aggregator.web.body import read_body, states_length
from aggregator.web.guard import MAX_REDIRECTS, Guard
from aggregator.web.hosts import TIMEOUT, Host, Hosts, host_name, look_up_many, user_agent
from aggregator.web.status import REDIRECTS, problem, retry_after, worth_retrying
from aggregator.web.urls import address, host_and_port
from aggregator.web.validators import StoredAnswer, VisitAnswers, conditions, confirmed, max_age

__all__ = ["Client", "Hosts", "host_name", "look_up_many", "max_age", "user_agent"]

ATTEMPTS = 3
ANSWERS_PER_VISIT = 2  # times `max_bytes`: all of them together
MAX_WAIT = 30.0  # seconds; a host that asks for more is left alone until the next visit
_URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"
_BACKOFF = wait_exponential_jitter(initial=1, max=20)


class Client:
    """One visit to `source`. As a context manager it closes at its end the connections that no other visit uses."""

    def __init__(self, source: Source, hosts: Hosts) -> None:
        self._source = source
        self._hosts = hosts
        self._guard = Guard(source, loopback=hosts.loopback)
        self._cookies = httpx.Cookies()
        self._kept = VisitAnswers(hosts.store)
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
        """Says that what came from `url` is not (all of) the page it should be, so that it is not kept."""
        self._kept.reject(url)

    def settle(self, good: bool) -> None:
        """Says at the end whether the visit was good; only then its answers are kept for conditional requests."""
        self._kept.settle(good)

    async def get(self, request: Request) -> Answer:
        """The page, or a VisitError that says whose turn it is."""
        answer = await self._follow(WireRequest.of(request, self._source.max_bytes))
        self._received += len(answer.body)
        if self._received > (limit := ANSWERS_PER_VISIT * self._source.max_bytes):
            raise PageError(
                f"{answer.url}: the answers of this visit come to {self._received} bytes, the limit is {limit}; "
                "if that is right, raise `max_bytes` of the source"
            )
        if error := problem(answer, self._hosts.clock.now()):
            raise error
        return answer

    async def _follow(self, hop: WireRequest) -> Answer:
        """The answer at the end of the redirects, whatever its status (but those worth a retry are raised)."""
        first = hop.url
        for _ in range(MAX_REDIRECTS + 1):
            await self._admit(hop, first)
            answer = await self._ask(hop)
            location = answer.headers.get("location", "")
            if answer.status not in REDIRECTS or not location:
                return answer
            target = _target(hop.url, location)
            if redirected_to_queue(target):
                raise WaitingRoom(f"{hop.url} sends people to a waiting room, {target}; we do not wait in it")
            self._guard.check_redirect(hop.url, target, any_site=hop.robots_file)
            hop = hop.redirected(answer.status, target)
        raise Refused(f"{first} redirects more than {MAX_REDIRECTS} times, lastly to {hop.url}; check the url")

    async def _admit(self, hop: WireRequest, first: str) -> None:
        """Refused where we must not ask. `first` is where the chain of redirects began."""
        self._guard.check(hop.url, any_site=hop.robots_file and hop.url != first)
        await self._look_up(hop.url)
        if not (hop.robots_file or self._source.robots_exception):
            delay = await self._hosts.robots.check(hop.url, self._robots_file)
            self._host(hop.url).pace.crawl_delay(delay)

    async def _look_up(self, url: str) -> None:
        """Once a visit and host, so that a name that cannot be asked neither waits for its turn nor counts as asked."""
        door = host_and_port(url)
        if self._hosts.on_network and door not in self._looked_up:
            await self._hosts.addresses.of(*door)
            self._looked_up.add(door)

    async def _robots_file(self, url: str) -> Answer:
        return await self._follow(WireRequest(url=url, max_bytes=robots.MAX_BYTES, robots_file=True))

    async def _ask(self, hop: WireRequest) -> Answer:
        """One hop, with retries."""
        try:
            return await self._once(hop)
        except (Unreachable, Throttled) as error:
            if not _passing(error):
                raise
            return await self._ask_again(hop, error)

    async def _ask_again(self, hop: WireRequest, first: VisitError) -> Answer:
        """Further attempts after the `first`; on their own, because nearly every request needs none.

        If the host is left alone meanwhile, because of this or another visit, the `first` says what was wrong.
        """
        failed = [first]

        async def attempt() -> Answer:
            if failed:
                raise failed.pop()
            return await self._once(hop)

        retrying = AsyncRetrying(
            sleep=self._hosts.clock.sleep,
            stop=stop_after_attempt(ATTEMPTS),
            wait=_pause,
            retry=retry_if_exception(_passing),
            reraise=True,
        )
        try:
            return await retrying(attempt)
        except LeftAlone:
            raise first from None

    async def _once(self, hop: WireRequest) -> Answer:
        host = self._host(hop.url)
        keeps = hop.method == "GET" and not (hop.tokens or hop.robots_file)
        stored = await self._kept.load(hop.url) if keeps else None
        async with host.pace:
            self._hosts.count(host.name, requests=1)
            try:
                answer = await self._exchange(host, hop, stored)
            except BaseException:  # a visit that runs out of time is a failure of the host, too
                self._hosts.count(host.name, failures=1)
                raise
            self._note(host, hop, answer)
            await self._hosts.waits.written()
        if answer.status == 304 and stored is not None:
            self._hosts.count(host.name, not_modified=1)
            return confirmed(stored, answer.headers, answer.fetched_at)
        self._hosts.count(host.name, failures=int(answer.status >= 400), received=len(answer.body))
        if worth_retrying(answer.status) and (error := problem(answer, self._hosts.clock.now())):
            raise error
        if keeps and answer.status == 200:
            self._kept.came(hop.url, answer)
        return answer

    def _note(self, host: Host, hop: WireRequest, answer: Answer) -> None:
        """Lets the host rest if this answer asks for it. A robots.txt says nothing about pages, but may say "later"."""
        status, wait = answer.status, retry_after(answer.headers, self._hosts.clock.now())
        if status == 429 or (status == 503 and wait is not None):
            host.rest.throttled(status, wait)
        elif hop.robots_file:
            return
        elif status in {401, 403}:
            host.rest.refused(self._source.name, status)
        elif worth_retrying(status):
            host.rest.failed(self._source.name, f"it answers {status}")
        else:
            host.rest.answered_well()

    async def _exchange(self, host: Host, hop: WireRequest, stored: StoredAnswer | None) -> Answer:
        """One request and its whole answer."""
        clock = self._hosts.clock
        fetched_at, started = clock.now(), clock.monotonic()
        request = self._request(hop, stored)
        try:
            response = await host.http(self._hosts).handle_async_request(request)
            response.request = request
            try:
                host.pace.answered(response.status_code, clock.monotonic() - started)
                if "set-cookie" in response.headers:
                    self._cookies.extract_cookies(response)
                body = await read_body(response, hop.max_bytes, partial(self._hold_large, host))
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            if isinstance(error, httpx.TimeoutException):
                host.pace.slower()
                host.rest.failed(self._source.name, "it does not answer in time")
            raise Unreachable(f"{hop.url}: {_seen(error)}; the next visit looks again") from error
        received = {name: value for name, value in response.headers.items() if name != "set-cookie"}
        if "location" in received:
            received["location"] = _location(response)
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
        """Waits until few enough other visits hold large answers; this one may hold some until it ends.

        Meanwhile others may ask the host: one of them may be the visit that this one waits for.
        """
        if not self._holds_large:
            async with host.pace.lent():
                await self._hosts.large.acquire()
            self._holds_large = True

    def _request(self, hop: WireRequest, stored: StoredAnswer | None) -> httpx.Request:
        headers = self._hosts.headers | ({} if hop.robots_file else self._source.headers) | conditions(stored)
        if hop.content_type:
            headers["content-type"] = hop.content_type
        headers |= dict(hop.tokens)
        request = httpx.Request(
            hop.method,
            address(hop.url),
            headers=headers,
            content=hop.content or None,
            extensions={"timeout": TIMEOUT},
        )
        if self._cookies:
            self._cookies.set_cookie_header(request)
        return request

    def _host(self, url: str) -> Host:
        host = self._hosts.host(url, self._source.pace)
        if host.name not in self._used:
            self._used[host.name] = host
            host.enter()
        return host


def _location(response: httpx.Response) -> str:
    """The Location header in UTF-8, as browsers read it; bytes that are not UTF-8 are sent on as they are.

    httpx reads all headers of an answer in one encoding, so one that is not UTF-8 would spoil the others.
    """
    raw = next(value for name, value in response.headers.raw if name.lower() == b"location").strip()
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return quote(raw, safe=_URL_CHARACTERS)


def _target(url: str, location: str) -> str:
    """Where a Location header of the answer of `url` leads."""
    try:
        return str(address(url).join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise Unreachable(
            f"{url} redirects to {excerpt(location)}, which is no address ({error}); the next visit looks again"
        ) from None


def _seen(error: httpx.TransportError) -> str:
    """What went wrong with a connection, in words: httpx gives timeouts none."""
    name = type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        return f"no answer in time ({name})"
    return str(error) or f"the connection broke off ({name})"


def _passing(error: BaseException) -> bool:
    """Whether a moment's patience may help: after a timeout or a status `worth_retrying`, nothing else."""
    if not isinstance(error, Unreachable | Throttled) or (error.retry_after or 0.0) > MAX_WAIT:
        return False
    return error.__cause__ is None or isinstance(error.__cause__, httpx.TimeoutException)


def _pause(state: RetryCallState) -> float:
    """Seconds before the next attempt: what the host asked for, and no less than our own backoff."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, Unreachable | Throttled) else None
    return max(asked or 0.0, _BACKOFF(state))
