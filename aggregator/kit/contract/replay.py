"""Replays a visit from a recording, intact or damaged, through the code that polls."""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, cast

from msgspec.structs import replace

from aggregator.adapter import Adapter, Listing, Page, Row
from aggregator.config import Source
from aggregator.har import Content, Entry, Pair, RecordedResponse, Recording
from aggregator.kit.cases.visits import replay
from aggregator.model import Available, Report

Change = Callable[[Entry], str | bytes]  # another body for an answer


@dataclass(frozen=True)
class Subject:
    """The input of a check: a source, the class of its adapter (a new one for each visit), and a recording.

    `kept`: what the source's earlier visits kept.
    """

    source: Source
    make: Callable[[], Adapter]
    recording: Recording
    kept: Mapping[str, str] = field(default_factory=dict)

    def report(self) -> Report:
        """Replays the visit."""
        return replayed(self.source, self.make(), self.recording, self.kept)

    @cached_property
    def undamaged(self) -> Report:
        """The report of one visit, kept for the checks that compare others with it."""
        return self.report()

    def damaged(self, change: Change) -> Report:
        """The report of a visit to the changed answers; `undamaged` if `change` leaves every answer as it is."""
        spoilt_recording = spoilt(self.recording, change)
        if spoilt_recording.entries == self.recording.entries:
            return self.undamaged
        return replayed(self.source, self.make(), spoilt_recording, self.kept)


def replayed(
    source: Source, adapter: Adapter, recording: Recording, kept: Mapping[str, str] = MappingProxyType({})
) -> Report:
    """Makes one visit from the recording, with an empty cache and at the recording's time."""
    return replay(source, type(recording)(recording.entries), adapter, kept).report


def spoilt(recording: Recording, change: Change) -> Recording:
    """The recording with other bodies."""

    def changed(entry: Entry) -> Entry:
        body = change(entry)
        raw = body.encode() if isinstance(body, str) else body
        return entry if raw == entry.body else replace(entry, response=replace(entry.response, content=_content(raw)))

    return Recording(tuple(changed(entry) for entry in recording.entries))


def _content(raw: bytes) -> Content:
    try:
        return Content(text=raw.decode())
    except UnicodeDecodeError:
        return Content(text=base64.b64encode(raw).decode(), encoding="base64")


class SaysOnly(Recording):
    """A recording that answers every request with the same body, including requests it lacks."""

    @classmethod
    def instead_of(cls, recording: Recording, body: str, kind: str = "text/html") -> "SaysOnly":
        said = RecordedResponse(status=200, content=Content(text=body), headers=(Pair("content-type", kind),))
        return cls((replace(recording.entries[0], response=said),))

    def find(self, request: object) -> Entry:
        return self.entries[0]


class Watched:
    """An adapter wrapped to change its rows before they are read, and to call `listing` through a function.

    Its requests do not change, because a recording could not answer others.
    """

    def __init__(
        self,
        adapter: Adapter,
        *,
        rows: Callable[[Iterable[Any]], Iterable[Any]] = lambda rows: rows,
        call: Callable[[Callable[[], Listing | None]], Listing | None] = lambda listing: listing(),
    ) -> None:
        self._adapter, self._rows, self._call = adapter, rows, call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def rows_of(self, page: Page) -> Iterable[Any]:
        return self._rows(self._adapter.rows_of(page))

    def listing(self, row: Row) -> Listing | None:
        return self._call(lambda: self._adapter.listing(row))

    def visit(self, subject: Subject) -> Report:
        """Replays the visit of `subject` with this adapter."""
        return replayed(subject.source, cast(Adapter, self), subject.recording, subject.kept)


def said(report: Report) -> dict[str, Available]:
    """Location key -> the availability in a report, without locations that have none."""
    return {r.location.key: r.availability.available for r in report.readings if r.availability}
