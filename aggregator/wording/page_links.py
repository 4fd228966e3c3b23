"""Links of pages, named by what they lead to. Nothing but http(s) and tel: ever becomes one, whatever a source says."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

_DIALED = re.compile(r"\+?\d[\d-]*", re.ASCII)
_ORIGIN = re.compile(r"[^:/?#]*://[^/?#]*")

Naming = Callable[[str], str]  # from a host or a phone number to the text of a link


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    text: str


def web_link(url: str, words: Naming) -> Link | None:
    """A link a person may be sent to, named by its host; None for anything but http(s)."""
    host = _host(url) if url else ""
    return Link(url, words(host)) if host else None


def first_link(urls: Iterable[str], words: Naming) -> Link | None:
    """The first of `urls` that a person may be sent to."""
    return next(filter(None, (web_link(url, words) for url in urls)), None)


def site_root(url: str) -> str:
    """The address that paths of published files go after; "" where a region does not say its `url`."""
    return f"{url.rstrip('/')}/" if url else ""


def _host(url: str) -> str:
    """The host of an http(s) URL as people say it; "" for anything else."""
    origin = _ORIGIN.match(url)  # which many places have in common
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
    """A number to tap; None for anything but a telephone number as the records hold it."""
    return Link(f"tel:{number}", words(number)) if _DIALED.fullmatch(number) else None
