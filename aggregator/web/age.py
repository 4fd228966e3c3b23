"""How old an answer was when it came: what a cache between its server and us says about it (RFC 9111, 4.2.3).

A server without a cache has just made its answer, whatever its clock says. So `Date` counts only for an answer that
shows signs of a cache, and not where the cache says that it had to ask the server.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from aggregator.model import Answer
from aggregator.web.status import http_date

MAX_AGE = timedelta(days=365)  # what states more is out of order; it counts as this
CLOCK_TOLERANCE = timedelta(minutes=1)  # clocks of two machines differ by this much without anybody noticing

_NUMBER = re.compile(r"(?<![\d.-])\d{1,12}(?:\.\d+)?")
# X-Cache, X-Cache-Status, X-Cache-Hits, CF-Cache-Status, X-Proxy-Cache, Cache-Status (RFC 9211), …
_CACHE_HEADER = re.compile(r"(?:.+-)?cache(?:-(?:status|hits|lookup|info))?")
_HIT = re.compile(r"hit(?!s?=0)|stale|updating|revalidated|^[\d, ]*[1-9]", re.IGNORECASE)
_MISS = re.compile(r"miss|bypass|dynamic|pass|expired|uncacheable|none|fwd|^[0, ]+$", re.IGNORECASE)
_TRACES = ("age", "via", "x-served-by", "x-varnish")


def as_of(headers: Mapping[str, str], fetched_at: datetime) -> datetime | None:
    """The instant that an answer with these headers (names in lower case) is true for; None if it was made for us."""
    ages = [timedelta(seconds=min(float(number), MAX_AGE.total_seconds())) for number in _ages(headers)]
    if _is_from_cache(headers) and (made_at := http_date(headers.get("date", ""))):
        since = fetched_at - made_at
        ages += [min(since, MAX_AGE)] if since > CLOCK_TOLERANCE else []
    age = max(ages, default=timedelta())
    return fetched_at - age if age > timedelta() else None


def oldest(answers: Iterable[Answer]) -> datetime | None:
    """The instant that the oldest of several answers is true for; None if all were made for us."""
    return min((answer.as_of for answer in answers if answer.as_of), default=None)


def _ages(headers: Mapping[str, str]) -> list[str]:
    return _NUMBER.findall(headers.get("age", "")[:200])


def _is_from_cache(headers: Mapping[str, str]) -> bool:
    stated = [value for name, value in headers.items() if _CACHE_HEADER.fullmatch(name)]
    if len(headers.get("x-varnish", "").split()) > 1 or any(_HIT.search(value) for value in stated):
        return True
    if any(_MISS.search(value) for value in stated):
        return False
    return bool(stated) or any(name in headers for name in _TRACES)
