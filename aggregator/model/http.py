"""Requests to booking systems and their answers, as adapters and the web client see them."""

from collections.abc import Mapping
from datetime import datetime

from aggregator.model.enums import Struct


class Request(Struct, frozen=True, kw_only=True):
    """One request as an adapter makes it.

    `form` or `json` makes it a POST; `tokens` are headers (`Fetch.send_token`). `matrix`: parameters that end the path
    of the URL. `headers`, `answers`, and `guest_session` are those that its adapter declares.
    """

    url: str
    matrix: tuple[tuple[str, str], ...] = ()
    params: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    json: object = None
    tokens: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    answers: tuple[int, ...] = ()
    guest_session: bool = False

    @property
    def method(self) -> str:
        return "POST" if self.form or self.json is not None else "GET"


class Answer(Struct, frozen=True, kw_only=True):
    """One answer of a booking system.

    `body` is decoded (unzipped); header names are in lower case. `fetched_at` is when we sent the request. `as_of` is
    the instant for which an answer from a cache is true; None if the answer was made for us. `length_known` is False if
    only the end of the connection marks its end, so that it may be cut off. Recorded answers count as complete.
    """

    url: str  # after redirects
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    as_of: datetime | None = None
    length_known: bool = True
