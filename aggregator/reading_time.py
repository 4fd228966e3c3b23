"""How long reading an answer may take at worst, by its kind and size."""

from aggregator.charset import decode_body, is_html
from aggregator.model import Answer

HEAD = 1000  # bytes that tell what an answer is
# seconds of computing for a megabyte, at worst, on a small machine
WORST = {"html": 0.5, "calendar": 2.0, "json": 0.3, "text": 0.3}


def reading_time(answer: Answer) -> float:
    """Seconds."""
    return len(answer.body) / 1_000_000 * WORST[_kind(answer)]


def _kind(answer: Answer) -> str:
    content_type = answer.headers.get("content-type", "")
    head = decode_body(answer.body[:HEAD], content_type).lstrip()
    if "calendar" in content_type or head.startswith("BEGIN:VCALENDAR"):
        return "calendar"
    if is_html(head, content_type):
        return "html"
    return "json" if head.startswith(("{", "[")) else "text"
