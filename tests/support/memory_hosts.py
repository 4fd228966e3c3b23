"""Helpers for the tests of `aggregator.web`: a clock that only sleeping moves, a made-up source, an in-memory host."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import respx

from aggregator.config.region import Pace, Source
from aggregator.model import Answer, Request
from aggregator.web.client import Client, Hosts
from aggregator.web.validators import AnswerStore, MemoryAnswers

T = TypeVar("T")
NOW = datetime(2021, 5, 13, 14, 0, tzinfo=UTC)
HOME = "https://clinics.example.org"
AGENT = "appointment-aggregator/0.0.1 (+https://aggregator.example/contact)"
SEARCH = Request(url=f"{HOME}/search")
Reply = httpx.Response | type[httpx.TransportError]
Replies = Reply | Sequence[Reply] | Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


class HandClock:
    """A clock that only sleeping moves. `slept` lists every sleep in seconds."""

    def __init__(self, now: datetime = NOW) -> None:
        self.start = now
        self.elapsed = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed += seconds
        await asyncio.sleep(0)


class Host(respx.Router):
    """A host in memory: `pages` answers every request except the one for robots.txt, which `robots` answers.

    It is a respx router behind `httpx.MockTransport`. `respx.mock` would patch httpx for the whole process, but two
    hosts of one test must not see each other's requests. Tests of the wire itself (sockets, TLS, broken answers) use a
    real server on loopback.
    """

    def __init__(self, pages: Replies, robots: Replies | None = None) -> None:
        super().__init__()
        self.robots = mocked(self.get(path="/robots.txt"), robots or httpx.Response(404))  # everything is allowed
        self.pages = mocked(self.route(), pages)

    @property
    def requested(self) -> list[httpx.Request]:
        """The requests for pages, in order."""
        return [call.request for call in self.pages.calls]

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.async_handler)

    def hosts(self, clock: HandClock | None = None, store: AnswerStore | None = None) -> Hosts:
        return Hosts(AGENT, clock or HandClock(), store or MemoryAnswers(), False, self.transport())


def mocked(route: respx.Route, replies: Replies) -> respx.Route:
    """`route` with its replies: one for all requests, a sequence with one for each, an error, or a function."""
    if isinstance(replies, httpx.Response):
        return route.mock(return_value=replies)
    return route.mock(side_effect=replies)


def reply(status: int = 200, text: str = "a page", **headers: str) -> httpx.Response:
    """A response of a host; `_` in header names stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, text=text, headers=named)


def source(url: str = f"{HOME}/search", **fields: Any) -> Source:
    return Source(**{"name": "example", "provider": "example", "url": url, "pace": Pace(spacing=0.5), **fields})


def answer(body: str = "", status: int = 200, url: str = f"{HOME}/search", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(url=url, status=status, headers=named, body=body.encode(), fetched_at=NOW)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs `work`, with a time limit so that a test fails instead of hanging."""
    return asyncio.run(asyncio.wait_for(work, 10))


def get(host: Host, *requests: Request, clock: HandClock | None = None, store: MemoryAnswers | None = None) -> Answer:
    """The last answer of a good visit that sends `requests` (default: SEARCH)."""
    hosts = host.hosts(clock, store)

    async def work() -> Answer:
        async with Client(source(), hosts) as client:
            for request in requests or (SEARCH,):
                answer_received = await client.get(request)
            client.settle(True)
        return answer_received

    return run(work())
