"""Restricts where a source may lead us: to its own site, and to further hosts listed in the region file.

A URL that passes `Guard` is http(s), without credentials, and on an allowed host and port. IP addresses in URLs are
checked here (`ip_rules`), names when they are resolved (`connect`).
"""

from functools import lru_cache

import httpx
from publicsuffixlist import PublicSuffixList

from aggregator.config import Source
from aggregator.errors import Refused, excerpt
from aggregator.web.ip_rules import check_address, literal
from aggregator.web.urls import PORTS, netloc, parse_url

MAX_REDIRECTS = 5
WEB_PORTS = frozenset({80, 443, 8080, 8443})  # any other port of a site has to be listed in the region file


class Guard:
    """Checks every URL of one visit to `source`; a forbidden one raises Refused with the next step."""

    def __init__(self, source: Source, loopback: bool = False) -> None:
        self._source = source
        self._home = parse_url(source.url)
        self._loopback = loopback

    def check(self, url: str, *, any_site: bool = False) -> None:
        """Checks a URL. `any_site`: it may be outside the source's site, as the target of a robots.txt redirect may."""
        try:
            parts = parse_url(url)
        except httpx.InvalidURL as error:
            raise Refused(f"{self._source.name}: {excerpt(url)} is not a URL ({error}); check the adapter") from None
        if parts.scheme not in PORTS or not parts.host:
            raise Refused(f"{self._source.name}: {excerpt(url)} is not an http(s) URL; check the adapter")
        if parts.userinfo:
            raise Refused(f"{self._source.name}: a URL of {parts.host} contains credentials; remove them")
        if not (any_site or self._allowed(parts)):
            raise Refused(
                f"{self._source.name}: {excerpt(url)} is outside the site of {self._source.url}; "
                f"if it belongs to the source, add {netloc(parts)!r} to its `hosts`"
            )
        if not self._port_allowed(parts):
            raise Refused(
                f"{self._source.name}: {excerpt(url)} uses port {parts.port}, which is unusual for a web site; "
                f"if it belongs to the source, add {netloc(parts)!r} to its `hosts`"
            )
        if ip := literal(parts.host):
            check_address(excerpt(url), ip, loopback=self._loopback)

    def check_redirect(self, url: str, target: str, *, any_site: bool = False) -> None:
        """Checks the `target` to which `url` redirects."""
        if parse_url(url).scheme == "https" and target.lower().startswith("http:"):
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
    """The registrable domain (publicsuffix.org, including hosting platforms), or the host if it has none."""
    name = host.decode("ascii").rstrip(".")
    return _suffixes().privatesuffix(name) or name
