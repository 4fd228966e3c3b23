"""The client over real connections, to a test server on loopback."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from aggregator.errors import Refused, Unreachable
from aggregator.model import Answer, Request
from aggregator.web.client import Client, Hosts
from aggregator.web.validators import MemoryAnswers
from tests.support.memory_hosts import AGENT, HandClock, run, source

PAGE = gzip.compress(b"a page")
NO_RULES = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE)
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\na pa"


class Server:
    """Sends each response in order; closes the connection after one of `last`. `seen` holds the heads of requests."""

    def __init__(self, *answers: bytes, last: tuple[bytes, ...] = (CUT,)) -> None:
        self.answers = iter(answers)
        self.last = last
        self.seen: list[str] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.seen.append((await reader.readuntil(b"\r\n\r\n")).decode())
                response = next(self.answers)
                writer.write(response)
                await writer.drain()
                if response in self.last:
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Yields its address while it listens."""
        async with asyncio.timeout(10):
            server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
            async with server:
                yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def visit(server: Server, host: str = "", loopback: bool = True, times: int = 1) -> Answer:
    """The last of several responses."""
    async with server.open() as address:
        url = f"http://{host or '127.0.0.1'}:{address.rpartition(':')[2]}/search"
        hosts = Hosts(AGENT, HandClock(), MemoryAnswers(), loopback)
        async with Client(source(url), hosts) as client:
            for _ in range(times):
                response = await client.get(Request(url=url))
        return response


def test_a_loopback_region_uses_one_connection_and_ignores_proxy_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server = Server(NO_RULES, WHOLE, WHOLE)
    assert run(visit(server, times=2)).body == b"a page"
    assert server.connections == 1
    assert [head.split(" ")[1] for head in server.seen] == ["/robots.txt", "/search", "/search"]
    assert f"user-agent: {AGENT}".lower() in server.seen[1].lower()


def test_a_truncated_response_is_not_retried_in_this_visit() -> None:
    server = Server(NO_RULES, CUT, WHOLE)
    with pytest.raises(Unreachable, match="the next visit tries again"):
        run(visit(server))
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("response", "known"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\na page", False),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na page", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\na page", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\na page\r\n0\r\n\r\n", True),
        (WHOLE, True),
    ],
)
def test_a_response_shows_whether_its_length_was_announced(response: bytes, known: bool) -> None:
    answer = run(visit(Server(NO_RULES, response, last=(response,))))
    assert (answer.body, answer.length_known) == (b"a page", known)


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\na pa",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\na page\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\na page",
        b"HTTP/1.1 200 OK\r\nContent-Length: six\r\n\r\na page",
    ],
    ids=["a chunk without its end", "chunks without their end", "two lengths", "a length that is none"],
)
def test_a_response_shorter_than_announced_is_unreachable(response: bytes) -> None:
    with pytest.raises(Unreachable):
        run(visit(Server(NO_RULES, response, last=(response,))))


def test_bytes_after_the_announced_length_are_ignored() -> None:
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\na page and more"
    assert run(visit(Server(NO_RULES, long, last=(long,)))).body == b"a page"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_other_region_can_be_redirected_to_this_machine(host: str) -> None:
    server = Server(NO_RULES, WHOLE)
    with pytest.raises(Refused, match="only public addresses are allowed"):
        run(visit(server, host, loopback=False))
    assert server.connections == 0
