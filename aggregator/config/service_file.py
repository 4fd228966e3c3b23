"""Loads what the appointments of a region are for: a file of `data/services/`, or the table `[service]` itself.

Any mistake is a ConfigError that names the file, the key, the value seen, and what is accepted.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from aggregator import bundled
from aggregator.errors import ConfigError, excerpt
from aggregator.model import Service


def available_services() -> tuple[str, ...]:
    """The names that `service` in a region file accepts."""
    return tuple(sorted(path.stem for path in bundled.SERVICES.glob("*.toml")))


@cache
def service_named(name: str) -> Service:
    """A service that ships with the program; ConfigError if there is none of this name."""
    if name not in available_services():
        raise ConfigError(
            f"service: {excerpt(name)} is not one of {', '.join(available_services())}; name one of these, or describe "
            "your own in a table [service] (docs/services.md)"
        )
    path = bundled.SERVICES / f"{name}.toml"
    return _read(tomllib.loads(path.read_text(encoding="utf-8")), str(path))


def read_service(given: object, file: str) -> Service:
    """The service that a region file names or describes."""
    if isinstance(given, Mapping):
        return _read(given, f"{file}: service")
    try:
        return service_named(given if isinstance(given, str) else str(given))
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from None


def _read(table: Mapping[str, Any], where: str) -> Service:
    try:
        service = msgspec.convert(table, Service)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {error}; docs/services.md describes the keys") from None
    for key, pattern in patterns_of(service):
        try:
            re.compile(pattern)
        except re.error as error:
            raise ConfigError(f"{where}: {key}: {excerpt(pattern)} is not a regular expression ({error})") from None
    known = {group.name for group in service.groups} | {name for one in service.products for name in one.groups}
    for group in service.groups:
        if not any(group.name in one.groups for one in service.products):
            raise ConfigError(f"{where}: groups: no product is in {group.name!r}; its products name {sorted(known)}")
    return service


def patterns_of(service: Service) -> Iterator[tuple[str, str]]:
    """Every regular expression of a service with the key where it is."""
    texts = service.product_texts
    yield from (("product_texts", one) for one in (texts.nothing, texts.never, texts.continues) if one)
    yield from ((f"groups ({one.name})", one.match) for one in service.groups if one.match)
    for one in service.products:
        rules = [rule for variants in one.variants for rule in variants.rules]
        yield from (
            (f"products ({one.name})", text) for text in (one.match, one.alone, *(r.match for r in rules)) if text
        )
    yield from ((f"doses ({one.name})", text) for one in service.doses for text in (one.match, one.only) if text)
    if service.dose_texts.alone:
        yield "dose_texts.alone", service.dose_texts.alone
