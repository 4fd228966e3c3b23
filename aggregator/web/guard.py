"""Where a source may lead us: its own site, the further hosts its region file lists, and public addresses only.

A reader may rely on: what `Guard` lets through is http(s), without credentials, of an allowed host, and its address
is a public one (in a demo region: a loopback one).
"""

import asyncio
import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx
from publicsuffixlist import PublicSuffixList

from aggregator.errors import Refused, Unreachable, excerpt
from aggregator.region import Source
from aggregator.web.address import address, netloc

MAX_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}


class Guard:
    """Checks every URL of one visit to `source`; each check raises Refused and says what to do."""

    def __init__(self, source: Source, allow_loopback: bool = False) -> None:
        self._source = source
        self._home = address(source.url)
        self._allow_loopback = allow_loopback
        self._resolved: set[tuple[str, int]] = set()

    def check(self, url: str) -> None:
        """The URL as it is written."""
        try:
            parts = address(url)
        except httpx.InvalidURL as error:
            raise Refused(
                f"{self._source.name}: {excerpt(url)} is not an address ({error}); check the adapter"
            ) from None
        if parts.scheme not in PORTS or not parts.host:
            raise Refused(f"{self._source.name}: {excerpt(url)} is not an http(s) address; check the adapter")
        if parts.userinfo:
            raise Refused(f"{self._source.name}: an address of {parts.host} holds credentials; remove them")
        if not self._allowed(parts):
            raise Refused(
                f"{self._source.name}: {excerpt(url)} is not of the site of {self._source.url}; "
                f"if it belongs there, add {netloc(parts)!r} to `hosts` of the source"
            )
        if (literal := _literal(parts.host)) is not None:
            self._check_address(url, literal)

    def check_redirect(self, url: str, target: str) -> None:
        """`check` of where `url` sends us."""
        if address(url).scheme == "https" and target.lower().startswith("http:"):
            raise Refused(
                f"{url} redirects to {excerpt(target)}, which is not encrypted; check the url in the region file"
            )
        try:
            self.check(target)
        except Refused as error:
            raise Refused(f"{url} redirects to {excerpt(target)}: {error}") from None

    async def resolve_check(self, url: str) -> None:
        """Every address that the host's name stands for, once a visit; Unreachable where it stands for none."""
        parts = address(url)
        if _literal(parts.host) is not None:  # no name to look up, and `check` has seen the address
            return
        host, port = parts.raw_host.decode("ascii"), parts.port or PORTS[parts.scheme]
        if (host, port) in self._resolved:
            return
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"{host} has no address ({error}); check the url in the region file") from None
        for *_, peer in found:
            self.check_peer(url, str(peer[0]))
        self._resolved.add((host, port))

    def check_peer(self, url: str, peer: str) -> None:
        """The address that was connected to: a name may stand for another one by then (DNS rebinding)."""
        self._check_address(url, ip_address(peer.partition("%")[0]))

    def _allowed(self, url: httpx.URL) -> bool:
        if url.host in self._source.hosts or netloc(url) in self._source.hosts:
            return True
        if _literal(url.host) is not None or _literal(self._home.host) is not None:
            return netloc(url) == netloc(self._home)
        return _site(url.raw_host) == _site(self._home.raw_host)

    def _check_address(self, url: str, ip: IPv4Address | IPv6Address) -> None:
        real = getattr(ip, "ipv4_mapped", None) or ip
        good = real.is_loopback if self._allow_loopback else real.is_global and not real.is_multicast
        if not good:
            wanted = "a demo region asks loopback only" if self._allow_loopback else "only public addresses are asked"
            raise Refused(f"{excerpt(url)} is at {ip}; {wanted}; check the url in the region file")


@lru_cache(maxsize=1024)
def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _site(host: bytes) -> str:
    """The registrable domain (publicsuffix.org, hosting platforms included), or the host where it has none."""
    name = host.decode("ascii").rstrip(".")
    return _suffixes().privatesuffix(name) or name
