"""Good responses with other contents: fewer rows, no counts, other dates, another region."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.fault_matrix.fault import CHANGED, DOWN, GOOD, Fault, Reply, is_page, of_kind

LESS = (
    "A list that suddenly lacks more than half of what it had is doubted: nothing is taken away the first time. A loss "
    "of at most half is believed, because clinics do fill up."
)
ZERO = "A page that states that nothing is left, in numbers, is believed at once; a stated no is an answer."
PAST = "A slot in the past is not available; a list of nothing but past slots is doubted as an empty one is."
OTHER = (
    "Another region's answer says nothing about our places, and its places are not ours: what was known is kept, and "
    "nothing of it is shown the first time. Where other answers of the visit are good, at most half is believed."
)
BROKEN = "A row that cannot be read is a problem, not an answer: its place keeps the one it had."
_COUNT = re.compile(
    r"avail|count|open|left|remain|free|slots?$|spots|capacity|qty|number_of|total|doses", re.IGNORECASE
)
_COUNTED = re.compile(
    r"(?P<before>(?:appointments?|slots|openings|spots)(?:\s*(?:available|left|remaining))?\s*:?\s*(?:</[a-z]+>)?\s*:?\s*)\d+"
    r"|\b\d+(?P<after>\s+(?:appointments?|slots|openings|spots|available|left|remaining))\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b20(?=[12]\d(?:-\d\d-\d\d|\d{4}T|\d{4}\b))|(?<=/)20(?=[12]\d\b)|(?<=, )20(?=[12]\d\b)")
_HOUSE = re.compile(r"\b(\d+)(?= [A-Z][a-z]+ (?:St|Street|Rd|Road|Ave|Avenue|Dr|Drive|Ln|Lane|Blvd)\b)")
_DATE = re.compile(r"[\d\s:/.,+-]*(?:[A-Za-z]{1,9}[\d\s:/.,+-]*){0,3}")
_EVENT = re.compile(r"BEGIN:VEVENT.*?END:VEVENT\r?\n", re.DOTALL)


def _data(reply: Reply) -> Any:
    try:
        return json.loads(reply.text)
    except (ValueError, RecursionError):
        return None


def _lists(value: Any) -> Iterator[list[Any]]:
    """Every list in a JSON document."""
    if isinstance(value, list):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _lists(part)


def _fewer(reply: Reply, keep: Callable[[int], int]) -> str | None:
    """The response with only its first rows; None if rows cannot be recognized."""
    if not is_page(reply):
        return None
    if reply.kind == "html":
        return _fewer_elements(reply.text, keep)
    if reply.kind == "json":
        data = _data(reply)
        longest = max(_lists(data), key=len, default=[])
        if len(longest) < 2 or not isinstance(longest[0], dict | list):
            return None
        del longest[keep(len(longest)) :]
        return json.dumps(data)
    text = reply.text
    if events := _EVENT.findall(text):
        for event in events[keep(len(events)) :]:
            text = text.replace(event, "", 1)
        return text if len(events) > 1 else None
    lines = text.splitlines(keepends=True)
    head = 0 if text.lstrip().startswith("{") else 1
    return "".join(lines[: head + keep(len(lines) - head)]) if len(lines) > head + 1 else None


def _fewer_elements(text: str, keep: Callable[[int], int]) -> str | None:
    """The page with fewer of those siblings of one class that contain most of its text."""
    tree = LexborHTMLParser(text)
    groups: dict[tuple[int, str | None, str], list[LexborNode]] = {}
    for node in tree.css("[class]"):
        if node.parent and node.tag != "a":
            groups.setdefault((node.parent.mem_id, node.tag, node.attributes["class"] or ""), []).append(node)
    rows = max((group for group in groups.values() if len(group) > 1), key=_text_of, default=[])
    for row in rows[keep(len(rows)) :]:
        row.decompose()
    return tree.html if rows else None


def _text_of(nodes: list[LexborNode]) -> int:
    return sum(len(node.text()) for node in nodes)


def _mapped(value: Any, change: Callable[[str, Any], Any], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _mapped(part, change, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_mapped(part, change, key) for part in value]
    return change(key, value)


def _json(change: Callable[[str, Any], Any]) -> Callable[[Reply], str | None]:
    def changed(reply: Reply) -> str | None:
        data = _data(reply) if is_page(reply) and reply.kind == "json" else None
        new = _mapped(data, change)
        return None if new == data else json.dumps(new)

    return changed


def _counts(new: Any) -> Callable[[Reply], str | None]:
    def changed(key: str, value: Any) -> Any:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return new if whole and value > 0 and _COUNT.search(key) else value

    def in_text(reply: Reply) -> str | None:
        if not of_kind("html")(reply):
            return _json(changed)(reply)
        text = _COUNTED.sub(lambda found: f"{found['before'] or ''}{new}{found['after'] or ''}", reply.text)
        return None if text == reply.text else text

    return in_text


def _in_1921(reply: Reply) -> str | None:
    """The response with other dates, but not within JSON strings: that would rename places."""
    if not is_page(reply):
        return None

    def changed(key: str, value: Any) -> Any:
        return _YEAR.sub("19", value) if isinstance(value, str) and _DATE.fullmatch(value) else value

    if reply.kind == "json":
        return _json(changed)(reply)
    text = _YEAR.sub("19", reply.text)
    return None if text == reply.text else text


def _elsewhere(reply: Reply) -> str | None:
    """Changes every name, id, and address, as if the host mixed up two regions."""
    if not is_page(reply):
        return None
    if reply.kind != "json":
        text = _HOUSE.sub(r"9\1", reply.text)
        return None if text == reply.text else text

    def changed(key: str, value: Any) -> Any:
        name = re.search(r"id$|key$|number|name|title|street|address|zip|postal", key, re.IGNORECASE)
        if name and isinstance(value, str) and re.fullmatch(r"[\w .,'#&-]{1,80}", value):
            return re.sub(r"\d", "9", value) if value.isdecimal() else f"{value} elsewhere"
        if re.search(r"id$|number", key, re.IGNORECASE) and isinstance(value, int) and not isinstance(value, bool):
            return value + 900_000
        return value

    return _json(changed)(reply)


def _quoted(key: str, value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _contents(name: str, change: Callable[[Reply], str | None], **given: Any) -> Fault:
    def respond(reply: Reply) -> httpx.Response:
        kind = f"{reply.content_type.partition(';')[0]}; charset=utf-8" if reply.content_type else ""
        return reply.respond(change(reply) or "", content_type=kind, etag=f'"{name}"')

    return Fault(name=name, respond=respond, applies=lambda reply: change(reply) is not None, believed=True, **given)


FAULTS = (
    _contents("more than half of the rows gone", lambda r: _fewer(r, lambda n: (n - 1) // 2), why=LESS,
              outcomes=GOOD | CHANGED | DOWN, turns=frozenset({"gone", "NO", "fewer", "UNKNOWN"}), absence=True),
    _contents("one row gone", lambda r: _fewer(r, lambda n: n - 1), why=LESS, outcomes=GOOD | CHANGED | DOWN,
              turns=frozenset({"gone", "NO", "fewer", "UNKNOWN"}), absence=True),
    _contents("all counts zero", _counts(0), why=ZERO, outcomes=GOOD | CHANGED | DOWN,
              turns=frozenset({"NO", "fewer", "UNKNOWN", "gone"})),
    _contents("counts below zero", _counts(-5), why=f"{BROKEN} Where it is known to mean overbooked, there are none.",
              outcomes=GOOD | CHANGED | DOWN, turns=frozenset({"UNKNOWN", "fewer", "NO"})),
    _contents("counts in words", _counts("many"), why=BROKEN, outcomes=GOOD | CHANGED | DOWN,
              turns=frozenset({"UNKNOWN", "fewer", "gone"})),
    _contents("all dates in 1921", _in_1921, why=PAST, outcomes=GOOD | CHANGED | DOWN,
              turns=frozenset({"NO", "UNKNOWN", "fewer", "gone"})),
    _contents("every value null", _json(lambda key, value: None), why=BROKEN, outcomes=CHANGED | DOWN | GOOD,
              turns=frozenset({"UNKNOWN", "gone", "fewer"})),
    _contents("numbers as text", _json(_quoted), why="A number in quotes is the same number.", outcomes=GOOD | CHANGED,
              turns=frozenset({"UNKNOWN"})),
    _contents("another region's answer", _elsewhere, why=OTHER, outcomes=GOOD | CHANGED | DOWN, mixed=True,
              absence=True),
)  # fmt: skip
