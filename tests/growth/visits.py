"""Recorded visits made hostile: one value of a response made long, or a list in a response repeated many times.

Every part of a response is found automatically, whatever its kind, so a new adapter is tested with the recording that
it has anyway.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import count
from typing import Any, NamedTuple, cast

from aggregator.adapter import Fetch, Page, Row, SourceInfo
from aggregator.errors import Unreachable
from aggregator.har.document import Entry
from aggregator.kit.contract import Subject
from aggregator.kit.contract.damages import text_of
from aggregator.kit.contract.replay import Watched, spoilt

PUMPS = (" ", "a, 1st - b (c) | d; e: 2/3 & f=g <b>h</b> 2021-05-20 9:00 am\n")
MOST_VALUES = 40  # of one answer
ENTRY = 200  # characters of an entry, if its beginning is unknown
MOST_REQUESTS = 12  # of a visit
_ID = re.compile(r"id$|^id|key|code|number|slug|name", re.IGNORECASE)
_counted = count()
_NUMBER = re.compile(r"\d+")
_OF_MARKUP = re.compile(
    r"(<[a-z][^<>]{0,200}>)([^<>]*[^<>\s][^<>]*)(?=<)|(\s[a-z-]{1,40}=)\"([^\"<>]+)\"", re.IGNORECASE
)
_OF_LINES = re.compile(r"(?:^|(?<=[\n,:;=]))[^\n,:;=\"]+", re.MULTILINE)

Path = tuple[str | int, ...]
Grown = Callable[[str], str]
Repeated = Callable[[int], str]


class Value(NamedTuple):
    """A value in a response. `name` tells where it is; `grown` returns the response with another text in its place."""

    entry: Entry
    name: str
    grown: Grown


class Rows(NamedTuple):
    """A list in a response. `repeated` returns the response with about that many entries."""

    entry: Entry
    name: str
    repeated: Repeated


class FewRequests:
    """A `Fetch` that makes a few requests and then finds nothing more: the waiting of real visits uses no CPU."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch, self._left = fetch, MOST_REQUESTS

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fetch, name)

    async def __call__(self, url: str, **how: Any) -> Page:
        if page := await self._asked(self._fetch, url, how):
            return page
        raise Unreachable(f"{url} is one address too many; the visit ends")

    async def try_fetch(self, url: str, **how: Any) -> Page | None:
        return await self._asked(self._fetch.try_fetch, url, how)

    async def _asked(self, ask: Any, url: str, how: dict[str, Any]) -> Page | None:
        self._left -= 1
        return await ask(url, **how) if self._left >= 0 else None


class Reading(Watched):
    """An adapter that makes few requests and whose listings are discarded: cleaning is measured elsewhere."""

    def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        return self._adapter.pages(source, cast(Fetch, FewRequests(fetch)))

    def listing(self, row: Row) -> None:
        self._adapter.listing(row)


def visit(subject: Subject, entry: Entry, text: str) -> Callable[[], object]:
    """A visit in which one response has another text."""
    body = text.encode(errors="replace")
    recording = spoilt(subject.recording, lambda one: body if one is entry else one.body)
    return lambda: Reading(subject.make()).visit(replace(subject, recording=recording))


def values_of(subject: Subject) -> Iterator[Value]:
    """The values in a visit's responses, each kind of value once."""
    seen: set[str] = set()
    for number, entry in enumerate(subject.recording.entries):
        for name, grown in _values(text_of(entry)):
            if name not in seen and len(seen) < MOST_VALUES * (number + 1):
                seen.add(name)
                yield Value(entry, name, grown)


def rows_of(subject: Subject) -> Iterator[Rows]:
    """The lists in a visit's responses, each kind once; for HTML and lines, the whole response is one list."""
    seen: set[str] = set()
    for entry in subject.recording.entries:
        for name, repeated in _lists(text_of(entry)):
            if name not in seen:
                seen.add(name)
                yield Rows(entry, name, repeated)


def _lists(text: str) -> Iterator[tuple[str, Repeated]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        head, body, tail = _parts(text)
        yield "all", lambda entries: head + body * max(1, entries * ENTRY // max(1, len(body))) + tail
        return
    yield from _lists_of(document)


def _lists_of(document: Any) -> Iterator[tuple[str, Repeated]]:
    for path, value in _places(document):
        if isinstance(value, list) and value:

            def repeated(entries: int, path: Path = path, one: Any = value[0]) -> str:
                return json.dumps(_with(document, path, [_numbered(one) for _ in range(entries)]))

            yield _named(path), repeated
        elif isinstance(value, str) and value.startswith(("[", "{")):  # JSON inside a JSON string
            for name, inner in _lists(value):

                def in_text(entries: int, path: Path = path, inner: Repeated = inner) -> str:
                    return json.dumps(_with(document, path, inner(entries)))

                yield f"{_named(path)}.{name}", in_text


def _places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every part of a document and its path; for a list, only its first entry."""
    yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _places(part, (*path, key))


def _parts(text: str) -> tuple[str, str, str]:
    """The text before the rows, the rows, and the text after them."""
    if not text.lstrip().startswith("<"):
        head, line_break, body = text.partition("\n")
        return (head + line_break, body, "") if body else ("", text, "")
    begin = re.search(r"<body[^>]*>", text, re.IGNORECASE)
    first = begin.end() if begin else 0
    last = text.rfind("</body")
    return (text[:first], text[first:last], text[last:]) if last >= first else (text[:first], text[first:], "")


def _numbered(one: Any) -> Any:
    """An entry of a list with new names and ids: no cache knows them, and no two are equal."""
    if isinstance(one, dict):
        named = (key for key, value in one.items() if isinstance(value, dict) or _names(key))
        return one | {key: _numbered(one[key]) for key in named}
    if isinstance(one, list) or (isinstance(one, str) and one.startswith(("[", "{"))):
        return one
    return f"{one}{next(_counted)}"


@cache
def _names(key: str) -> bool:
    return bool(_ID.search(key))


def _named(path: Path) -> str:
    return ".".join("0" if isinstance(key, int) else _NUMBER.sub("0", key) for key in path)


def _values(text: str) -> Iterator[tuple[str, Grown]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        yield from _values_of_text(text)
        return
    for path in _paths(document):
        yield _named(path), lambda long, path=path: json.dumps(_with(document, path, long))  # type: ignore[misc]


def _values_of_text(text: str) -> Iterator[tuple[str, Grown]]:
    markup = text.lstrip().startswith("<")
    for found in (_OF_MARKUP if markup else _OF_LINES).finditer(text):
        group = 0 if not markup else 2 if found[2] else 4
        before = text[max(0, found.start(group) - 40) : found.start(group)]
        name = _NUMBER.sub("0", (found[1] or found[3] or "") if markup else before.rpartition("\n")[2])
        start, end = found.span(group)
        yield name, lambda long, start=start, end=end: text[:start] + long + text[end:]  # type: ignore[misc]


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of plain values in a document; for a list, in its first two entries."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _paths(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value[:2]):
            yield from _paths(part, (*path, number))
    else:
        yield path


def _with(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy
