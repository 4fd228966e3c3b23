"""Log lines: one for each visit and one for each cycle, in keys and values, on standard error.

A reader may rely on: on a terminal a line reads well, anywhere else it is one line of JSON, also where a library
speaks. It holds no secret: names, counts, times, the message that the status page shows as well, and URLs without
their queries and credentials.
"""

import logging
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from aggregator.model import Fault, Outcome, Report
from aggregator.redact import redacted

NEEDS_A_PERSON = (Outcome.BLOCKED, Outcome.CHANGED)  # BUSY and DOWN pass by themselves
HANDLER = "aggregator"
MOST_LEFT_OUT = 20  # lines in one cycle

lines: FilteringBoundLogger = structlog.get_logger()


def configure(*, quiet: bool) -> None:
    """How lines are written from now on; `quiet` keeps warnings and errors only."""
    for_people = sys.stderr.isatty()
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if for_people else "iso", utc=not for_people),
        structlog.processors.format_exc_info,
        _redacted,
    ]
    renderer: Processor = structlog.processors.JSONRenderer()
    if for_people:  # repr: a source's text must not move the cursor; no locals in tracebacks: they may be secret
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
    _take_in_libraries(shared, renderer)


def visited(report: Report) -> None:
    """The line of a visit; a warning where somebody has to look."""
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
    """A line for each thing that a release lacks because it failed, up to MOST_LEFT_OUT of them."""
    for fault in faults[:MOST_LEFT_OUT]:
        lines.warning("left_out", stage=str(fault.stage), id=fault.id, reason=fault.reason)


def _redacted(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Every text of a line, also a traceback, without the keys in its URLs."""
    return {key: redacted(value) if isinstance(value, str) else value for key, value in event.items()}


def _take_in_libraries(shared: list[Processor], renderer: Processor) -> None:
    """Their warnings and errors become lines of the same kind."""
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
