"""Parses URLs with httpx, so that the parser that checks a URL is the one that connects.

Results are cached: parsing takes 0.1 ms, and a request needs its parsed URL eight times.
"""

from functools import lru_cache

import httpx

PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=1024)
def parse_url(url: str) -> httpx.URL:
    """The parsed URL; httpx.InvalidURL if it is malformed."""
    return httpx.URL(url)


def netloc(url: httpx.URL) -> str:
    """Host and port, without the default port of the scheme."""
    return url.netloc.decode("ascii")


def host_and_port(url: str) -> tuple[str, int]:
    """The host and port to connect to for a URL."""
    parts = parse_url(url)
    return parts.raw_host.decode("ascii"), parts.port or PORTS[parts.scheme]
