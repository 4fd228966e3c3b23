"""`Fault`: one way in which one answer goes wrong, and what a resident may then see. `Reply`: the good answer."""

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
    """The good answer to `request`. `attempt`: how often the faulty visit has asked for it before, from 0."""

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
        """What an adapter reads off it: `lines` are CSV, calendars, and NDJSON; `packed` is a compressed file."""
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
        """The good answer with changes. `more` are headers too."""
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
        """Another page of HTML in its place, without what identifies the good one."""
        usual = {"content_type": "text/html; charset=utf-8", "etag": None, "location": None}
        return self.respond(body, status=status, headers={**usual, **headers, **more})


def _is_ndjson(text: str) -> bool:
    first, _, rest = text.partition("\n")
    return first.rstrip().endswith("}") and rest.lstrip()[:1] == "{"


def anything(reply: Reply) -> bool:
    return True


def is_page(reply: Reply) -> bool:
    """Whether there is content to damage: not a redirect."""
    return reply.status == 200 and bool(reply.body)


def of_kind(*kinds: Kind) -> Callable[[Reply], bool]:
    return lambda reply: is_page(reply) and reply.kind in kinds


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`respond` gives the faulty answer, or raises what httpx raises. `why`: what is right for a resident, and why.

    `outcomes`: those that are right for the visit. `applies`: whether there is anything to damage on a good answer.
    `believed`: the answer is read, so that what is on it may get the date of the visit; otherwise nothing may.
    `turns`: what a place may become that is on it. `absence`: it takes away by what it lacks, which is right for at
    most half of the places. `mixed`: it is of other places, which cannot be told from our own where other answers of
    the visit are good. `age`: seconds since the answer was true. `wait`: seconds for which the host must be left
    alone. `lasts`: seconds for which it is right to remember what it says. `robots`: the fault is that of robots.txt;
    `earlier_copy`: yesterday's is kept. `any_page`: it is the same whatever the page, so one visit of each adapter
    shows it. `validators`: what the host offers for conditional requests when it is well.
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
