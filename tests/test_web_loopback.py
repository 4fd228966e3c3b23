"""The client over real connections, to a server of the test's own on loopback."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from aggregator.errors import Refused, Unreachable
from aggregator.model import Answer, Request
from aggregator.web.client import Client, Hosts
from aggregator.web.validators import MemoryAnswers, to_store
from tests.test_web_support import AGENT, HandClock, run, source

PAGE = gzip.compress(b"a page")
NO_RULES = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE)
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\na pa"


class Server:
    """Sends each answer in turn, closing the connection after that of `closes`. `seen` holds the heads of requests."""

    def __init__(self, *answers: bytes, closes: bytes = CUT) -> None:
        self.answers, self.closes = iter(answers), closes
        self.seen: list[str] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.seen.append((await reader.readuntil(b"\r\n\r\n")).decode())
                said = next(self.answers)
                writer.write(said)
                await writer.drain()
                if said is self.closes:
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Its address while it listens."""
        async with asyncio.timeout(10):
            server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
            async with server:
                yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def visit(server: Server, host: str = "", demo: bool = True, times: int = 1) -> Answer:
    """The last of several answers."""
    async with server.open() as address:
        url = f"http://{host or '127.0.0.1'}:{address.rpartition(':')[2]}/search"
        hosts = Hosts(AGENT, HandClock(), MemoryAnswers(), demo)
        async with Client(source(url), hosts) as client:
            for _ in range(times):
                said = await client.get(Request(url=url))
        return said


def test_a_demo_region_is_asked_over_one_kept_connection_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server = Server(NO_RULES, WHOLE, WHOLE)
    assert run(visit(server, times=2)).body == b"a page"
    assert server.connections == 1
    assert [head.split(" ")[1] for head in server.seen] == ["/robots.txt", "/search", "/search"]
    assert f"user-agent: {AGENT}".lower() in server.seen[1].lower()


def test_an_answer_that_breaks_off_is_none_and_waits_for_the_next_visit() -> None:
    server = Server(NO_RULES, CUT, WHOLE)
    with pytest.raises(Unreachable, match="the next visit looks again"):
        run(visit(server))
    assert len(server.seen) == 2


def test_only_an_answer_whose_length_is_known_is_kept() -> None:
    head = b'HTTP/1.0 200 OK\r\nETag: "1"\r\n'
    for given, length_known in [
        (head + b"\r\na page", False),
        (head.replace(b"1.0", b"1.1") + b"\r\na page", False),
        (head + b"Content-Length: 6\r\n\r\na page", True),
        (head.replace(b"1.0", b"1.1") + b"Transfer-Encoding: chunked\r\n\r\n6\r\na page\r\n0\r\n\r\n", True),
    ]:
        answer = run(visit(Server(NO_RULES, given, closes=given)))
        assert (answer.body, answer.length_known) == (b"a page", length_known)
        assert (to_store(answer) is not None) is length_known


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_other_region_can_be_led_to_this_machine(host: str) -> None:
    server = Server(NO_RULES, WHOLE)
    with pytest.raises(Refused, match="only public addresses are asked"):
        run(visit(server, host, demo=False))
    assert server.connections == 0


def test_a_name_that_changes_to_a_private_address_gets_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def trusting(self: object, url: str) -> None:
        """What the name stood for when it was looked up."""

    monkeypatch.setattr("aggregator.web.guard.Guard.resolve_check", trusting)
    server = Server(NO_RULES, WHOLE)
    with pytest.raises(Refused, match=r"at (127\.0\.0\.1|::1); only public addresses"):
        run(visit(server, "localhost", demo=False))
    assert len(server.seen) == 1
