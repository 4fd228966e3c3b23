"""How much of each kind of page a parser is given: one table, and the checks before and after parsing.

A reader may rely on: no page beyond its limits is parsed, so that a hostile page costs its visit at most what `Limit`
says, and healthy sources nothing. A page that is refused is CHANGED, so its last good answer stays. `max_bytes` of a
source bounds what is received; these limits bound what is read of it.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

MIB = 1024 * 1024
NEXT_STEP = "look at it in a browser; if it is right, raise the limit in aggregator/adapter/limits.py"


class Limit(NamedTuple):
    """The most that a page of a kind may have.

    `size`: characters, of which a body has at most as many as bytes. `rows`: what is counted before parsing, as `what`
    names it. `depth`: how deep elements, lists, or objects stand in one another. `width`: of one row, as `across` names
    it. 0: it does not apply. How long the worst page within them takes is in `aggregator.visit.reading_time`.
    """

    kind: str
    size: int
    rows: int
    what: str
    depth: int = 0
    width: int = 0
    across: str = ""


# The largest that we have recorded is in the comment: size, rows, depth, and width.
HTML = Limit(
    "a page of HTML",
    8 * MIB,  # 0.07 MB
    200_000,  # 1,217
    "tags",
    3_000,  # 20; the parser's time grows with the square of the depth: 0.1 s for this one, a second for 20,000
    1_000,  # 8; and with the square of their number
    "attributes in one tag",
)
JSON = Limit(
    "an answer in JSON",
    64 * MIB,  # 1.2 MB; a file of all places of the country may have 60 MB
    5_000_000,  # 47,000; each takes up to 100 bytes of memory
    "values",
    100,  # 11
)
NDJSON = Limit(
    "a file of FHIR records",
    64 * MIB,  # 0.04 MB
    5_000_000,
    "values",
    100,  # 7
)
CSV = Limit(
    "a CSV",
    32 * MIB,  # 0.26 MB
    100_000,  # 1,084; as many rows as a visit may have
    "lines",
    0,
    500,  # 17
    "columns",
)
ICS = Limit(
    "a calendar",
    8 * MIB,  # 0.12 MB
    50_000,  # 500
    "components",
)
MAX_CELLS = 2_500_000  # of a CSV, whose rows are filled up to the width of its header; 18,000
LIMITS = (HTML, JSON, NDJSON, CSV, ICS)


def too_long(text: str, limit: Limit) -> str:
    """Why a text is not parsed, as words that follow its address; "" if it is within the limits of its kind."""
    if len(text) > limit.size:
        return over(limit, len(text), "characters", limit.size)
    rows = _rows(text, limit)
    return over(limit, rows, limit.what, limit.rows) if rows > limit.rows else ""


def over(limit: Limit, seen: int, what: str, most: int) -> str:
    """Words for an error about something beyond its limit."""
    return f"has {seen:,} {what}; {limit.kind} may have {most:,}: {NEXT_STEP}"


def too_deep(value: Any, limit: Limit = JSON) -> str:
    """As `too_long`, for parsed JSON that stands too deep in itself; what is in it may not even be comparable then."""
    level, depth = [value] if isinstance(value, dict | list) else [], 0
    while level:
        depth += 1
        if depth > limit.depth:
            return nested_too_deep(limit)
        inside: Iterable[Any] = chain.from_iterable(one.values() if isinstance(one, dict) else one for one in level)
        level = [one for one in inside if isinstance(one, dict | list)]
    return ""


def nested_too_deep(limit: Limit) -> str:
    """Words for JSON beyond its depth, which is not measured to its end."""
    return f"has lists or objects more than {limit.depth} inside one another, the most in {limit.kind}: {NEXT_STEP}"


def _rows(text: str, limit: Limit) -> int:
    if limit is HTML:
        return text.count("<")
    if limit is ICS:
        return text.count("BEGIN:")
    if limit is CSV:
        return text.count("\n") + text.count("\r")
    return text.count(",") + text.count("{") + text.count("[")
