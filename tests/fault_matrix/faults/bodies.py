"""Bodies that are truncated, too long, or not a page at all."""

import gzip
from collections.abc import Callable
from functools import cache

import httpx

from tests.fault_matrix.fault import CHANGED, DOWN, GOOD, Fault, Reply, is_page, of_kind
from tests.fault_matrix.faults.connections import Endless
from tests.support.content_encodings import PACK

WHY = "What came is not the page, or not all of it: it takes nothing away, and every answer stays, with its date."
CUT = "A page that is cut off may lack the rows that say yes. What it lists may count, what it lacks may not."
WELCOME = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>Hello</body></html>"
BOMB = 24 * 1024 * 1024  # bytes, decompressed; sources of the matrix may send a few MB
TRUNCATED = CHANGED | DOWN


@cache
def _packed_zeros(coding: str) -> bytes:
    return PACK[coding](bytes(BOMB))


def _bomb(coding: str) -> Callable[[Reply], httpx.Response]:
    return lambda reply: reply.respond(_packed_zeros(coding), content_encoding=coding)


def _instead(body: bytes | str, content_type: str | None = None) -> Callable[[Reply], httpx.Response]:
    return lambda reply: reply.respond(body, content_type=content_type or reply.content_type, etag=None)


def _cut(part: float, *, etag: bool = False) -> Callable[[Reply], httpx.Response]:
    """As HTTP/1.0 sends it: without a length, the end of the connection ends the body."""
    return lambda reply: reply.respond(
        reply.body[: int(len(reply.body) * part)], version=b"HTTP/1.0", etag=reply.etag if etag else None
    )


def _cut_at_line(reply: Reply) -> httpx.Response:
    lines = reply.body.splitlines(keepends=True)
    return reply.respond(b"".join(lines[: len(lines) // 3]), version=b"HTTP/1.0")


def _many_lines(reply: Reply) -> bool:
    return is_page(reply) and reply.body.count(b"\n") >= 3


FAULTS = (
    Fault(name="cut at a third", why=CUT, outcomes=TRUNCATED, respond=_cut(0.35),
          applies=of_kind("html", "json"), believed=True),
    Fault(name="cut at nine tenths", why=f"{CUT} Where only the foot of the page is missing, nothing is.",
          outcomes=TRUNCATED | GOOD, respond=_cut(0.9), applies=of_kind("html", "json"), believed=True),
    Fault(name="cut with the ETag of the whole", why=f"{CUT} An honest 304 must not bring it back.", outcomes=TRUNCATED,
          respond=_cut(0.5, etag=True), applies=of_kind("html", "json"), believed=True),
    Fault(name="lines cut off after a third",
          why=f"{CUT} At the end of a line it looks whole; what is missing is doubted.",
          outcomes=CHANGED | DOWN | GOOD, respond=_cut_at_line, applies=lambda r: r.kind == "lines" and _many_lines(r),
          believed=True, turns=frozenset({"gone", "NO", "UNKNOWN", "fewer"}), absence=True),
    Fault(name="cut gzip", why=CUT, outcomes=DOWN, applies=is_page,
          respond=lambda r: r.respond(gzip.compress(r.body)[:-12], content_encoding="gzip", version=b"HTTP/1.0")),
    Fault(name="endless body", why=WHY, outcomes=CHANGED, respond=lambda r: r.respond(stream=Endless(b" " * 65536))),
    Fault(name="endless page", why=WHY, outcomes=CHANGED, respond=lambda r: r.respond(stream=Endless(r.body * 8)),
          applies=is_page),
    Fault(name="announced too large", why=WHY, outcomes=CHANGED, respond=lambda r: r.respond(content_length="9" * 12)),
    *(
        Fault(name=f"{name} bomb", why=WHY, outcomes=CHANGED,
              respond=_bomb(coding))
        for name, coding in (("gzip", "gzip"), ("brotli", "br"), ("zstd", "zstd"))
    ),
    Fault(name="empty body", why=WHY, outcomes=CHANGED, respond=_instead(b""), applies=is_page),
    Fault(name="blank body", why=WHY, outcomes=CHANGED, respond=_instead(b" \r\n\t\r\n"), applies=is_page),
    Fault(name="zeros", why=WHY, outcomes=CHANGED, respond=_instead(bytes(500)), applies=is_page),
    Fault(name="random bytes", why=WHY, outcomes=CHANGED, applies=is_page,
          respond=_instead(bytes((7 * n * n + 13 * n) % 251 for n in range(2000)))),
    Fault(name="an image", why=WHY, outcomes=CHANGED, applies=is_page,
          respond=_instead(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64), "image/png")),
    Fault(name="OK", why=WHY, outcomes=CHANGED, applies=is_page, respond=_instead("OK", "text/plain")),
    Fault(name="deep nesting", why=WHY, outcomes=CHANGED, applies=of_kind("json"), respond=_instead("[" * 100_000)),
    Fault(name="deep markup", why=WHY, outcomes=CHANGED, applies=of_kind("html"), respond=_instead("<div>" * 50_000)),
    Fault(name="calendar without an end", why=WHY, outcomes=CHANGED, applies=of_kind("lines"),
          respond=_instead("BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\nSUMMARY:x\r\n" * 15_000)),
    Fault(name="quotes without an end", why=WHY, outcomes=CHANGED, applies=of_kind("lines"),
          respond=_instead('"a","b' * 50_000)),
    Fault(name="JSON null", why=WHY, outcomes=CHANGED, applies=is_page, respond=_instead("null", "application/json")),
    Fault(name="JSON []", why="An empty list may be true, but it is doubted where it takes away more than half.",
          outcomes=GOOD | CHANGED, applies=is_page, respond=_instead("[]", "application/json"), believed=True,
          turns=frozenset({"gone", "NO", "fewer"}), absence=True),
    Fault(name="JSON {}", why=WHY, outcomes=CHANGED, applies=is_page, respond=_instead("{}", "application/json")),
    Fault(name="JSON text", why=WHY, outcomes=CHANGED, applies=is_page, respond=_instead('"OK"', "application/json")),
    Fault(name="JSON true", why=WHY, outcomes=CHANGED, applies=is_page, respond=_instead("true", "application/json")),
    Fault(name="JSON error", why=WHY, outcomes=CHANGED | DOWN, applies=is_page,
          respond=_instead('{"error": {"code": 500, "message": "Internal Server Error"}}', "application/json")),
    Fault(name="JSON failure without data", why=WHY, outcomes=CHANGED | DOWN, applies=is_page,
          respond=_instead('{"success": false, "data": null, "errors": ["timeout"]}', "application/json")),
    Fault(name="HTML where data is due", why=WHY, outcomes=CHANGED, applies=of_kind("json", "lines"),
          respond=lambda r: r.page(WELCOME)),
    Fault(name="another page of the site", why=WHY, outcomes=CHANGED, applies=of_kind("html"),
          respond=lambda r: r.page(WELCOME)),
    Fault(name="JSON where HTML is due", why=WHY, outcomes=CHANGED, applies=of_kind("html"),
          respond=_instead('{"status": "ok", "places": []}', "application/json")),
    Fault(name="XML", why=WHY, outcomes=CHANGED, applies=is_page,
          respond=_instead('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', "application/xml")),
)  # fmt: skip
