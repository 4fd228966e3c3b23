"""Writes log lines to standard error: one for each visit and one for each cycle, as keys and values.

On a terminal a line is formatted for people; anywhere else it is one line of JSON, including the lines of libraries.
Lines hold no secrets: only names, counts, times, the messages of the public status page, and redacted URLs.
"""

import logging
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from aggregator.model import Fault, Outcome, Report
from aggregator.redact import redacted

NEEDS_A_PERSON = (Outcome.BLOCKED, Outcome.CHANGED)  # BUSY and DOWN end by themselves
HANDLER = "aggregator"
MOST_LEFT_OUT = 20  # lines in one cycle

lines: FilteringBoundLogger = structlog.get_logger()


def configure(*, quiet: bool) -> None:
    """Sets up logging; `quiet` keeps only warnings and errors."""
    for_people = sys.stderr.isatty()
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if for_people else "iso", utc=not for_people),
        structlog.processors.format_exc_info,
        _redacted,
    ]
    renderer: Processor = structlog.processors.JSONRenderer()
    if (
        for_people
    ):  # `repr`: a source's text must not move the cursor. Plain tracebacks: local variables may hold secrets.
        renderer = structlog.dev.ConsoleRenderer(
            pad_event_to=0,
            pad_level=False,
            sort_keys=False,
            repr_native_str=True,
            exception_formatter=structlog.dev.plain_traceback,
        )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if quiet else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    _route_library_logs(shared, renderer)


def visited(report: Report) -> None:
    """Writes the line of a visit, as a warning if a person has to look at it."""
    facts: dict[str, object] = {
        "source": report.source,
        "outcome": str(report.outcome),
        "locations": len(report.readings),
        "requests": report.requests,
        "received_bytes": report.received,
        "took_seconds": round(report.took, 3),
    }
    if report.unread:
        facts["rows_unread"] = report.unread
    if report.wait_minutes:
        facts["wait_minutes"] = report.wait_minutes
    if report.next_after and report.outcome.is_good:
        facts["max_age_seconds"] = report.next_after
    if report.message:
        facts["message"] = report.message
    if report.unsaved:
        facts["unsaved"] = report.unsaved
    needs_a_person = report.outcome in NEEDS_A_PERSON or report.unsaved
    lines.log(logging.WARNING if needs_a_person else logging.INFO, "visit", **facts)


def left_out(faults: Sequence[Fault]) -> None:
    """Writes a line for each item that failed and was left out of a release, at most MOST_LEFT_OUT."""
    for fault in faults[:MOST_LEFT_OUT]:
        lines.warning("left_out", stage=str(fault.stage), id=fault.id, reason=fault.reason)


def _redacted(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Redacts the URLs in every text of a line, including tracebacks."""
    return {key: redacted(value) if isinstance(value, str) else value for key, value in event.items()}


def _route_library_logs(shared: list[Processor], renderer: Processor) -> None:
    """Formats the warnings and errors of libraries like our own lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name(HANDLER)
    handler.setLevel(logging.WARNING)
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove_meta, renderer])
    )
    root = logging.getLogger()
    for old in [old for old in root.handlers if old.name == HANDLER]:
        root.removeHandler(old)
    root.addHandler(handler)
