"""Where a source may lead us: its own site, the further hosts its region file lists, and public addresses only.

A reader may rely on: what `Guard` lets through is http(s), without credentials, of an allowed host and port, and its
address is a public one (in a demo region: a loopback one), also if that address is written inside of another.
"""

import asyncio
import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpx
from publicsuffixlist import PublicSuffixList

from aggregator.errors import Refused, Unreachable, excerpt
from aggregator.region import Source
from aggregator.web.address import address, netloc

MAX_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
WEB_PORTS = frozenset({80, 443, 8080, 8443})  # of a site; any other has to be named in the region file
_HIDDEN = tuple(
    map(
        ip_network,
        (
            "64:ff9b:1::/48",  # NAT64 of a local network (RFC 8215)
            "2001::/32",  # Teredo
            "::/96",  # IPv4-compatible, given up
            "::ffff:0:0:0/96",  # SIIT, IPv4-translated
            "fec0::/10",  # site-local, given up
            "192.88.99.0/24",  # relays of 6to4, given up
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # the IPv4 address is its end


class Guard:
    """Checks every URL of one visit to `source`; each check raises Refused and says what to do."""

    def __init__(self, source: Source, allow_loopback: bool = False) -> None:
        self._source = source
        self._home = address(source.url)
        self._allow_loopback = allow_loopback
        self._resolved: set[tuple[str, int]] = set()

    def check(self, url: str, *, any_site: bool = False) -> None:
        """The URL as it is written. `any_site`: it may leave the source's site, as a robots.txt may."""
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
        if not (any_site or self._allowed(parts)):
            raise Refused(
                f"{self._source.name}: {excerpt(url)} is not of the site of {self._source.url}; "
                f"if it belongs there, add {netloc(parts)!r} to `hosts` of the source"
            )
        if not self._port_allowed(parts):
            raise Refused(
                f"{self._source.name}: {excerpt(url)} is at port {parts.port}, where web sites rarely are; "
                f"if it belongs to the system, add {netloc(parts)!r} to `hosts` of the source"
            )
        if (literal := _literal(parts.host)) is not None:
            self._check_address(url, literal)

    def check_redirect(self, url: str, target: str, *, any_site: bool = False) -> None:
        """`check` of where `url` sends us."""
        if address(url).scheme == "https" and target.lower().startswith("http:"):
            raise Refused(
                f"{url} redirects to {excerpt(target)}, which is not encrypted; check the url in the region file"
            )
        try:
            self.check(target, any_site=any_site)
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

    def _port_allowed(self, url: httpx.URL) -> bool:
        return url.port in {None, self._home.port, *WEB_PORTS} or netloc(url) in self._source.hosts

    def _check_address(self, url: str, ip: IPv4Address | IPv6Address) -> None:
        good = _is_loopback(ip) if self._allow_loopback else _is_public(ip)
        if not good:
            wanted = "a demo region asks loopback only" if self._allow_loopback else "only public addresses are asked"
            raise Refused(f"{excerpt(url)} is at {ip}; {wanted}; check the url in the region file")


def _is_loopback(ip: IPv4Address | IPv6Address) -> bool:
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    real = ip
    if isinstance(ip, IPv6Address):
        inside = IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else None
        real = ip.ipv4_mapped or ip.sixtofour or inside or ip
    return real.is_global and not real.is_multicast and not any(real in network for network in _HIDDEN)


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
