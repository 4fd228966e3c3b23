"""Addresses as httpx reads them, so that the parser that checks a URL is the one that connects.

A reader may rely on: a text is parsed once while it is in use. Parsing takes httpx 0.1 ms, and a request needs its
address eight times.
"""

from functools import lru_cache

import httpx

PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=1024)
def address(url: str) -> httpx.URL:
    """The parsed URL; httpx.InvalidURL where it is none."""
    return httpx.URL(url)


def netloc(url: httpx.URL) -> str:
    """Host and port; the port is left out where it is the scheme's own."""
    return url.netloc.decode("ascii")


def host_and_port(url: str) -> tuple[str, int]:
    """What to connect to for a web address."""
    parts = address(url)
    return parts.raw_host.decode("ascii"), parts.port or PORTS[parts.scheme]
