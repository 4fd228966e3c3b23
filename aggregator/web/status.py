"""What the status of an answer means, and how long it asks us to stay away."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aggregator.errors import PageError, Refused, Throttled, Unreachable, VisitError, WaitingRoom
from aggregator.model import Answer
from aggregator.web.block_pages import verdict
from aggregator.web.pace import MAX_ASKED

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_HEADER = 1000
_DATE = re.compile(
    r"(?:(?<![A-Za-z])[A-Za-z]++,?\s++)?\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4}\s+[\d:]{5,8}"
    r"(?:\s*(?:[A-Z]{1,5}\b|[+-]\d{4}))?"
    r"|(?<![A-Za-z])[A-Za-z]++\s+[A-Za-z]{3}\s+\d{1,2}\s+[\d:]{5,8}\s+\d{4}"
)
_SECONDS = re.compile(r"(?:^|(?<=,))\s*(\d+(?:\.\d*)?)\s*(?=,|$)")


def worth_retrying(status: int) -> bool:
    """Statuses that a moment's patience may cure; every other one is final."""
    return status in {408, 425, 429} or status >= 500


def problem(answer: Answer, now: datetime) -> VisitError | None:
    """Why an answer is no page, by its status; None for 200. `now` is what a Retry-After date counts from."""
    status, url, wait = answer.status, answer.url, retry_after(answer.headers, now)
    if status == 200:
        return None
    found = verdict(answer)
    if isinstance(found, WaitingRoom):
        return found
    if status == 429:
        return Throttled(f"{url} answers 429: asked too often; it is asked more slowly from now on", retry_after=wait)
    if isinstance(found, Refused):
        return found
    if status in {404, 410}:
        return PageError(f"{url} answers {status}: check the url in the region file")
    if worth_retrying(status):
        return Unreachable(f"{url} answers {status}; the next visit looks again", retry_after=wait)
    return found or PageError(f"{url} answers {status}, which is no page; look at it in a browser")


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, at most MAX_ASKED; None where it asks for nothing.

    RFC 9110, 10.2.3 has whole seconds or a date. Also read: a fraction, and several values (a header that was sent
    twice), of which the longest counts.
    """
    value = headers.get("retry-after", "")[:_LONGEST_HEADER]
    dates = [date for found in _DATE.findall(value) if (date := http_date(found))]
    waits = [(date - now).total_seconds() for date in dates]
    waits += [float(number) for number in _SECONDS.findall(_DATE.sub(",", value))]
    return min(max(0.0, *waits), MAX_ASKED) if waits else None


def http_date(text: str) -> datetime | None:
    """The time of a header such as Date (RFC 9110, 5.6.7), also with another offset than GMT; None for no date."""
    try:
        found = parsedate_to_datetime(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
