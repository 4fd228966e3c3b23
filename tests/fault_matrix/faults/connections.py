"""Connections that fail before, during, or after a response."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx

from tests.fault_matrix.fault import CHANGED, DOWN, GOOD, Fault, Reply, Response, is_page

WHY = "Nothing came, so nothing is known that was not known before: every answer stays, with its date."
CONNECT, READ = 10.0, 20.0  # seconds that the client waits


class Stream(httpx.AsyncByteStream):
    """Pieces of a body with pauses between them, and an error or nothing at the end."""

    def __init__(
        self, pieces: list[bytes], pause: float = 0.0, error: type[httpx.TransportError] | None = None
    ) -> None:
        self._pieces, self._pause, self._error = pieces, pause, error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            await asyncio.sleep(self._pause)
            yield piece
        if self._error:
            if self._error is httpx.ReadTimeout:
                await asyncio.sleep(READ)
            raise self._error("")


class Endless(httpx.AsyncByteStream):
    """Repeats the same piece forever."""

    def __init__(self, piece: bytes, pause: float = 0.0) -> None:
        self._piece, self._pause = piece, pause

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(self._pause)
            yield self._piece


def _fails(error: type[httpx.TransportError], text: str, after: float = 0.0) -> Callable[[Reply], Response]:
    async def respond(reply: Reply) -> httpx.Response:
        await asyncio.sleep(after)
        raise error(text, request=reply.request)

    return respond


def _once(respond: Callable[[Reply], Response]) -> Callable[[Reply], Response]:
    return lambda reply: respond(reply) if reply.attempt == 0 else reply.respond()


def _half(error: type[httpx.TransportError]) -> Callable[[Reply], Response]:
    return lambda reply: reply.respond(
        stream=Stream([reply.body[: len(reply.body) // 2]], error=error), content_length=str(len(reply.body))
    )


def _dripping(reply: Reply) -> httpx.Response:
    """Sends a byte now and then, so that the client's timeouts never end it."""
    return reply.respond(stream=Stream([bytes([byte]) for byte in reply.body[:100]], pause=READ - 1.0))


def _no_end(reply: Reply) -> httpx.Response:
    """Sends all of the page, and then a comment every second forever."""
    return reply.respond(stream=Endless(reply.body or b" ", pause=1.0))


def _silent(name: str, respond: Callable[[Reply], Response]) -> Fault:
    return Fault(name=name, why=WHY, outcomes=DOWN, respond=respond, any_page=True)


FAULTS = (
    _silent("connection refused", _fails(httpx.ConnectError, "Connection refused")),
    _silent("no address", _fails(httpx.ConnectError, "Name or service not known")),
    _silent("certificate expired", _fails(httpx.ConnectError, "[SSL] certificate verify failed: it has expired")),
    _silent("connect timeout", _fails(httpx.ConnectTimeout, "", CONNECT)),
    _silent("headers timeout", _fails(httpx.ReadTimeout, "", READ)),
    _silent("write timeout", _fails(httpx.WriteTimeout, "", READ)),
    _silent("silence beyond every timeout", _fails(httpx.ReadTimeout, "", 3600.0)),
    _silent("hung up", _fails(httpx.RemoteProtocolError, "Server disconnected")),
    Fault(
        name="timeout once",
        why="A second attempt brings the page, and nobody notices.",
        outcomes=GOOD,
        respond=_once(_fails(httpx.ReadTimeout, "", READ)),
        believed=True,
    ),
    Fault(name="body timeout", why=WHY, outcomes=DOWN, respond=_half(httpx.ReadTimeout), applies=is_page),
    Fault(name="body reset", why=WHY, outcomes=DOWN, respond=_half(httpx.ReadError), applies=is_page),
    Fault(name="body shorter than announced", why=WHY, outcomes=DOWN, respond=_half(httpx.RemoteProtocolError),
          applies=is_page),
    Fault(name="dripping body", why=WHY, outcomes=DOWN, respond=_dripping,
          applies=lambda reply: is_page(reply) and len(reply.body) > 40),
    Fault(name="body without end, slow", why=WHY, outcomes=CHANGED | DOWN, respond=_no_end, applies=is_page),
)  # fmt: skip
