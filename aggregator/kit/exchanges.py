"""Makes exchanges from recordings of other tools, and notes what cannot be replayed, with its URL and the reason."""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from aggregator.errors import VisitError
from aggregator.har import Exchange
from aggregator.model import Answer, WireRequest
from aggregator.web import unpacked, unpackers

MAX_BODY = 64 * 1024 * 1024  # bytes, decompressed: as much as a source's answer may have by default
_GZIP = b"\x1f\x8b"
_GZIP_IN_BASE64 = ("H4sI", "H4sA")
_METHODS = ("GET", "POST")


class Imported(NamedTuple):
    """What a file holds. `sent`: the headers of its requests. `dropped`: URL and reason of each left-out exchange.

    `undated`: how many exchanges have the time of their file, because nothing states their own.
    """

    exchanges: tuple[Exchange, ...]
    sent: tuple[tuple[str, str], ...]
    dropped: tuple[tuple[str, str], ...]
    undated: int = 0


class RecordedCall(NamedTuple):
    """One request and its answer as a file states them. `time` None: nothing states it.

    `body` is bytes as they came, or text that was decoded before it was saved.
    """

    url: str
    body: bytes | str
    method: str = "GET"
    sent: tuple[tuple[str, str], ...] = ()
    content: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    time: datetime | None = None


def imported(calls: Iterable[RecordedCall], dropped: Iterable[tuple[str, str]], file_time: datetime) -> Imported:
    """The calls as exchanges; those that cannot be replayed join what was `dropped` before."""
    exchanges, sent, left_out, undated = [], list[tuple[str, str]](), list(dropped), 0
    for call in calls:
        try:
            exchanges.append(_exchange(call, file_time))
        except ValueError as error:
            left_out.append((call.url, str(error)))
        else:
            sent += call.sent
            undated += call.time is None
    return Imported(tuple(exchanges), tuple(sent), tuple(left_out), undated)


def _exchange(call: RecordedCall, file_time: datetime) -> Exchange:
    """The exchange; ValueError with the reason if it cannot be replayed."""
    if urlsplit(call.url).scheme not in ("http", "https"):
        raise ValueError("is not a URL of the web")
    if call.method.upper() not in _METHODS:
        raise ValueError(f"is requested with {call.method.upper()}; we only send {' and '.join(_METHODS)}")
    headers = {name.lower(): value for name, value in call.headers}
    kinds = [value for name, value in call.sent if name.lower() == "content-type"]
    request = WireRequest(
        url=call.url.partition("#")[0],
        max_bytes=0,
        method=call.method.upper(),
        content=call.content,
        content_type=(kinds or ["application/x-www-form-urlencoded"])[0] if call.content else "",
    )
    body = _decoded(call, headers)
    when = call.time or file_time
    return Exchange(request, Answer(url=request.url, status=call.status, headers=headers, body=body, fetched_at=when))


def _decoded(call: RecordedCall, headers: Mapping[str, str]) -> bytes:
    """The body without compression and base64. A text that was saved decompressed may still name its compression."""
    if isinstance(call.body, str) and not call.body.startswith(_GZIP_IN_BASE64):
        return call.body.encode("utf-8", "replace")
    body = base64.b64decode(call.body, validate=True) if isinstance(call.body, str) else call.body
    encoding = headers.get("content-encoding", "") or ("gzip" if body.startswith(_GZIP) else "")
    if encoding == "gzip" and not body.startswith(_GZIP):
        return body
    try:
        chain = unpackers(encoding, call.url, MAX_BODY)
        found = b"".join(unpacked(chain, body))
        for one in chain:
            one.finish()
    except VisitError:
        raise ValueError(f"has a body that is not complete {encoding}; record it again") from None
    return found
