"""Reads the records of one file, however they are packed.

The format is NDJSON: one record per line. Also accepted: records separated by a bare CR, by nothing, or by commas; a
JSON array; indented JSON; one or several Bundles. Unreadable pieces are part of the result, so that nobody takes them
for absent.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from aggregator.adapter.fhir.elements import Record, as_list
from aggregator.adapter.limits import NDJSON, too_deep

MAX_BREAKS = 20  # unreadable places in one text after which reading continues: each costs a pass over the text
_EXCERPT = 200
_DECODER = json.JSONDecoder(strict=False)  # raw tabs inside strings were seen at CVS
_UNREADABLE = "[[["
_BETWEEN = re.compile(r"[\s,\[\]\x1e\ufeff]*")


class Unread(NamedTuple):
    """A piece of a file that is not a record of its kind. `text` is its beginning."""

    text: str
    reason: str


def records_in(text: str, kind: str) -> Iterator[Record | Unread]:
    """Yields each record of `kind`, and an `Unread` for each piece that is not one; nothing for an empty text."""
    reason = f"is not a {kind} with an id"  # One text for all records: a hostile file can have very many.
    for value in _values(text.strip().removeprefix("\ufeff").strip()):
        for one in _unpacked(value):
            if isinstance(one, Unread) or _is_record(one, kind):
                yield one
            else:
                yield Unread(_excerpt(one), reason)


def _values(text: str) -> Iterator[Any]:
    """Yields the JSON values of a text, and an `Unread` for each piece that is not JSON."""
    if not text:
        return
    first, _, rest = text.partition("\n")
    try:
        yield _DECODER.decode(first)
    except (ValueError, RecursionError):  # The file is packed in another way, or is another file altogether.
        yield from _stream(text)
        return
    for line in rest.split("\n"):
        if line and not line.isspace():
            try:
                yield _DECODER.decode(line)
            except (ValueError, RecursionError):
                yield from _stream(line.strip())


def _stream(text: str) -> Iterator[Any]:
    """Yields the values of a text that contains them one after another."""
    at, found, breaks = _after(text, 0), False, 0
    while at < len(text):
        found = True
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield Unread(text[at : at + _EXCERPT], str(error) or type(error).__name__)
            breaks += 1
            at = text.find("\n{", at + 1)
            if at < 0 or breaks > MAX_BREAKS:
                return
        else:
            yield value
        at = _after(text, at)
    if not found or (text.startswith("[") and not text.endswith("]")):
        yield Unread(text[-_EXCERPT:], "the list is not closed")


def _after(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at


def _unpacked(value: Any) -> Iterator[Any]:
    """Yields the values inside a list or a Bundle; otherwise the value itself."""
    if isinstance(value, list) and value:
        if why := too_deep(value, NDJSON):
            yield Unread(_UNREADABLE, why)
            return
        for one in value:
            yield from _unpacked(one)
    elif isinstance(value, dict) and value.get("resourceType") == "Bundle":
        yield from _entries(value)
    else:
        yield value


def entries_of(bundle: Record) -> Iterator[Any]:
    """Yields the resource of each entry, with the id that its URL ends in if it has none; else the entry itself."""
    for entry in as_list(bundle.get("entry")):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            last_part = re.split("[/:]", str(entry.get("fullUrl") or ""))[-1]
            yield {"id": last_part, **resource} if last_part else resource
        else:
            yield entry


def next_link(bundle: Record) -> str:
    """The link to the next page of a Bundle, as found; "" if this is the last page."""
    links = [one for one in as_list(bundle.get("link")) if isinstance(one, dict) and one.get("relation") == "next"]
    return str(links[0].get("url") or "link: next") if links else ""


def _entries(bundle: Record) -> Iterator[Any]:
    yield from entries_of(bundle)
    if link := next_link(bundle):
        yield Unread(link[:_EXCERPT], "the Bundle continues on another page, which was not read")


def _is_record(value: Any, kind: str) -> bool:
    return isinstance(value, dict) and value.get("resourceType") == kind and (kind == "Slot" or bool(_id(value)))


def _excerpt(value: Any) -> str:
    try:
        text = json.dumps(value)
    except (ValueError, RecursionError):
        text = f"a {type(value).__name__} nested too deeply"
    return text[:_EXCERPT]


def _id(record: Record) -> str:
    return str(record.get("id") or "")
