"""Size limits for each kind of page, and the checks before and after parsing.

No page beyond its limits is parsed, so a hostile page costs its visit at most what `Limit` allows, and costs other
sources nothing. A rejected page is CHANGED, so its last good answer stays. `max_bytes` of a source limits what is
received; these limits apply to what is parsed.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

MIB = 1024 * 1024
NEXT_STEP = "open it in a browser; if it is correct, raise the limit in aggregator/adapter/limits.py"


class Limit(NamedTuple):
    """The limits of one kind of page.

    `size`: characters (a body has at least as many bytes). `rows`: counted before parsing; `what` names what is
    counted. `depth`: nesting of elements, lists, or objects. `width`: of one row; `across` names what is counted. 0
    means that a limit does not apply. `aggregator.visit.reading_time` states how long the worst page within the limits
    takes.
    """

    kind: str
    size: int
    rows: int
    what: str
    depth: int = 0
    width: int = 0
    across: str = ""


# The comments state the largest size, rows, depth, and width that we have recorded.
HTML = Limit(
    "a page of HTML",
    8 * MIB,  # 0.07 MB
    200_000,  # 1,217
    "tags",
    3_000,  # 20; the parser's time grows with the square of the depth: 0.1 s for 3,000, 1 s for 20,000
    1_000,  # 8; the parser's time grows with the square of their number
    "attributes in one tag",
)
JSON = Limit(
    "an answer in JSON",
    64 * MIB,  # 1.2 MB; a file of all places in the country may have 60 MB
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
MAX_CELLS = 2_500_000  # cells of a CSV, whose rows are padded to the width of its header; largest recorded: 18,000
LIMITS = (HTML, JSON, NDJSON, CSV, ICS)


def too_long(text: str, limit: Limit) -> str:
    """The reason not to parse a text, as words that follow its address; "" if it is within the limits of its kind."""
    if len(text) > limit.size:
        return over(limit, len(text), "characters", limit.size)
    rows = _rows(text, limit)
    return over(limit, rows, limit.what, limit.rows) if rows > limit.rows else ""


def over(limit: Limit, seen: int, what: str, most: int) -> str:
    """The words of an error about a limit: what was seen, and what is allowed."""
    return f"has {seen:,} {what}; {limit.kind} may have at most {most:,}: {NEXT_STEP}"


def too_deep(value: Any, limit: Limit = JSON) -> str:
    """As `too_long`, for parsed JSON: the reason to reject it for its nesting depth.

    Values that are nested too deeply may not even be comparable.
    """
    level, depth = [value] if isinstance(value, dict | list) else [], 0
    while level:
        depth += 1
        if depth > limit.depth:
            return nested_too_deep(limit)
        inside: Iterable[Any] = chain.from_iterable(one.values() if isinstance(one, dict) else one for one in level)
        level = [one for one in inside if isinstance(one, dict | list)]
    return ""


def nested_too_deep(limit: Limit) -> str:
    """The words of an error about JSON that is nested too deeply."""
    return f"nests lists or objects deeper than {limit.depth} levels, the limit of {limit.kind}: {NEXT_STEP}"


def _rows(text: str, limit: Limit) -> int:
    if limit is HTML:
        return text.count("<")
    if limit is ICS:
        return text.count("BEGIN:")
    if limit is CSV:
        return text.count("\n") + text.count("\r")
    return text.count(",") + text.count("{") + text.count("[")
