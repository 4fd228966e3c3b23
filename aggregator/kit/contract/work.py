"""Checks what `listing` does while it runs: no I/O, no clock, and not too much work per row.

Work is counted, not timed, so that the verdict does not depend on the machine's load: function calls, and how much text
is parsed as JSON, CSV, or HTML through `Page` or the standard library. `make bench` times the rest. One visit runs
before the watched one, so that loading on first use does not count as I/O of a row.
"""

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from types import FrameType
from typing import Any

from aggregator.adapter import Listing, Page
from aggregator.kit.contract.replay import Subject, Watched

MAX_CALLS = 10_000  # of functions for one row; Python makes some 10 million in a second, a row may take 5 ms
MAX_PARSED = 3  # times the text of a visit, parsed while its rows are read

CLOCK = {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep"}
PARSERS: dict[object, Callable[[dict[str, Any]], str]] = {
    json.loads.__code__: lambda local: local["s"],
    vars(Page)["markup"].func.__code__: lambda local: local["self"].text,
    vars(Page)["csv"].func.__code__: lambda local: local["self"].text,
}
IO = ("open", "socket.", "subprocess.", "os.", "shutil.", "sqlite3.", "urllib.")  # begin the names of audit events


class _Watch:
    """Counts calls and I/O while it is switched on."""

    def __init__(self) -> None:
        self.on = False
        self.calls = self.parsed = 0
        self.heard: dict[str, None] = {}

    def during(self, listing: Callable[[], Listing | None]) -> Listing | None:
        with self._switched_on():
            return listing()

    @contextmanager
    def _switched_on(self) -> Iterator[None]:
        before, callbacks = sys.getprofile(), gc.callbacks[:]
        gc.callbacks.clear()  # a test library may time garbage collection, which would count as the adapter's work
        self.on = True
        sys.setprofile(self._called)
        try:
            yield
        finally:
            sys.setprofile(before)
            gc.callbacks[:] = callbacks
            self.on = False

    def _called(self, frame: FrameType, event: str, function: Any) -> None:
        if event == "call":
            self.calls += 1
            if text_of := PARSERS.get(frame.f_code):
                self.parsed += len(text_of(frame.f_locals))
        elif event == "c_call":
            self.calls += 1
            if _asks_the_clock(function):
                self.heard[f"asks the clock ({function.__qualname__})"] = None

    def audited(self, event: str, details: tuple[Any, ...]) -> None:
        if self.on and event.startswith(IO):
            self.heard[f"does I/O ({event} {', '.join(map(repr, details[:1]))})"] = None


def _asks_the_clock(function: Any) -> bool:
    owner = getattr(function, "__self__", None)
    if isinstance(owner, type) and issubclass(owner, date):
        return function.__name__ in {"now", "today", "utcnow"}
    return function.__module__ == "time" and function.__name__ in CLOCK


@cache
def _listeners() -> list[_Watch]:
    """The current watch; audit hooks cannot be removed, so all watches share one."""
    watches: list[_Watch] = []
    sys.addaudithook(lambda event, details: watches[-1].audited(event, details) if watches else None)
    return watches


def work_faults(subject: Subject) -> Iterator[str]:
    """Faults if `listing` does I/O, reads the clock, or parses the whole page for each row."""
    subject.report()
    watch = _Watch()
    _listeners()[:] = [watch]
    report = Watched(subject.make(), call=watch.during).visit(subject)
    _listeners().clear()
    yield from (f"listing {what}; it may only read the row and the page it is given" for what in watch.heard)
    if watch.calls > MAX_CALLS * max(report.rows, 1):
        yield f"listing makes {watch.calls // report.rows} calls a row; at most {MAX_CALLS}, read once what rows share"
    if watch.parsed > MAX_PARSED * report.received:
        yield f"listing parses {watch.parsed} characters of {report.received} received; parse a page once, in rows_of"
