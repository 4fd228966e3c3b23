"""Converts JSON fields to the types that a listing declares: a ZIP that is the number 2903 or 2903.0 becomes text.

Adapters copy fields as found; everything they return passes through here before any other code reads it.
"""

import math
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from aggregator.clean.problem import problem
from aggregator.errors import RecordError
from aggregator.model import Listing, Problem, SlotListing

T = TypeVar("T", Listing, SlotListing)

_TEXTS = {
    kind: tuple(field.name for field in msgspec.structs.fields(kind) if field.type is str)
    for kind in (Listing, SlotListing)
}
_LISTS = ("products", "doses")


def as_text(value: Any) -> str | None:
    """A string or number as text (2903.0 -> "2903"); "" for null and false; None for anything else."""
    if isinstance(value, str):
        return value
    if value is None or value is False:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return str(int(value)) if value == int(value) else str(value)


def with_text_fields(record: T) -> tuple[T, list[Problem]]:
    """The record with text in every text field, and a problem for each value dropped because it is not text.

    RecordError for a name that is not text, because nothing can be shown without a name.
    """
    problems: list[Problem] = []
    changed: dict[str, Any] = {}
    for field in _TEXTS[type(record)]:
        if type(value := getattr(record, field)) is not str:
            changed[field] = _text(field, value, problems)
    for field in _LISTS:
        if not _is_texts(value := getattr(record, field)):
            changed[field] = _texts(field, value, problems)
    if isinstance(record, Listing):
        changed |= _of_place(record, problems)
    return (msgspec.structs.replace(record, **changed) if changed else record), problems


def _of_place(listing: Listing, problems: list[Problem]) -> dict[str, Any]:
    """The fields of a listing that are neither a text nor a list of texts."""
    changed: dict[str, Any] = {}
    address: Any = listing.address
    if type(address) is not str and not _is_texts(address):
        many = isinstance(address, Sequence)
        changed["address"] = _texts("address", address, problems) if many else _text("address", address, problems)
    ids: Any = listing.external_ids
    if not (isinstance(ids, tuple) and all(isinstance(pair, tuple) and _is_texts(pair) for pair in ids)):
        changed["external_ids"] = tuple(_pairs(ids, problems))
    return changed


def _pairs(given: Any, problems: list[Problem]) -> list[tuple[str, str]]:
    pairs = []
    for pair in given if isinstance(given, tuple | list) else ():
        texts = _texts("external_ids", pair, problems)
        pairs += [(texts[0], texts[1])] if len(texts) == 2 else []
    return pairs


def _texts(field: str, value: Any, problems: list[Problem]) -> tuple[str, ...]:
    """A list as texts; a single value becomes a list of one."""
    values = value if isinstance(value, tuple | list) else (value,)
    return tuple(filter(None, (_text(field, one, problems) for one in values)))


def _text(field: str, value: Any, problems: list[Problem]) -> str:
    text = as_text(value)
    if text is not None:
        return text
    reason = f"is a {type(value).__name__}; expected text"
    if field == "name":
        raise RecordError(field, value, reason)
    problems.append(problem(field, value, f"{reason}, so it is left out"))
    return ""


def _is_texts(value: Any) -> bool:
    return type(value) is tuple and all(type(one) is str for one in value)
