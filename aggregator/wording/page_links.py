"""Links on pages, with a text that names their target. Only http(s) and tel: URLs ever become links."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

_DIALED = re.compile(r"\+?\d[\d-]*", re.ASCII)
_ORIGIN = re.compile(r"[^:/?#]*://[^/?#]*")

Naming = Callable[[str], str]  # host or phone number -> the text of its link


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    text: str


def web_link(url: str, words: Naming) -> Link | None:
    """A link with a text that names its host; None if the URL is not http(s)."""
    host = _host(url) if url else ""
    return Link(url, words(host)) if host else None


def first_link(urls: Iterable[str], words: Naming) -> Link | None:
    """The first of `urls` that is http(s), as a link."""
    return next(filter(None, (web_link(url, words) for url in urls)), None)


def site_root(url: str) -> str:
    """The URL to which paths of published files are appended; "" if the region file has no `url`."""
    return f"{url.rstrip('/')}/" if url else ""


def _host(url: str) -> str:
    """The host of an http(s) URL without "www."; "" for any other URL."""
    origin = _ORIGIN.match(url)  # many places share one, so it makes a good cache key
    return _host_of(origin[0] if origin else url)


@lru_cache(maxsize=4096)
def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if parts.scheme in ("http", "https") else ""


def phone_link(number: str, words: Naming) -> Link | None:
    """A link that dials a number; None if it is not a phone number in the form of `model.Location`."""
    return Link(f"tel:{number}", words(number)) if _DIALED.fullmatch(number) else None
