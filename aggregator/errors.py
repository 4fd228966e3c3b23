"""The error tree, cut by who must act.

    AggregatorError
      ConfigError            the operator: a region file or an argument is wrong
      FetchError             nobody, wait: no usable answer came
        Unreachable          DOWN     timeouts, refused connections, 5xx after the retries
        Throttled            BUSY     429 after the retries
          LeftAlone          BUSY     not requested, because the host is left alone for now
        WaitingRoom          BUSY     the site holds people in a line
        Refused              BLOCKED  401, 403, captcha, robots.txt, a forbidden redirect
      PageError              CHANGED  the adapter's author: an answer came but is not the page the adapter knows
      RecordError            nobody, counted: one row could not be read, the others go on
      StoreError             the operator: the database cannot be used
      PublishError           the operator: a release cannot be written; the last one stays served

Every message names the thing, the value seen and the next step. Messages are published and logged, so each one loses
the queries and credentials of the URLs in it (`redacted`) as soon as its error is made.
"""

from collections.abc import Iterable
from typing import ClassVar

from aggregator.redact import printable, redacted


class AggregatorError(Exception):
    """Root of everything raised on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(redacted(message))


class ConfigError(AggregatorError):
    """A region file or a command-line argument is wrong.

    `choices` are listed below the message as they are, so that a person can pick one of their own URLs.
    """

    def __init__(self, message: str, choices: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.args = ("\n  ".join([*self.args, *map(printable, choices)]),)


class VisitError(AggregatorError):
    """A visit to a source did not bring the page that was asked for.

    `outcome` is the name of the `aggregator.model.Outcome` that the visit then has;
    `retry_after` is how long the host asked us to stay away, in seconds, if it said so;
    `wait_minutes` how long a waiting room says that people wait, in whole minutes, if it says so.
    """

    outcome: ClassVar[str] = "DOWN"

    def __init__(self, message: str, *, retry_after: float | None = None, wait_minutes: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.wait_minutes = wait_minutes


class FetchError(VisitError):
    """No usable answer came."""


class Unreachable(FetchError):
    """Timeouts, refused connections, 5xx after the retries."""


class Throttled(FetchError):
    """429 after the retries: the host asks us to slow down."""

    outcome = "BUSY"


class LeftAlone(Throttled):
    """We leave the host alone for a while: nothing was requested. `retry_after` says for how long yet."""


class WaitingRoom(FetchError):
    """The site holds people in a line; we never wait in it."""

    outcome = "BUSY"


class Refused(FetchError):
    """The host, its robots.txt or our own guard says no."""

    outcome = "BLOCKED"


class PageError(VisitError):
    """An answer came, but it is not the page the adapter knows."""

    outcome = "CHANGED"


class RecordError(AggregatorError):
    """One row could not be read: `field` and `value` say which part."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(f"{field}: {reason} (seen: {excerpt(value)})")
        self.field = field
        self.value = excerpt(value)
        self.reason = redacted(reason)


class StoreError(AggregatorError):
    """The database cannot be used."""


class PublishError(AggregatorError):
    """A release cannot be written; the last one stays served."""


def excerpt(value: object, limit: int = 80) -> str:
    """`repr` of a value from outside, redacted and cut to `limit` characters: fit for a message or a log line."""
    text = redacted(repr(value[: limit * 2] if isinstance(value, str | bytes) else value)[: limit * 4])
    return text if len(text) <= limit else text[: limit - 1] + "…"
