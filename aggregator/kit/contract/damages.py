"""Damages answers: truncates them, changes types of values, dates, and time zones."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from zlib import crc32

from aggregator.charset import decode_body
from aggregator.har import Entry
from aggregator.kit.contract.replay import Change

_TIME = re.compile(r"(20\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:Z|[+-]\d\d:?\d\d)(?=\W)")
_YEAR = re.compile(  # of 2021-05-20, 20210520T…, 5/20/2021, May 20, 2021 and 20 May 2021
    r"(?<!\d)20\d\d(?=-\d\d-\d\d|\d{4}(?:T\d{6}|\b))|(?<=\d/)20\d\d\b"
    r"|(?<=\d, )20\d\d\b|(?<=\d [A-Z][a-z][a-z] )20\d\d\b"
)
_YEARS = 3


def text_of(entry: Entry) -> str:
    """The body of an answer as text."""
    return decode_body(entry.body, entry.content_type)


def cut(entry: Entry, tenth: int) -> bytes:
    """The answer truncated after some tenths."""
    return entry.body[: len(entry.body) * tenth // 10]


def in_the_past(entry: Entry) -> str:
    """The answer with every year three years earlier."""
    return _YEAR.sub(lambda year: str(int(year[0]) - _YEARS), text_of(entry))


def in_zone(entry: Entry, offset: str) -> str:
    """The answer with another UTC offset on every time, or none."""
    return _TIME.sub(rf"\g<1>{offset}", text_of(entry))


def typed(entry: Entry, change: Callable[[Any], Any]) -> str | bytes:
    """JSON with every value changed, from the inside out; an answer that has none, or is not JSON, is unchanged."""
    try:
        value = json.loads(entry.body)
        changed = _mapped(value, change)
        return entry.body if changed == value else json.dumps(changed)
    except (ValueError, RecursionError):
        return entry.body


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        value = {key: _mapped(part, change) for key, part in value.items()}
    elif isinstance(value, list):
        value = [_mapped(part, change) for part in value]
    return change(value)


def no_numbers(entry: Entry) -> str:
    """The answer without digits in HTML texts, or after the first line of other texts."""
    text = text_of(entry)
    if text.lstrip()[:1] in {"{", "["}:
        return text
    if text.lstrip()[:1] == "<":
        return re.sub(r"(?<=>)[^<]+", lambda found: re.sub(r"\d", "", found[0]), text)
    head, line, rest = text.partition("\n")
    return head + line + re.sub(r"\d", "", rest)


def deeper(entry: Entry) -> str:
    """The answer wrapped in another element or object."""
    text = text_of(entry)
    return f'{{"data": {text}}}' if text.lstrip()[:1] in {"{", "["} else f"<div>{text}</div>"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


TYPES: dict[str, Callable[[Any], Any]] = {
    "every value null": lambda value: value if isinstance(value, dict | list) else None,
    "numbers as text": lambda value: str(value) if _is_number(value) else value,
    "texts as numbers": lambda value: crc32(value.encode(errors="replace")) if isinstance(value, str) else value,
    "records as lists": lambda value: list(value.values()) if isinstance(value, dict) else value,
    "lists as records": lambda value: dict(enumerate(value)) if isinstance(value, list) else value,
    "values one deeper": lambda value: value if isinstance(value, dict | list) else {"value": value},
}
DAMAGES: dict[str, Change] = {
    **{f"cut at {tenth}0 %": partial(cut, tenth=tenth) for tenth in range(1, 10)},
    **{what: partial(typed, change=change) for what, change in TYPES.items()},
    "nested one deeper": deeper,
    "no numbers in texts": no_numbers,
}
ZONES: dict[str, Change] = {
    "times in UTC": partial(in_zone, offset="Z"),
    "times at +13:00": partial(in_zone, offset="+13:00"),
    "times without offset": partial(in_zone, offset=""),
}


def value_fields(entry: Entry) -> Iterator[str]:
    """Names of JSON fields with plain values; keys with digits are skipped as keys of maps."""
    found: dict[str, None] = {}

    def note(value: Any) -> Any:
        if isinstance(value, dict):
            names = (name for name, part in value.items() if name.isidentifier() and not isinstance(part, dict | list))
            found.update(dict.fromkeys(name for name in names if not re.search(r"\d", name)))
        return value

    typed(entry, note)
    yield from found


def one_field(entry: Entry, name: str, change: Callable[[Any], Any]) -> str | bytes:
    """JSON with one field changed wherever it has a plain value."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict) and name in value and not isinstance(value[name], dict | list):
            return value | {name: change(value[name])}
        return value

    return typed(entry, changed)


def is_of_lines(entry: Entry) -> bool:
    """Whether an answer is neither JSON nor HTML."""
    return entry.body.lstrip()[:1] not in {b"{", b"[", b"<"}
