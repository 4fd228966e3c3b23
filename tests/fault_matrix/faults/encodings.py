"""Wrong or unusual types, charsets, and encodings of a correct body."""

import gzip
import zlib
from collections.abc import Callable

import httpx

from tests.fault_matrix.fault import CHANGED, DOWN, GOOD, Fault, Kind, Reply, is_page, of_kind
from tests.support.content_encodings import PACK

WHY = "The page is there and can be read, as browsers and curl do: it counts."
GARBLED = "It cannot be read: every answer stays, with its date."
NO_CODING = ("UTF-8", "aws-chunked", "none", "identity", "binary", "")


def _typed(kind: str | None) -> Callable[[Reply], httpx.Response]:
    return lambda reply: reply.respond(reply.text.encode(), content_type=kind)


def _packed(coding: str, pack: Callable[[bytes], bytes], after: bytes = b"") -> Callable[[Reply], httpx.Response]:
    return lambda reply: reply.respond(pack(reply.body) + after, content_encoding=coding)


def _labelled(coding: str) -> Callable[[Reply], httpx.Response]:
    return lambda reply: reply.respond(content_encoding=coding)


def _western(reply: Reply) -> bool:
    return is_page(reply) and _fits(reply.text, "cp1252") and "charset" not in reply.text[:3000].lower()


def _fits(text: str, charset: str) -> bool:
    try:
        return text.encode(charset).decode(charset) == text
    except UnicodeError:
        return False


def _plain(*kinds: Kind) -> Callable[[Reply], bool]:
    """Whether the page is readable in any charset."""
    return lambda reply: of_kind(*kinds)(reply) and _fits(reply.text, "utf-8")


def _read(name: str, respond: Callable[[Reply], httpx.Response], applies: Callable[[Reply], bool] = is_page) -> Fault:
    return Fault(name=name, why=WHY, outcomes=GOOD, respond=respond, applies=applies, believed=True)


FAULTS = (
    *(
        _read(f"Content-Encoding: {coding or 'empty'}", _labelled(coding or " "))
        for coding in NO_CODING
    ),
    _read("Content-Encoding: gzip, aws-chunked", _packed("gzip,aws-chunked", gzip.compress)),
    _read("Content-Encoding: identity, gzip", _packed("identity, gzip", gzip.compress)),
    _read("gzip and CRLF", _packed("gzip", gzip.compress, b"\r\n")),
    _read("gzip and zeros", _packed("gzip", gzip.compress, bytes(64))),
    _read("gzip in two members", lambda r: r.respond(
        gzip.compress(r.body[:100]) + gzip.compress(r.body[100:]), content_encoding="gzip")),
    _read("gzip twice", _packed("gzip, gzip", lambda body: gzip.compress(gzip.compress(body)))),
    _read("deflate without header", _packed("deflate", lambda body: zlib.compress(body)[2:-4])),
    _read("brotli unasked", _packed("br", PACK["br"])),
    _read("zstd unasked", _packed("zstd", PACK["zstd"])),
    Fault(name="gzip in name only", why=GARBLED, outcomes=CHANGED | DOWN, applies=of_kind("html", "json", "lines"),
          respond=lambda r: r.respond(content_encoding="gzip")),
    Fault(name="gzip without a word", why=GARBLED, outcomes=CHANGED,
          applies=lambda r: of_kind("html", "json", "lines")(r) and not r.request.url.path.endswith(".gz"),
          respond=lambda r: r.respond(gzip.compress(r.body))),
    Fault(name="compress", why=GARBLED, outcomes=CHANGED, applies=is_page,
          respond=lambda r: r.respond(content_encoding="compress")),
    _read("no type", _typed(None), _plain("html", "json", "lines")),
    _read("type of unknown bytes", _typed("application/octet-stream"), _plain("html", "json", "lines")),
    _read("type without sense", _typed("???"), _plain("html", "json", "lines")),
    _read("data as HTML", _typed("text/html; charset=utf-8"), _plain("json", "lines")),
    _read("data as plain text", _typed("text/plain; charset=utf-8"), _plain("json", "lines")),
    _read("HTML as plain text", _typed("text/plain; charset=utf-8"), _plain("html")),
    _read("unknown charset", lambda r: r.respond(content_type=f"{r.content_type.partition(';')[0]}; charset=utf-99"),
          _plain("html", "json", "lines")),
    _read("byte order mark", lambda r: r.respond(b"\xef\xbb\xbf" + r.text.encode()), _plain("html", "json", "lines")),
    _read("UTF-16 with its mark", lambda r: r.respond(r.text.encode("utf-16")), _plain("html", "json", "lines")),
    _read("UTF-8 labelled as latin-1", lambda r: r.respond(content_type="application/json; charset=iso-8859-1"),
          of_kind("json")),
    _read("windows-1252", lambda r: r.respond(r.text.encode("cp1252"), content_type="text/html; charset=windows-1252"),
          lambda r: _western(r) and r.kind == "html"),
    Fault(name="UTF-8 labelled as UTF-16", why=GARBLED, outcomes=CHANGED,
          applies=lambda r: of_kind("html", "lines")(r) and "json" not in r.content_type,
          respond=lambda r: r.respond(content_type=f"{r.content_type.partition(';')[0]}; charset=utf-16")),
)  # fmt: skip
