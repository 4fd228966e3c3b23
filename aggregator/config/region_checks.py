"""Checks on a region that the types of its keys cannot express."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from aggregator.config.contact import is_contact
from aggregator.errors import excerpt
from aggregator.model import APPOINTMENT
from aggregator.redact import holds_key, keys_in

if TYPE_CHECKING:
    from aggregator.config.region import Region, Source

# Headers that identify us or describe the request; no region file can change them.
OUR_HEADERS = (
    "user-agent", "from", "cookie", "host", "accept-encoding", "connection", "content-length", "transfer-encoding",
    "if-none-match", "if-modified-since",
)  # fmt: skip
FILLED_IN = ("states", "country", "service", "only", "adapters")  # fields of a source that no region file has


@cache
def _time_zones() -> frozenset[str]:
    """The names of all IANA time zones, cached because finding them walks a folder of 600 files."""
    return frozenset(available_timezones())


def problems_of(region: "Region") -> Iterator[str]:
    """Yields the problems of a region, each with its key, the value seen, and what is accepted."""
    if region.time_zone not in _time_zones():
        yield _no_zone("time_zone", region.time_zone)
    if not is_contact(region.contact):
        seen = excerpt(region.contact)
        yield f"contact: {seen} is neither an e-mail address nor a web page; booking sites need one to reach you"
    if region.expires_after <= region.stale_after:
        yield f"expires_after: {region.expires_after:g} is not greater than stale_after ({region.stale_after:g})"
    if region.ping_url and not _is_web_address(region.ping_url):
        yield "ping_url: is not an http(s) address; copy it again from your monitor"  # its value is a secret
    yield from _page_problems(region)
    groups = sorted({group for one in region.service.products for group in one.groups})
    for group in region.only:
        if group not in groups:
            yield f"only: {excerpt(group)} is no group of products of {region.service.name}; accepted: {groups}"
    names = [source.name for source in region.sources]
    for number, source in enumerate(region.sources):
        where = f"sources[{number}] ({source.name})"
        if names.index(source.name) != number:
            yield f"{where}.name: {source.name!r} is used twice; give every source its own name"
        for problem in _source_problems(source, region):
            yield f"{where}.{problem}"


def _page_problems(region: "Region") -> Iterator[str]:
    """Yields the problems of the settings that the page shows."""
    if region.url and not _is_web_address(region.url):
        yield f"url: {excerpt(region.url)} is not an http(s) address"
    for number, rule in enumerate(region.eligibility):
        if rule.url and not _is_web_address(rule.url):
            yield f"eligibility[{number}].url: {excerpt(rule.url)} is not an http(s) address"
        if rule.first_day and rule.last_day and rule.first_day > rule.last_day:
            yield f"eligibility[{number}].last_day: {rule.last_day} is before first_day ({rule.first_day})"
    for number, link in enumerate(region.check_yourself):
        if not _is_web_address(link.url):
            yield f"check_yourself[{number}] ({link.title}).url: {excerpt(link.url)} is not an http(s) address"


def _address_problems(source: "Source") -> Iterator[str]:
    for key, url in (("url", source.url), ("door", source.door or source.url)):
        if not _is_web_address(url):
            yield f"{key}: {excerpt(url)} is not an http(s) address"
    if source.door and holds_key(keys_in(source.url, named=True), source.door):
        yield f"door: {excerpt(source.door)} contains the key of `url`, and pages link to it; give a URL without a key"


def _source_problems(source: "Source", region: "Region") -> Iterator[str]:
    yield from _address_problems(source)
    if source.time_zone and source.time_zone not in _time_zones():
        yield _no_zone("time_zone", source.time_zone)
    if source.first_day and source.last_day and source.first_day > source.last_day:
        yield f"last_day: {source.last_day} is before first_day ({source.first_day})"
    if source.attribution and not source.attribution.publisher:
        yield "attribution.publisher: is missing; give the name that the license wants beside the data"
    if (credit := source.attribution) and credit.url and not _is_web_address(credit.url):
        yield f"attribution.url: {excerpt(credit.url)} is not an http(s) address"
    if given := [key for key in FILLED_IN if getattr(source, key) not in ("", (), APPOINTMENT)]:
        yield f"{given[0]}: is taken from the region; delete it here"
    for name, value in source.headers.items():
        if name.lower() in OUR_HEADERS or not f"{name}{value}".isprintable() or not f"{name}{value}".isascii():
            yield f"headers.{name}: {excerpt(value)} cannot be set; accepted: printable ASCII, none that identifies us"
    if region.loopback and urlsplit(source.url).hostname != "127.0.0.1":
        yield f"url: {excerpt(source.url)} is not on 127.0.0.1; `loopback = true` in this file allows nothing else"


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # an unmatched bracket, or a port that is not a number
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _no_zone(key: str, value: str) -> str:
    return f"{key}: {excerpt(value)} is not an IANA time zone, such as America/New_York"
