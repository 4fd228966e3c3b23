"""Checks that a record contains only plain text within its limits, whatever a source sent."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec

LIMITS = {"description": 2000, "restrictions": 1000, "info_url": 2000, "booking_url": 2000}


def texts_of(value: object, field: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a record, with the name of its field."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from texts_of(item, field)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from texts_of(item, str(name))


def assert_plain(record: Any) -> None:
    """Every text of a record is bounded, can be encoded, hides no character, and every link is http(s)."""
    for field, text in texts_of(msgspec.to_builtins(record)):
        assert len(text) <= LIMITS.get(field, 600), field
        assert text.encode("utf-8"), f"{field} is empty and should have been left out"
        hidden = {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"} and c != "\n"}
        assert not hidden, field
        if field.endswith("_url"):
            assert text.startswith(("https://", "http://"))
