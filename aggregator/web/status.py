"""What the status of an answer means, and how long it asks us to stay away."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aggregator.errors import PageError, Refused, Throttled, Unreachable, VisitError, WaitingRoom
from aggregator.model import Answer
from aggregator.web.recognise import verdict

REDIRECTS = frozenset({301, 302, 303, 307, 308})


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
    """Seconds that a Retry-After header (RFC 9110, 10.2.3: seconds or a date) asks for; None where it says nothing."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())
