"""The contract every adapter is held to, for `tests/test_contract.py` and for authors of adapters.

A visit is replayed from a recording, whole or spoilt, through the very code that polls; the checks return what is
wrong as sentences, none if all is well. Nothing here knows a booking system.
"""

import ast
import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from msgspec.structs import replace

from aggregator.adapter import Adapter, Page
from aggregator.collect import collect
from aggregator.cycle import RecordedClock
from aggregator.model import Available, Outcome, Reading, Report
from aggregator.region import Source
from aggregator.web.client import Client, Hosts
from aggregator.web.har import Content, Entry, Recording, ReplayTransport, Response
from aggregator.web.validators import MemoryAnswers

WAITING_ROOM = "<html><head><title>Virtual Waiting Room</title></head><body><p>You are now in line.</p></body></html>"
CAPTCHA = "<html><head><title>Attention Required!</title></head><body>Please complete the captcha.</body></html>"
OUT_OF_ORDER = "<html><head><title>Application Error</title></head><body><h1>Application Error</h1></body></html>"
STRANGE = "<html><head><title>Welcome</title></head><body><p>Something quite different.</p></body></html>"
EMPTY = ""

# what an adapter may import besides `aggregator.adapter`: nothing that reads files, the network or the clock
PURE = {
    "base64", "calendar", "collections", "csv", "dataclasses", "datetime", "difflib", "email", "enum", "functools",
    "hashlib", "html", "io", "itertools", "json", "math", "operator", "re", "string", "typing", "unicodedata", "urllib",
    "zlib", "zoneinfo",
}  # fmt: skip


def replayed(source: Source, adapter: Adapter, recording: Recording) -> Report:
    """One visit, answered from the recording as if for the first time; "now" is the recording's."""
    recording = type(recording)(recording.entries)
    clock = RecordedClock(recording.now)

    async def visit() -> Report:
        hosts = Hosts("contract", clock, MemoryAnswers(), False, ReplayTransport(recording), replay=True)
        return await collect(source, adapter, Client(source, hosts), clock)

    return asyncio.run(visit())


def spoilt(recording: Recording, change: Callable[[Entry], str | bytes]) -> Recording:
    """The same recording with other bodies."""

    def changed(entry: Entry) -> Entry:
        body = change(entry)
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        return replace(entry, response=replace(entry.response, content=Content(text=text)))

    return Recording(tuple(changed(entry) for entry in recording.entries))


class SaysOnly(Recording):
    """A host that answers whatever it is asked with one body, also what the recording it stands for does not hold."""

    @classmethod
    def instead_of(cls, recording: Recording, body: str) -> "SaysOnly":
        return cls((replace(recording.entries[0], response=Response(status=200, content=Content(text=body))),))

    def find(self, request: object) -> Entry:
        return self.entries[0]


def name_faults(adapter: type[Adapter], file: Path) -> Iterator[str]:
    """File, class and `name` say the same: `one_two.py`, `class OneTwo`, name "one_two"."""
    expected = "".join(part.capitalize() for part in file.stem.split("_"))
    if adapter.name != file.stem:
        yield f"{file.name}: class {adapter.__name__} has name {adapter.name!r}; rename one of them"
    if adapter.__name__.lower() != expected.lower():
        yield f"{file.name}: class {adapter.__name__} should be {expected}"
    if not adapter.title:
        yield f"{file.name}: has no title, as people know the system"


def header_faults(file: Path) -> Iterator[str]:
    """The docstring says what the system is, what it fills in and what it cannot."""
    header = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").lower()
    for words in ("fills in", "cannot"):
        if words not in header:
            yield f"{file.name}: its header does not say what it {words} (in these words)"


def import_faults(file: Path) -> Iterator[str]:
    """An adapter reads rows; nothing it imports can reach the network, the disk or the clock."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name != "aggregator.adapter" and (name.partition(".")[0] not in PURE or name == "urllib.request"):
                yield f"{file.name}:{getattr(node, 'lineno', 0)}: imports {name}; an adapter does no I/O"
        if isinstance(node, ast.Call) and re.search(r"\b(?:now|today|utcnow)$", ast.unparse(node.func)):
            yield f"{file.name}:{node.lineno}: {ast.unparse(node)} asks the clock; use fetch.today in pages()"


def said(report: Report) -> dict[str, Available]:
    """What a report says of each location it says anything of, by key."""
    return {r.location.key: r.availability.available for r in report.readings if r.availability}


def not_a_page_faults(source: Source, make: Callable[[], Adapter], recording: Recording) -> Iterator[str]:
    """A waiting room, a captcha, an error page, a strange page and an empty body are never an answer."""
    kinds = (
        ("a waiting room", WAITING_ROOM, {Outcome.BUSY}),
        ("a captcha", CAPTCHA, {Outcome.BLOCKED}),
        ("an error page", OUT_OF_ORDER, {Outcome.DOWN}),
        ("a strange page", STRANGE, {Outcome.CHANGED}),
        ("an empty body", EMPTY, {Outcome.CHANGED}),
    )
    for what, body, expected in kinds:
        report = replayed(source, make(), SaysOnly.instead_of(recording, body))
        if report.outcome not in expected or report.whole or report.readings:
            yield f"{what} gives {report.outcome} with {len(report.readings)} locations: {report.message}"


def order_faults(source: Source, make: Callable[[], Adapter], recording: Recording) -> Iterator[str]:
    """Rows in another order say the same; fewer rows give fewer locations, never others."""
    whole = replayed(source, make(), recording)
    backwards = replayed(source, _read_as(make(), lambda rows: reversed(list(rows))), recording)
    if said(backwards) != said(whole):
        yield "the same rows in another order say something else"
    half = replayed(source, _read_as(make(), lambda rows: list(rows)[::2]), recording)
    if not {r.location.key for r in half.readings} <= {r.location.key for r in whole.readings}:
        yield "fewer rows give other locations"


class _ReadAs:
    """An adapter whose rows are read otherwise; what it asks for stays, or a recording could not answer it."""

    def __init__(self, adapter: Adapter, change: Callable[[Iterable[Any]], Iterable[Any]]) -> None:
        self._adapter, self._change = adapter, change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def rows_of(self, page: Page) -> Iterable[Any]:
        return self._change(self._adapter.rows_of(page))


def _read_as(adapter: Adapter, change: Callable[[Iterable[Any]], Iterable[Any]]) -> Adapter:
    return cast(Adapter, _ReadAs(adapter, change))


def identity_faults(source: Source, make: Callable[[], Adapter], recording: Recording) -> Iterator[str]:
    """Two visits to the same pages give the same locations; every location has one key."""
    first, second = (replayed(source, make(), recording) for _ in range(2))
    if [r.location for r in first.readings] != [r.location for r in second.readings]:
        yield "two visits to the same pages give different locations"


def bound_faults(report: Report) -> Iterator[str]:
    """Every value is within what the model and the page can carry."""
    for reading in report.readings:
        yield from _location_faults(reading)
        for slot in reading.availability.slots if reading.availability else ():
            if slot.start.tzinfo is None or (slot.end and (slot.end.tzinfo is None or slot.end < slot.start)):
                yield f"{reading.location.name}: a slot from {slot.start} to {slot.end}"
            if slot.count is not None and not 0 <= slot.count <= 1_000_000:
                yield f"{reading.location.name}: {slot.count} appointments"


def _location_faults(reading: Reading) -> Iterator[str]:
    place = reading.location
    if not place.name or len(place.name) > 200 or place.name != " ".join(place.name.split()):
        yield f"name {place.name!r}"
    for url in (place.info_url, place.booking_url):
        if url and not url.startswith(("http://", "https://")):
            yield f"{place.name}: link {url!r}"
    if place.position and not (-90 <= place.position.latitude <= 90 and -180 <= place.position.longitude <= 180):
        yield f"{place.name}: position {place.position}"


def damage_faults(source: Source, make: Callable[[], Adapter], recording: Recording) -> Iterator[str]:
    """Its own answers cut short, emptied of values or nested deeper: fewer answers, never wrong ones.

    A location may be lost or become UNKNOWN. That it turns from YES to NO or from NO to YES without a problem that the
    undamaged answers did not have is a fault, and so is a whole visit that lists nothing.
    """
    undamaged = replayed(source, make(), recording)
    truth = said(undamaged)
    for what, change in DAMAGES.items():
        report = replayed(source, make(), spoilt(recording, change))
        answers = said(report)
        if report.whole and report.outcome is Outcome.EMPTY and truth and not report.rows:
            yield f"{what}: a whole visit that lists nothing"
        for key in answers.keys() & truth.keys():
            wrong = {answers[key], truth[key]} == {Available.YES, Available.NO}
            words = {*report.problems, report.message} - {*undamaged.problems, undamaged.message, ""}
            if wrong and not words:
                yield f"{what}: {key} turns from {truth[key]} to {answers[key]} without a word"


def _cut(tenth: int) -> Callable[[Entry], bytes]:
    return lambda entry: entry.body[: len(entry.body) * tenth // 10]


def _nulls(entry: Entry) -> str:
    return re.sub(r':\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)', ": null", entry.body.decode("utf-8", "replace"))


def _deeper(entry: Entry) -> str:
    text = entry.body.decode("utf-8", "replace")
    return f'{{"data": {text}}}' if text.lstrip()[:1] in {"{", "["} else f"<div>{text}</div>"


def _texts(entry: Entry) -> str:
    return re.sub(r":\s*(-?\d[\d.]*)(?=[,}\]\s])", r': "x\1"', entry.body.decode("utf-8", "replace"))


DAMAGES: dict[str, Callable[[Entry], str | bytes]] = {
    **{f"cut at {tenth}0 %": _cut(tenth) for tenth in range(1, 10)},
    "values null": _nulls,
    "numbers as text": _texts,
    "nested one deeper": _deeper,
}
