"""Removes a source's keys from what its visit found: adapters link to its URL, and hosts repeat it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from msgspec.structs import asdict, replace

from aggregator.model import Listing, Problem, Struct
from aggregator.redact import HIDDEN, holds_key, keys_in, shown_url, without
from aggregator.secret_values import is_distinctive

LINKS = frozenset({"info_url", "booking_url"})


class _Keys(NamedTuple):
    """The keys to hide. `in_texts` lacks keys that are ordinary words or short numbers in a text."""

    in_links: frozenset[str]
    in_texts: tuple[str, ...]


def without_keys(listing: Listing, keys: tuple[str, ...]) -> Listing:
    """The listing with `keys` hidden in its texts, and every link with a key cut to host and path.

    A link with a key in its path is dropped, because the rest would lead nowhere.
    """
    known = _Keys(frozenset(keys), tuple(filter(is_distinctive, keys)))
    changed = _changed(listing, known)
    return replace(listing, **changed) if changed else listing


def _changed(record: Struct, keys: _Keys) -> dict[str, Any]:
    """The fields of a record that contain a key, in their safe form."""
    found = {name: (value, _hidden(name, value, keys)) for name, value in asdict(record).items()}
    return {name: new for name, (old, new) in found.items() if new != old}


def _hidden(name: str, value: Any, keys: _Keys) -> Any:
    if isinstance(value, str):
        return _safe_link(value, keys) if name in LINKS else without(keys.in_texts, value)
    if isinstance(value, tuple):
        return tuple(_hidden(name, one, keys) for one in value)
    if isinstance(value, Struct):
        changed = _changed(value, keys)
        return replace(value, **changed) if changed else value
    return value


def _safe_link(url: str, keys: _Keys) -> str:
    if keys.in_links.isdisjoint(keys_in(url, named=True)) and not holds_key(keys.in_texts, url):
        return url
    cut = shown_url(url)
    return "" if HIDDEN in cut or holds_key(keys.in_texts, cut) else cut


def hide_keys(problems: tuple[Problem, ...], keys: Iterable[str]) -> tuple[Problem, ...]:
    """The problems, with `keys` hidden."""
    hidden = tuple(keys)
    if not hidden:
        return problems
    return tuple(replace(one, value=without(hidden, one.value), reason=without(hidden, one.reason)) for one in problems)
