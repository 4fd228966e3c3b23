"""Estimates how long parsing an answer may take at worst, by its kind and size.

An answer cannot look faster than it is: calendars are recognized by the adapter that reads them, and no other kind
takes much longer than it looks. `benchmarks/bench_hostile.py` measures the figures.
"""

from aggregator.charset import decode_body, is_html
from aggregator.model import Answer

HEAD = 1000  # bytes that show the kind of an answer
# Seconds of CPU per megabyte, at worst, on a small machine: the parser, and a single row as large as the answer. A
# calendar may take 0.1 s for 14 kB of recurrence rules, and little more for the rest.
WORST = {"html": 0.5, "calendar": 7.5, "json": 0.3, "text": 0.4}
LINE = 2.5e-6  # seconds per line, which may be a record


def reading_time(answer: Answer, calendar: bool = False) -> float:
    """Seconds of CPU to parse an answer at worst. `calendar`: it is read as one, whatever it looks like."""
    kind = "calendar" if calendar else _kind(answer)
    return len(answer.body) / 1_000_000 * WORST[kind] + answer.body.count(b"\n") * LINE


def kept_reading_time(size: int) -> float:
    """Seconds of CPU to parse what a source keeps between visits at worst; `size` in characters."""
    return size / 1_000_000 * WORST["json"]


def _kind(answer: Answer) -> str:
    content_type = answer.headers.get("content-type", "")
    head = decode_body(answer.body[:HEAD], content_type).lstrip()
    if is_html(head, content_type):
        return "html"
    return "json" if head.startswith(("{", "[")) else "text"
