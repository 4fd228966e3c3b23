"""What goes to and comes from a booking system."""

from collections.abc import Mapping
from datetime import datetime

from aggregator.model.enums import Struct


class Request(Struct, frozen=True, kw_only=True):
    """One request as an adapter asks for it.

    `form` or `json` make it a POST; `tokens` are headers (`Fetch.send_token`).
    """

    url: str
    params: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    json: object = None
    tokens: tuple[tuple[str, str], ...] = ()

    @property
    def method(self) -> str:
        return "POST" if self.form or self.json is not None else "GET"


class Answer(Struct, frozen=True, kw_only=True):
    """One answer of a booking system: decoded `body`, header names in lower case, `fetched_at` when it was asked.

    `as_of`: the instant it is true for if it came from a cache, None if it was made for us. `length_known` False: only
    the end of the connection says where it ends, so it may be cut off. Recorded answers count as whole.
    """

    url: str  # after redirects
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    as_of: datetime | None = None
    length_known: bool = True
