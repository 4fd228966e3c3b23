"""`Fault`: one way in which a response goes wrong, and what a resident may see then. `Reply`: the good response."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Literal, NamedTuple

import httpx

from aggregator.charset import decode_body, is_html
from aggregator.model import Outcome

Kind = Literal["html", "json", "lines", "packed"]
Turn = Literal["gone", "NO", "UNKNOWN", "fewer"]
Response = httpx.Response | Awaitable[httpx.Response]
Headers = Mapping[str, str | None]  # `_` in names stands for `-`; None leaves a header out
NO_HEADERS: Headers = {}

GOOD = frozenset(outcome for outcome in Outcome if outcome.is_good)
BUSY, BLOCKED = frozenset({Outcome.BUSY}), frozenset({Outcome.BLOCKED})
CHANGED, DOWN = frozenset({Outcome.CHANGED}), frozenset({Outcome.DOWN})


class Reply(NamedTuple):
    """The good response to `request`. `attempt`: how often the faulty visit has already requested it."""

    request: httpx.Request
    status: int
    content_type: str
    location: str
    body: bytes
    etag: str
    now: datetime
    attempt: int = 0

    @property
    def text(self) -> str:
        return decode_body(self.body, self.content_type)

    @property
    def kind(self) -> Kind:
        """How an adapter reads it: `lines` are CSV, calendars, and NDJSON; `packed` is a compressed file."""
        if self.body.startswith(b"\x1f\x8b"):
            return "packed"
        text = self.text.lstrip("\ufeff \t\r\n")
        if is_html(text, self.content_type):
            return "html"
        return "json" if text[:1] in {"{", "["} and not _is_ndjson(text) else "lines"

    def respond(
        self,
        body: bytes | str | None = None,
        *,
        status: int | None = None,
        stream: httpx.AsyncByteStream | None = None,
        version: bytes = b"HTTP/1.1",
        headers: Headers = NO_HEADERS,
        **more: str | None,
    ) -> httpx.Response:
        """The good response with changes. `more` are additional headers."""
        raw = self.body if body is None else body.encode() if isinstance(body, str) else body
        named: dict[str, str | None] = {"content-type": self.content_type, "etag": self.etag, "location": self.location}
        if stream is None and version != b"HTTP/1.0":
            named["content-length"] = str(len(raw))
        named |= {name.replace("_", "-"): value for name, value in (*headers.items(), *more.items())}
        pairs = [(name.encode(), value.encode()) for name, value in named.items() if value]
        return httpx.Response(
            self.status if status is None else status,
            headers=pairs,
            stream=stream or httpx.ByteStream(raw),
            extensions={"http_version": version},
        )

    def page(
        self, body: str, *, status: int = 200, headers: Headers = NO_HEADERS, **more: str | None
    ) -> httpx.Response:
        """Another HTML page in its place, without the marks that identify the good one."""
        usual = {"content_type": "text/html; charset=utf-8", "etag": None, "location": None}
        return self.respond(body, status=status, headers={**usual, **headers, **more})


def _is_ndjson(text: str) -> bool:
    first, _, rest = text.partition("\n")
    return first.rstrip().endswith("}") and rest.lstrip()[:1] == "{"


def anything(reply: Reply) -> bool:
    return True


def is_page(reply: Reply) -> bool:
    """Whether there is content to damage, rather than a redirect."""
    return reply.status == 200 and bool(reply.body)


def of_kind(*kinds: Kind) -> Callable[[Reply], bool]:
    return lambda reply: is_page(reply) and reply.kind in kinds


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`respond` returns the faulty response, or raises what httpx raises. `why`: what is right for a resident, and why.

    `outcomes`: the correct outcomes of the visit. `applies`: whether a good response has anything to damage.
    `believed`: the response is read, so its contents may get the date of the visit; otherwise nothing may. `turns`:
    what a place on it may become. `absence`: what the response lacks counts as NO, which is right for at most half of
    the places. `mixed`: it lists other places, which cannot be distinguished from our own if the visit's other
    responses are good. `age`: seconds since the response was true. `wait`: seconds for which the host must be left
    alone. `lasts`: seconds for which its contents may be remembered. `robots`: the fault affects robots.txt;
    `earlier_copy`: yesterday's copy is cached. `any_page`: the fault is the same for every page, so one visit of each
    adapter is enough. `validators`: what the host offers for conditional requests when it works.
    """

    name: str
    why: str
    outcomes: frozenset[Outcome]
    respond: Callable[[Reply], Response]
    applies: Callable[[Reply], bool] = anything
    believed: bool = False
    turns: frozenset[Turn] = frozenset()
    absence: bool = False
    mixed: bool = False
    age: float = 0.0
    wait: float = 0.0
    lasts: float = 0.0
    robots: bool = False
    earlier_copy: bool = False
    validators: Literal["etag", "date", "none"] = "etag"
    any_page: bool = False


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
