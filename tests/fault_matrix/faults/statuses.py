"""Every status that is not a page, and 429 and 503 with each form of Retry-After."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import httpx

from aggregator.model import Outcome
from tests.fault_matrix.fault import BLOCKED, BUSY, CHANGED, DOWN, GOOD, Fault, Reply, http_date

WHY = "A status other than 200 says nothing about appointments: every answer stays, with its date."
STATUSES = (
    202, 203, 204, 205, 206, 226, 300, 304, 305, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413,
    414, 415, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 440, 444, 451, 494, 499, 500, 501, 502, 503, 504, 505,
    507, 508, 509, 511, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530, 561, 599, 999,
)  # fmt: skip
WAITED = (403, 404, 429, 500, 503, 529)  # with each form of Retry-After
LONGEST = 6 * 3600.0  # maximum seconds for which a host is left alone
FORMS: dict[str, tuple[Callable[[Reply], str], float]] = {
    "seconds": (lambda reply: "300", 300.0),
    "a few seconds": (lambda reply: "3", 0.0),
    "fraction": (lambda reply: "299.997", 299.9),
    "twice": (lambda reply: "300, 300", 300.0),
    "date": (lambda reply: http_date(reply.now + timedelta(seconds=301)), 300.0),
    "past date": (lambda reply: http_date(reply.now - timedelta(days=1)), 0.0),
    "nonsense": (lambda reply: "soon", 0.0),
    "huge": (lambda reply: "9" * 15, LONGEST),
    "negative": (lambda reply: "-300", 0.0),
    "zero": (lambda reply: "0", 0.0),
}


def _outcomes(status: int) -> frozenset[Outcome]:
    if status == 429:
        return BUSY
    if status in {401, 403}:
        return BLOCKED
    return DOWN if status in {408, 425} or status >= 500 else CHANGED


def _text(status: int) -> str:
    known = {each.value: each.phrase for each in HTTPStatus}
    head = f"{status} {known.get(status, 'Unknown Error')}"
    return f"<html><head><title>{head}</title></head><body><h1>{head}</h1></body></html>"


def _answers(status: int, form: Callable[[Reply], str] | None = None) -> Callable[[Reply], httpx.Response]:
    body = "" if status in {204, 205, 304} else _text(status)
    return lambda reply: reply.page(body, status=status, retry_after=form(reply) if form else None)


def _once(status: int, wait: str | None = None) -> Callable[[Reply], httpx.Response]:
    def respond(reply: Reply) -> httpx.Response:
        return reply.page(_text(status), status=status, retry_after=wait) if reply.attempt == 0 else reply.respond()

    return respond


def _honoured(status: int, wait: float) -> float:
    return wait if status in {429, 503} else 0.0


FAULTS = (
    *(
        Fault(name=f"status {status}", why=WHY, outcomes=_outcomes(status), respond=_answers(status),
              validators="none" if status == 304 else "etag", any_page=True)
        for status in STATUSES
    ),
    *(
        Fault(name=f"status {status}, Retry-After: {name}", why=f"{WHY} The host is left alone for as long as it asks.",
              outcomes=_outcomes(status), respond=_answers(status, form), wait=_honoured(status, wait), any_page=True)
        for status in WAITED
        for name, (form, wait) in FORMS.items()
    ),
    *(
        Fault(name=f"status {status} once", why="A second attempt brings the page, and nobody notices.", outcomes=GOOD,
              respond=_once(status, wait), believed=True, any_page=True)
        for status, wait in ((408, None), (500, None), (502, None), (503, None), (504, None), (520, None), (429, None))
    ),
)  # fmt: skip
