"""Scores candidates for the rows of a page by how much they look like places or appointments.

A sample is one printable line of at most SAMPLE characters, whatever the page contains.
"""

import re
from collections.abc import Iterable, Mapping
from math import log2
from typing import Literal, TypeAlias

import msgspec

from aggregator.clean import clean

Kind: TypeAlias = Literal["html", "json", "table", "csv"]  # a table is a JSON list of lists, the first one a header

SAMPLE = 60  # characters
LONGEST_ROWS = 80  # characters of `rows`, which is a line of an adapter
MANY = 64  # rows beyond which a longer list is no likelier

# topics by the words of a key, a class, or a label
_KEYS = {
    "name": re.compile(r"name|title|clinic|facility|venue|site\b|store|headline|provider"),
    "address": re.compile(r"addr|street|\bline_?1"),
    "city": re.compile(r"city|town|municip|commune|locality"),
    "state": re.compile(r"^state|state$|region|province"),
    "zip": re.compile(r"zip|post_?(?:al)?_?code"),
    "phone": re.compile(r"phone|\btel"),
    "position": re.compile(r"^lat|latitude|^lng|^lon|longitude|coord|position"),
    "link": re.compile(r"ur[li]|link|href|website"),
    "answer": re.compile(r"avail|appoint|slot|open|capacity|remain|spots|count|motive|schedul"),
    "when": re.compile(r"date|time|start|hours|\bday|when"),
    "product": re.compile(r"vaccin|drug|product|brand|manufact|dose|cvx"),
}
# topics by the look of a text
_TEXTS = {
    "zip": re.compile(r"\b[A-Z]{2},? +\d{5}\b"),
    "address": re.compile(r"\b\d+ [A-Z]\w.{0,60} (?:St|Street|Ave|Avenue|Rd|Road|Blvd|Way|Dr|Drive|Ln|Lane|Hwy)\b"),
    "phone": re.compile(r"\(?\b\d{3}\)?[ .-]{1,2}\d{3}[.-]\d{4}\b"),
    "when": re.compile(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b20\d\d-\d\d-\d\d|\b\d{1,2}:\d\d ?[ap]m\b", re.IGNORECASE),
    "answer": re.compile(r"appointment|available|slots?\b|fully booked|sign up", re.IGNORECASE),
    "product": re.compile(r"vaccin|pfizer|moderna|novavax", re.IGNORECASE),
}


class RowsFound(msgspec.Struct, frozen=True):
    """A candidate. `rows` is what an adapter's `rows` would be: a CSS selector, or a dotted path ("" = the top).

    A `*` in a path stands for every value there: a dict by id, or a list around the list. `fields`: path within the
    row (selector or dotted keys) -> a sample of its text; of "a[href]" it is the address. `optional`: paths that some
    rows lack. `score`: higher is likelier. Neither `rows` nor a path holds a quote or a backslash.
    """

    kind: Kind
    rows: str
    count: int
    fields: dict[str, str]
    score: float
    optional: frozenset[str] = frozenset()


def rows_found(kind: Kind, rows: str, count: int, fields: Mapping[str, str], optional: Iterable[str] = ()) -> RowsFound:
    """A candidate with its score: a point for each topic of its fields, and up to three for the number of rows."""
    score = len(topics_in(fields.items())) + log2(min(count, MANY)) / 2 if count else 0.0
    usable = {path: text for path, text in fields.items() if can_be_quoted(path)}
    return RowsFound(kind, rows, count, usable, round(score, 2), frozenset(optional))


def can_be_quoted(text: str) -> bool:
    """Whether a string literal can contain the text without escapes."""
    return text.isprintable() and not {'"', "\\"} & {*text}


def topics_in(fields: Iterable[tuple[str, str]]) -> set[str]:
    """Topics (parts of a place or an appointment) that keys and their texts mention."""
    seen: set[str] = set()
    for path, text in fields:
        key = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", path).lower()
        seen |= {kind for kind, pattern in _KEYS.items() if any(pattern.search(part) for part in key.split("."))}
        seen |= {kind for kind, pattern in _TEXTS.items() if pattern.search(text)}
    return seen


def sample(value: object) -> str:
    """A value as one short line."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return clean(str(value), SAMPLE)


def samples(fields: Mapping[str, str], most: int) -> str:
    """The most informative fields, formatted for people."""
    shown = sorted(fields.items(), key=lambda field: not (field[1] and topics_in([field])))[:most]
    left = len(fields) - len(shown)
    return ", ".join(f"{sample(path)} = {text!r}" for path, text in shown) + (f" and {left} more" if left > 0 else "")
