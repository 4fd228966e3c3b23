"""robots.txt that forbids everything, is odd, is missing, or is something else."""

from collections.abc import Callable

import httpx

from aggregator.model import Outcome
from tests.fault_matrix.fault import BLOCKED, BUSY, DOWN, GOOD, Fault, Reply
from tests.fault_matrix.faults.connections import Endless
from tests.fault_matrix.faults.waiting_rooms import ENGLISH, akamai

FORBIDDEN = (
    "robots.txt forbids us the pages, so we do not ask: every answer stays, with its date, until it is old. The rules "
    "hold for a day."
)
ALLOWED = "robots.txt allows us the pages, or there is none: the visit is as any other."
UNREAD = "Rules that we cannot read may forbid everything, so nothing is asked: every answer stays, with its date."
RULES = b"User-agent: *\nDisallow: /\n"
LARGE = b"User-agent: *\nAllow: /\n" + b"# nothing to see here, but very much of it\n" * 15_000


def _says(
    body: bytes, status: int = 200, kind: str = "text/plain", **headers: str
) -> Callable[[Reply], httpx.Response]:
    return lambda reply: reply.respond(body, status=status, content_type=kind, etag=None, headers=headers)


def _robots(name: str, outcomes: frozenset[Outcome], why: str, respond: Callable[[Reply], httpx.Response],
            *, earlier_copy: bool = False, wait: float = 0.0) -> Fault:  # fmt: skip
    return Fault(
        name=f"robots.txt: {name}{', with an earlier copy' if earlier_copy else ''}",
        why=why,
        outcomes=outcomes,
        respond=respond,
        robots=True,
        earlier_copy=earlier_copy,
        believed=outcomes == GOOD,
        wait=wait,
        lasts=24 * 3600.0 if why == FORBIDDEN else 0.0,
    )


def _hangs(reply: Reply) -> httpx.Response:
    raise httpx.ReadTimeout("", request=reply.request)


def _elsewhere(reply: Reply) -> httpx.Response:
    """The rules are on another host, which robots.txt may use (RFC 9309, 2.3.1.2)."""
    if reply.request.url.host == "rules.elsewhere.example":
        return reply.respond(b"User-agent: *\nAllow: /\n")
    return reply.page("", status=302, location="https://rules.elsewhere.example/robots.txt")


WAITING_ROOM = akamai(ENGLISH).encode()

FAULTS = (
    _robots("disallows all", BLOCKED, FORBIDDEN, _says(RULES)),
    _robots("disallows all, behind a mark", BLOCKED, FORBIDDEN, _says(b"\xef\xbb\xbf" + RULES)),
    _robots("disallows all, in UTF-16", BLOCKED, FORBIDDEN, _says(RULES.decode().encode("utf-16"))),
    _robots("disallows all, to everybody and us", BLOCKED, FORBIDDEN,
            _says(b"User-agent: appointment-aggregator\r\nDisallow: /\r\n")),
    _robots("600 kB", GOOD, ALLOWED, _says(LARGE)),
    _robots("404", GOOD, ALLOWED, _says(b"", 404)),
    _robots("403", GOOD, ALLOWED, _says(b"", 403)),
    _robots("empty", GOOD, ALLOWED, _says(b"")),
    _robots("HTML", BLOCKED, UNREAD, _says(b"<!DOCTYPE html><html><body>Welcome</body></html>", kind="text/html")),
    _robots("HTML", GOOD, ALLOWED, _says(b"<!DOCTYPE html><html><body>Hi</body></html>", kind="text/html"),
            earlier_copy=True),
    _robots("waiting room", BUSY, UNREAD, _says(WAITING_ROOM, kind="text/html")),
    _robots("waiting room", GOOD, ALLOWED, _says(WAITING_ROOM, kind="text/html"), earlier_copy=True),
    _robots("500", DOWN, UNREAD, _says(b"", 500)),
    _robots("500", GOOD, ALLOWED, _says(b"", 500), earlier_copy=True),
    _robots("503 with Retry-After", DOWN, UNREAD, _says(b"", 503, retry_after="300"), wait=300.0),
    _robots("429 with Retry-After", BUSY, UNREAD, _says(b"", 429, retry_after="300"), wait=300.0),
    _robots("no answer", DOWN, UNREAD, _hangs),
    _robots("no answer", GOOD, ALLOWED, _hangs, earlier_copy=True),
    _robots("redirect to another host", GOOD, ALLOWED, _elsewhere),
    _robots("in circles", BLOCKED, UNREAD, lambda reply: reply.page("", status=302, location="/robots.txt")),
    _robots("redirect to this machine", BLOCKED, UNREAD, _says(b"", 302, location="https://127.0.0.1/robots.txt")),
    _robots("without end", BLOCKED, UNREAD, lambda reply: reply.respond(stream=Endless(b"# \n" * 20_000))),
    _robots("zeros", GOOD, ALLOWED, _says(bytes(1000))),
    _robots("asks for a pause", GOOD, ALLOWED, _says(b"User-agent: *\nCrawl-delay: 2\n")),
)  # fmt: skip
