"""Connections lead only to checked IP addresses: rebound names receive nothing."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from aggregator.errors import PageError, Refused, Unreachable
from aggregator.model import Answer, Request
from aggregator.web.client import Client, Hosts
from aggregator.web.connect import REMEMBERED, Addresses, CheckedTransport
from aggregator.web.validators import MemoryAnswers
from tests.support.memory_hosts import AGENT, HandClock, run, source

NAME = "clinics.example.org"
PUBLIC, PRIVATE = "8.8.8.8", "10.0.0.1"
ANSWER = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
Resolver = Callable[..., list[str]]  # sets the results of the lookups in order (the last repeats); returns the names


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    def prepared(*answers: Iterable[str]) -> list[str]:
        lookups: list[str] = []

        async def getaddrinfo(self: object, host: str, port: int, **_: object) -> list[object]:
            lookups.append(host)
            found = answers[min(len(lookups), len(answers)) - 1]
            if not found:
                raise socket.gaierror("no such name")
            return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in found]

        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
        return lookups

    return prepared


class Listener:
    """Counts connections, and responds to requests with 404."""

    def __init__(self) -> None:
        self.accepted = 0
        self.port = 0
        self.heads: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def open(self, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> AsyncIterator["Listener"]:
        async with await asyncio.start_server(self.serve, address, 0, ssl=tls) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self


async def ask(listener: Listener, host: str = NAME, *, loopback: bool, requests: int = 1) -> Answer:
    url = f"http://{host}:{listener.port}/search"
    hosts = Hosts(AGENT, HandClock(), MemoryAnswers(), loopback)
    async with Client(source(url, robots_exception="a test"), hosts) as client:
        for _ in range(requests):
            answer = await client.get(Request(url=url))
    return answer


async def refused(error: type[Exception], words: str, host: str = NAME, *, loopback: bool = False) -> Listener:
    """What a listener on this machine received while a request was refused with these `words`."""
    async with Listener().open() as listener:
        with pytest.raises(error, match=words):
            await ask(listener, host, loopback=loopback)
    return listener


def test_a_name_rebound_after_the_check_is_not_connected_to(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.web.connect.REMEMBERED", 0.0)  # so that the connection needs its own lookup
    lookups = resolver([PUBLIC], ["127.0.0.1"])
    listener = run(refused(Refused, rf"{NAME} is at 127\.0\.0\.1; only public addresses"))
    assert (lookups, listener.accepted) == ([NAME, NAME], 0)


def test_the_connection_is_made_to_the_checked_ip_address(resolver: Resolver) -> None:
    async def work() -> tuple[list[str], int]:
        lookups = resolver(["127.0.0.1"], [PRIVATE])  # allowed with loopback = true
        async with Listener().open() as listener:
            with pytest.raises(PageError, match="answers 404"):
                await ask(listener, loopback=True)
        return lookups, listener.accepted

    assert run(work()) == ([NAME], 1)


def test_a_name_is_resolved_again_after_some_time(resolver: Resolver, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> list[str]:
        lookups = resolver([PUBLIC], ["9.9.9.9"])
        addresses, loop = Addresses(loopback=False), asyncio.get_running_loop()
        start = loop.time()
        for later, expected in ((0.0, PUBLIC), (REMEMBERED - 1, PUBLIC), (REMEMBERED + 1, "9.9.9.9")):
            monkeypatch.setattr(loop, "time", lambda at=start + later: at)
            assert await addresses.of(NAME, 443) == (expected,)
        monkeypatch.undo()
        return lookups

    assert len(run(work())) == 2


@pytest.mark.parametrize("mixed", [[PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, "::1"], [PRIVATE, PUBLIC]])
def test_one_forbidden_ip_address_refuses_the_whole_name(resolver: Resolver, mixed: list[str]) -> None:
    resolver(mixed)
    assert run(refused(Refused, "only public addresses are allowed")).accepted == 0


def test_a_loopback_region_connects_to_no_public_address(resolver: Resolver) -> None:
    resolver(["127.0.0.1", PUBLIC])
    message = rf"is at {PUBLIC}; `loopback = true` allows only this machine"
    assert run(refused(Refused, message, loopback=True)).accepted == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1"])
def test_loopback_is_recognized_in_every_notation(host: str) -> None:
    assert run(refused(Refused, "only public addresses are allowed", host)).accepted == 0


@pytest.mark.parametrize("host", ["[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[fec0::1]"])
def test_literal_ipv6_addresses_are_checked_too(host: str) -> None:
    assert run(refused(Refused, "only public addresses are allowed", host)).accepted == 0


def test_a_name_that_no_longer_resolves_is_down(resolver: Resolver, monkeypatch: pytest.MonkeyPatch) -> None:
    resolver([])
    assert run(refused(Unreachable, rf"{NAME} has no address \(no such name\); check the url")).accepted == 0
    monkeypatch.setattr("aggregator.web.connect.REMEMBERED", 0.0)
    lookups = resolver([PUBLIC], [])
    assert run(refused(Unreachable, rf"{NAME} has no address .*; the next visit tries again")).accepted == 0
    assert len(lookups) == 2, "it was tried again at once"


def ipv6_or_skip() -> None:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 on this machine")


def test_ipv6_connections_work(resolver: Resolver) -> None:
    ipv6_or_skip()
    resolver(["::1"])

    async def work() -> int:
        async with Listener().open("::1") as listener:
            with pytest.raises(PageError, match="answers 404"):
                await ask(listener, loopback=True)
        return listener.accepted

    assert run(work()) == 1


def test_if_one_ip_address_refuses_the_next_is_tried(resolver: Resolver) -> None:
    resolver(["::1", "127.0.0.1"])

    async def work() -> int:
        async with Listener().open() as listener:
            with pytest.raises(PageError, match="answers 404"):
                await ask(listener, loopback=True)
        return listener.accepted

    assert run(work()) == 1


def test_if_no_ip_address_answers_the_host_is_down(resolver: Resolver) -> None:
    resolver(["::1", "127.0.0.1"])

    async def work() -> None:
        listener = Listener()
        async with listener.open():
            pass
        await ask(listener, loopback=True)

    with pytest.raises(Unreachable, match="All connection attempts failed; the next visit tries again"):
        run(work())


def test_an_ip_address_that_hangs_delays_the_next_one_only_briefly(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver(["127.0.0.2", "127.0.0.1"])
    monkeypatch.setattr("aggregator.web.connect.STAGGER", 0.01)
    ended: list[str] = []
    create_connection = asyncio.BaseEventLoop.create_connection

    async def connection(self: asyncio.BaseEventLoop, factory: object, host: str, *rest: object, **named: object):  # type: ignore[no-untyped-def]
        if host == "127.0.0.2":
            try:
                await asyncio.sleep(60)
            finally:
                ended.append(host)
        return await create_connection(self, factory, host, *rest, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", connection)

    async def work() -> int:
        async with Listener().open() as listener:
            with pytest.raises(PageError, match="answers 404"):
                await ask(listener, loopback=True)
        return listener.accepted

    assert (run(work()), ended) == (1, ["127.0.0.2"])


def test_ip_addresses_of_both_families_are_tried_alternately(resolver: Resolver) -> None:
    resolver(["2001:db8::1", "2001:db8::2", "8.8.8.8", "2001:db8::1"])

    async def work() -> tuple[str, ...]:
        return await Addresses(loopback=False).of(NAME, 443)

    with pytest.raises(Refused, match="2001:db8::1"):  # the range reserved for documentation
        run(work())
    resolver(["2001:4860::1", "2001:4860::2", "8.8.8.8", "2001:4860::1"])
    assert run(work()) == ("2001:4860::1", "8.8.8.8", "2001:4860::2")


def test_connecting_ends_at_its_timeout(resolver: Resolver, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(self: object, host: str, port: int, **_: object) -> list[object]:
        await asyncio.sleep(60)
        raise AssertionError

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", never)

    async def work() -> None:
        transport = CheckedTransport(Addresses(loopback=True), ssl.create_default_context(), 1)
        request = httpx.Request("GET", f"http://{NAME}/", extensions={"timeout": {"connect": 0.01}})
        with pytest.raises(httpx.ConnectTimeout, match=r"no connection within 0\.01 s"):
            await transport.handle_async_request(request)
        await transport.aclose()

    run(work())


def certificate(folder: Path, name: str) -> Path:
    """A file with the key and the self-signed certificate of a server."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(pem))
    return path


async def over_tls(file: Path, name: str) -> tuple[list[str | None], list[str | None]]:
    """Connects to `name` over TLS; returns the server names and the protocols offered to the server."""
    names: list[str | None] = []
    chosen: list[str | None] = []
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(file)
    server.set_alpn_protocols(["h2"])
    server.sni_callback = lambda connection, server_name, context: names.append(server_name)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        chosen.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        writer.close()

    trusted = ssl.create_default_context(cafile=str(file))
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server) as listening:
        port = listening.sockets[0].getsockname()[1]
        transport = CheckedTransport(Addresses(loopback=True), trusted, 1)
        request = httpx.Request("GET", f"https://{name}:{port}/", extensions={"timeout": {"connect": 5.0}})
        with pytest.raises(httpx.TransportError) as failed:
            await transport.handle_async_request(request)
        await transport.aclose()
    if "CERTIFICATE_VERIFY_FAILED" in str(failed.value):
        raise ssl.SSLCertVerificationError(str(failed.value))
    return names, chosen


def test_the_certificate_is_still_checked_for_the_name_and_http2_is_offered(resolver: Resolver, tmp_path: Path) -> None:
    resolver(["127.0.0.1"])
    assert run(over_tls(certificate(tmp_path, NAME), NAME)) == ([NAME], ["h2"])


def test_a_certificate_for_another_name_is_refused(resolver: Resolver, tmp_path: Path) -> None:
    resolver(["127.0.0.1"])
    with pytest.raises(ssl.SSLCertVerificationError, match=f"not valid for '{NAME}'"):
        run(over_tls(certificate(tmp_path, "other.example.org"), NAME))
