"""What the tests of `aggregator.web` share: a clock moved by hand, a made-up source, a host that answers in memory."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx

from aggregator.config.region import Pace, Source
from aggregator.model import Answer, Request
from aggregator.web.client import Client, Hosts
from aggregator.web.validators import AnswerStore, MemoryAnswers

T = TypeVar("T")
NOW = datetime(2021, 5, 13, 14, 0, tzinfo=UTC)
HOME = "https://clinics.example.org"
AGENT = "appointment-aggregator/0.0.1 (+https://aggregator.example/contact)"
SEARCH = Request(url=f"{HOME}/search")
Handler = Callable[[httpx.Request], httpx.Response]


class HandClock:
    """Time that only sleeping moves. `slept` lists every sleep in seconds."""

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


class Host:
    """Answers every request with `handler`, but robots.txt with "allow all"; remembers what was asked."""

    def __init__(self, handler: Handler, robots: Handler = lambda request: httpx.Response(404)) -> None:
        self.handler = handler
        self.robots = robots
        self.asked: list[httpx.Request] = []
        self.robots_asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            self.robots_asked += 1
            return self.robots(request)
        self.asked.append(request)
        return self.handler(request)

    def hosts(self, clock: HandClock | None = None, store: AnswerStore | None = None) -> Hosts:
        return Hosts(AGENT, clock or HandClock(), store or MemoryAnswers(), False, httpx.MockTransport(self))


def always(status: int = 200, text: str = "a page", **headers: str) -> Handler:
    """The same answer to everything; `_` in header names stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, text=text, headers=named)


def source(url: str = f"{HOME}/search", **fields: Any) -> Source:
    return Source(**{"name": "example", "provider": "example", "url": url, "pace": Pace(spacing=0.5), **fields})


def answer(body: str = "", status: int = 200, url: str = f"{HOME}/search", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(url=url, status=status, headers=named, body=body.encode(), fetched_at=NOW)


def run(work: Coroutine[Any, Any, T]) -> T:
    """A test that would hang fails instead."""
    return asyncio.run(asyncio.wait_for(work, 10))


def get(host: Host, *requests: Request, clock: HandClock | None = None, store: MemoryAnswers | None = None) -> Answer:
    """The last answer of a visit, a good one, that asks for `requests`, or for SEARCH."""
    hosts = host.hosts(clock, store)

    async def work() -> Answer:
        async with Client(source(), hosts) as client:
            for request in requests or (SEARCH,):
                said = await client.get(request)
            client.settle(True)
        return said

    return run(work())


def in_turn(*handlers: Handler) -> Handler:
    """Each request is answered by the next handler."""
    waiting = iter(handlers)
    return lambda request: next(waiting)(request)


def failing(error: type[httpx.TransportError]) -> Handler:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error("broken", request=request)

    return handler
