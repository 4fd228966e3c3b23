"""Where a source may lead us: its own site, and the further hosts its region file lists.

A reader may rely on: what `Guard` lets through is http(s), without credentials, of an allowed host and port. An IP
address in place of a name is one that may be asked (`ip_rules`); names are checked as they are resolved (`connect`).
"""

from functools import lru_cache

import httpx
from publicsuffixlist import PublicSuffixList

from aggregator.config import Source
from aggregator.errors import Refused, excerpt
from aggregator.web.ip_rules import check_address, literal
from aggregator.web.urls import PORTS, address, netloc

MAX_REDIRECTS = 5
WEB_PORTS = frozenset({80, 443, 8080, 8443})  # of a site; any other has to be named in the region file


class Guard:
    """Checks every URL of one visit to `source`; each check raises Refused and says what to do."""

    def __init__(self, source: Source, loopback: bool = False) -> None:
        self._source = source
        self._home = address(source.url)
        self._loopback = loopback

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
        if ip := literal(parts.host):
            check_address(excerpt(url), ip, loopback=self._loopback)

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

    def _allowed(self, url: httpx.URL) -> bool:
        if url.host in self._source.hosts or netloc(url) in self._source.hosts:
            return True
        if literal(url.host) or literal(self._home.host):
            return netloc(url) == netloc(self._home)
        return _site(url.raw_host) == _site(self._home.raw_host)

    def _port_allowed(self, url: httpx.URL) -> bool:
        return url.port in {None, self._home.port, *WEB_PORTS} or netloc(url) in self._source.hosts


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _site(host: bytes) -> str:
    """The registrable domain (publicsuffix.org, hosting platforms included), or the host where it has none."""
    name = host.decode("ascii").rstrip(".")
    return _suffixes().privatesuffix(name) or name
