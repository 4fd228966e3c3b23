"""How long reading an answer may take at worst, by its kind and size.

A reader may rely on: an answer cannot seem quicker than it is, because a calendar is known by who reads it, and nothing
else takes much longer than what it looks like. `benchmarks/bench_hostile.py` measures the figures.
"""

from aggregator.charset import decode_body, is_html
from aggregator.model import Answer

HEAD = 1000  # bytes that tell what an answer is
# Seconds of computing for a megabyte, at worst, on a small machine: its parser and a row that is all of it. A calendar
# may take a tenth of a second to follow 14 kB of rules, and not much more for what comes after them.
WORST = {"html": 0.5, "calendar": 7.5, "json": 0.3, "text": 0.4}
LINE = 2.5e-6  # seconds for a line, which may be a record


def reading_time(answer: Answer, calendar: bool = False) -> float:
    """Seconds. `calendar`: it is read as one, whatever it looks like."""
    kind = "calendar" if calendar else _kind(answer)
    return len(answer.body) / 1_000_000 * WORST[kind] + answer.body.count(b"\n") * LINE


def _kind(answer: Answer) -> str:
    content_type = answer.headers.get("content-type", "")
    head = decode_body(answer.body[:HEAD], content_type).lstrip()
    if is_html(head, content_type):
        return "html"
    return "json" if head.startswith(("{", "[")) else "text"
