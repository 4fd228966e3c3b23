"""The error tree, grouped by who must act.

    AggregatorError
      ConfigError            the operator: a region file or an argument is wrong
      FetchError             nobody: no usable answer came, the next visit tries again
        Unreachable          DOWN     timeouts, refused connections, 5xx after the retries
        Throttled            BUSY     429 after the retries
          LeftAlone          BUSY     not requested, because the host is left alone for now
        WaitingRoom          BUSY     the site has a waiting room
        RequestsUsedUp       DOWN     the visit may send no more requests; OK if it has read something before
        Refused              BLOCKED  401, 403, captcha, robots.txt, a forbidden redirect
      PageError     CHANGED  the adapter's author: an answer came but is not the page the adapter knows
      RecordError            nobody: one row could not be read; it is counted, and the others go on
      AdapterError  CHANGED  the adapter's author: its file cannot be imported, so its sources cannot be visited
      StoreError             the operator: the database cannot be used
        DamagedRow           the operator: one row of it cannot be read
      PublishError           the operator: a release cannot be written; the last one is still served

Every message names the thing, the value seen, and, after its last semicolon, the next step. Messages are published and
logged, so every error redacts the URLs in its message (`redacted`) as soon as it is created.
"""

import re
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from aggregator.redact import printable, redacted

TRACEBACK = "AGGREGATOR_TRACEBACK"
MESSAGE_LENGTH = 300  # characters of an error's own text
_NEXT_STEP = re.compile(r"; [^;]*[^;\s'\"…]$")  # a semicolon inside a quoted value is followed by a quote


class AggregatorError(Exception):
    """Base class of every error that is raised on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(redacted(message))


class ConfigError(AggregatorError):
    """A region file or a command-line argument is wrong.

    `choices` are listed below the message without redaction, so that operators can recognize their own URLs.
    """

    def __init__(self, message: str, choices: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.args = ("\n  ".join([*self.args, *map(printable, choices)]),)


class VisitError(AggregatorError):
    """A visit to a source did not get the page it requested.

    `outcome`: name of the `aggregator.model.Outcome` that the visit then has. `retry_after`: seconds for which the host
    asked us to stay away, or None. `wait_minutes`: the waiting room's own estimate, in whole minutes, or None.
    """

    outcome: ClassVar[str] = "DOWN"
    next_step: ClassVar[str] = ""  # appended to messages that give none

    def __init__(self, message: str, *, retry_after: float | None = None, wait_minutes: int | None = None) -> None:
        if self.next_step and not _NEXT_STEP.search(message):
            message = f"{message.rstrip('.')}; {self.next_step}"
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
    """The host is left alone for now, so nothing was requested. `retry_after`: seconds until that ends."""


class WaitingRoom(FetchError):
    """The site has a waiting room right now; we never wait in it."""

    outcome = "BUSY"


class RequestsUsedUp(FetchError):
    """The visit has sent as many requests as its source allows (`pace.most_requests`)."""


class Refused(FetchError):
    """The host, its robots.txt, or our own guard forbids the request."""

    outcome = "BLOCKED"


class PageError(VisitError):
    """An answer came, but it is not the page the adapter knows.

    `answer`: the answer, or None if the error is not about one page (`aggregator.adapter.Page.error` sets it).
    """

    outcome = "CHANGED"
    answer: Any = None
    next_step = "look at it in a browser, and correct the adapter if it has changed"


class AdapterError(VisitError):
    """The file of an adapter cannot be imported, or does not define the adapter."""

    outcome = "CHANGED"


class RecordError(AggregatorError):
    """One row could not be read. `field` and `value` say which part, `reason` why."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(f"{field}: {reason} (seen: {excerpt(value)})")
        self.field = field
        self.value = excerpt(value)
        self.reason = redacted(reason)


class StoreError(AggregatorError):
    """The database cannot be used."""


class DamagedRow(StoreError):
    """One row of the database cannot be read; the others can."""

    def __init__(self, table: str, row: object, error: Exception) -> None:
        super().__init__(
            f"table {table}, row {excerpt(row)}: cannot be read ({described(error)}); correct or delete this row, "
            "or restore a backup of the database"
        )


class PublishError(AggregatorError):
    """A release cannot be written; the last one is still served."""


def described(error: BaseException) -> str:
    """One redacted line about any error: the message of an AggregatorError, else the type, message, and code line."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # the error's own `__str__` may raise
        text = ""
    text = redacted(text if len(text) <= MESSAGE_LENGTH else f"{text[: MESSAGE_LENGTH - 1]}…")
    if isinstance(error, AggregatorError):
        return text
    frame = next(reversed(traceback.extract_tb(error.__traceback__)), None)
    where = f" ({'/'.join(Path(frame.filename).parts[-2:])}, line {frame.lineno})" if frame else ""
    return f"{type(error).__name__}{': ' if text else ''}{text}{where}"


def advised(error: BaseException) -> str:
    """One line about the error that ended a command, with the next step."""
    if isinstance(error, AggregatorError):
        return str(error)
    if isinstance(error, OSError):
        return f"{described(error)}; check the disk, the memory, and the file permissions"
    return (
        f"unexpected {described(error)}; this is a bug in the program, please report it with this line. "
        f"{TRACEBACK}=1 in the environment prints the traceback as well"
    )


def excerpt(value: object, limit: int = 80) -> str:
    """`repr` of an outside value for a message or log line, redacted and cut to `limit` characters."""
    try:
        written = repr(value[: limit * 2] if isinstance(value, str | bytes) else value)
    except RecursionError:
        written = f"a {type(value).__name__} nested too deeply to show"
    text = redacted(written[: limit * 4])
    return text if len(text) <= limit else text[: limit - 1] + "…"
