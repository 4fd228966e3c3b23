"""Computes how old an answer was on arrival, from the headers of caches in between (RFC 9111, 4.2.3).

An answer that did not come from a cache is new, whatever the server's clock says. So `Date` counts only if other
headers show that a cache was involved, and not if the cache reports a miss.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from aggregator.model import Answer
from aggregator.web.status import http_date

MAX_AGE = timedelta(days=365)  # a larger age is an error and counts as this
CLOCK_TOLERANCE = timedelta(minutes=1)  # a usual difference between the clocks of two machines

_NUMBER = re.compile(r"(?<![\d.-])\d{1,12}(?:\.\d+)?")
# X-Cache, X-Cache-Status, X-Cache-Hits, CF-Cache-Status, X-Proxy-Cache, Cache-Status (RFC 9211), …
_CACHE_HEADER = re.compile(r"(?:.+-)?cache(?:-(?:status|hits|lookup|info))?")
_HIT = re.compile(r"hit(?!s?=0)|stale|updating|revalidated|^[\d, ]*[1-9]", re.IGNORECASE)
_MISS = re.compile(r"miss|bypass|dynamic|pass|expired|uncacheable|none|fwd|^[0, ]+$", re.IGNORECASE)
_TRACES = ("age", "via", "x-served-by", "x-varnish")


def as_of(headers: Mapping[str, str], fetched_at: datetime) -> datetime | None:
    """The time as of which an answer with these headers (lower-case names) is true; None if no cache was involved."""
    ages = [timedelta(seconds=min(float(number), MAX_AGE.total_seconds())) for number in _ages(headers)]
    if _is_from_cache(headers) and (made_at := http_date(headers.get("date", ""))):
        since = fetched_at - made_at
        ages += [min(since, MAX_AGE)] if since > CLOCK_TOLERANCE else []
    age = max(ages, default=timedelta())
    return fetched_at - age if age > timedelta() else None


def oldest(answers: Iterable[Answer]) -> datetime | None:
    """The time as of which the oldest of several answers is true; None if no cache was involved in any of them."""
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
