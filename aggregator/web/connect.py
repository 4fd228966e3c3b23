"""Connects only to IP addresses that have been checked.

A name is resolved only here, all its addresses are checked, and the connection goes to one of exactly these addresses.
So a name that changes its address before the request (DNS rebinding) does not even get a connection. A single forbidden
address refuses the whole name: a visit must not depend on which of several addresses happens to answer.

TLS still checks the certificate against the name, which httpx takes from the URL. Proxy settings of the environment are
ignored.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from itertools import zip_longest

import anyio
import httpcore
import httpx

from aggregator.errors import Unreachable
from aggregator.web.ip_rules import check_address, literal

REMEMBERED = 30.0  # seconds; so the check before a visit's first request and its connection share one lookup
STAGGER = 0.25  # seconds until the next address is tried in parallel (RFC 8305, 5)
KEPT_IDLE = 5.0  # seconds that an idle connection stays open, the default of httpx


class Addresses:
    """Resolves names to the addresses that may be connected to. `loopback`: only those of this machine."""

    def __init__(self, loopback: bool) -> None:
        self._loopback = loopback
        self._found: dict[tuple[str, int], tuple[float, tuple[str, ...]]] = {}  # host and port -> when, addresses

    async def of(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses of a host, in the order to try. Refused if one is forbidden; Unreachable if there is none."""
        if ip := literal(host):
            check_address(host, ip, loopback=self._loopback)
            return (host,)
        loop = asyncio.get_running_loop()
        at, known = self._found.get((host, port), (0.0, ()))
        if known and loop.time() < at + REMEMBERED:
            return known
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"{host} has no address ({error}); check the url in the region file") from None
        for *_, peer in found:
            check_address(host, ip_address(str(peer[0]).partition("%")[0]), loopback=self._loopback)
        self._found[host, port] = loop.time(), _in_order([(family, str(peer[0])) for family, *_, peer in found])
        return self._found[host, port][1]


def _in_order(found: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """Each address once; as the resolver sorted them, but by turns of IPv6 and IPv4 (RFC 8305, 4)."""
    addresses = dict.fromkeys(found)
    families = list(dict.fromkeys(family for family, _ in addresses))
    queues = [[address for family, address in addresses if family == one] for one in families]
    return tuple(address for turn in zip_longest(*queues) for address in turn if address)


class CheckedBackend(httpcore.AnyIOBackend):
    """Opens the connections of a pool."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                return await self._connected(await self._addresses.of(host, port), port)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"no connection within {timeout:g} s") from None
        except Unreachable as error:  # the pool would drop the cause, and without it the client would retry
            raise httpcore.ConnectError(str(error)) from None

    async def _connected(self, addresses: Sequence[str], port: int) -> httpcore.AsyncNetworkStream:
        """Connects to the first address that answers; a hanging one delays the next attempt by STAGGER only."""
        if len(addresses) == 1:
            return await super().connect_tcp(addresses[0], port)
        streams: list[httpcore.AsyncNetworkStream] = []
        errors: list[httpcore.ConnectError] = []

        async def attempt(address: str, ended: anyio.Event) -> None:
            try:
                stream = await super(CheckedBackend, self).connect_tcp(address, port)
            except httpcore.ConnectError as error:
                errors.append(error)
            else:
                streams.append(stream)
                attempts.cancel_scope.cancel()
            finally:
                ended.set()

        try:
            async with anyio.create_task_group() as attempts:
                for address in addresses:
                    ended = anyio.Event()
                    attempts.start_soon(attempt, address, ended)
                    with anyio.move_on_after(STAGGER):
                        await ended.wait()
            if not streams:
                raise errors[0]
            return streams.pop(0)
        finally:
            for extra in streams:
                await extra.aclose()


class CheckedTransport(httpx.AsyncHTTPTransport):
    """An httpx transport with the connections of one host."""

    def __init__(self, addresses: Addresses, certificates: ssl.SSLContext, connections: int) -> None:
        # httpx has no parameter for the backend of its pool
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=certificates,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEPT_IDLE,
            http2=True,
            network_backend=CheckedBackend(addresses),
        )
