"""Interprets the status and the Retry-After header of an answer."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aggregator.errors import PageError, Refused, Throttled, Unreachable, VisitError, WaitingRoom
from aggregator.model import Answer
from aggregator.web.block_pages import verdict
from aggregator.web.pace import MAX_RETRY_AFTER

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_HEADER = 1000
_DATE = re.compile(
    r"(?:(?<![A-Za-z])[A-Za-z]++,?\s++)?\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4}\s+[\d:]{5,8}"
    r"(?:\s*(?:[A-Z]{1,5}\b|[+-]\d{4}))?"
    r"|(?<![A-Za-z])[A-Za-z]++\s+[A-Za-z]{3}\s+\d{1,2}\s+[\d:]{5,8}\s+\d{4}"
)
_SECONDS = re.compile(r"(?:^|(?<=,))\s*(\d+(?:\.\d*)?)\s*(?=,|$)")


def worth_retrying(status: int) -> bool:
    """Whether a retry may help after this status; every other status is final."""
    return status in {408, 425, 429} or status >= 500


def problem(answer: Answer, now: datetime, accepted: Collection[int] = ()) -> VisitError | None:
    """The error for an answer's status; None for 200. `now`: the reference for a Retry-After date.

    `accepted`: further statuses that are answers to the adapter, unless the page is a waiting room or blocks us.
    """
    status, url, wait = answer.status, answer.url, retry_after(answer.headers, now)
    if status == 200:
        return None
    found = verdict(answer)
    if isinstance(found, WaitingRoom):
        return found
    if status == 429:
        return Throttled(f"{url} answers 429: too many requests; we now send fewer", retry_after=wait)
    if isinstance(found, Refused):
        return found
    if status in accepted:
        return None
    if status in {404, 410}:
        return PageError(f"{url} answers {status}: check the url in the region file")
    if worth_retrying(status):
        return Unreachable(f"{url} answers {status}; the next visit tries again", retry_after=wait)
    return found or PageError(f"{url} answers {status}, which is not a page; open it in a browser")


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds of a Retry-After header, at most MAX_RETRY_AFTER; None without a valid header.

    RFC 9110, 10.2.3 allows whole seconds or a date. Fractions are read, too, and of several values (a header sent
    twice) the longest counts.
    """
    value = headers.get("retry-after", "")[:_LONGEST_HEADER]
    dates = [date for found in _DATE.findall(value) if (date := http_date(found))]
    waits = [(date - now).total_seconds() for date in dates]
    waits += [float(number) for number in _SECONDS.findall(_DATE.sub(",", value))]
    return min(max(0.0, *waits), MAX_RETRY_AFTER) if waits else None


def http_date(text: str) -> datetime | None:
    """Parses a header such as Date (RFC 9110, 5.6.7), also with an offset other than GMT; None if it is not a date."""
    try:
        found = parsedate_to_datetime(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
