"""Recorded visits (HAR 1.2, what a browser's developer tools export): read, answer from, and write them.

A reader may rely on: a replay opens no socket; whatever the recording does not hold is an httpx.ConnectError that
names the request. Bodies in a recording are decoded, so headers that speak of their encoding are left out.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

import httpx
import msgspec
from msgspec import Meta

from aggregator.charset import decode_body
from aggregator.errors import ConfigError
from aggregator.model import Answer, Request
from aggregator.redact import shown_url
from aggregator.web.request_match import Shape
from aggregator.web.wire_request import Hop

T = TypeVar("T")
_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_SECRETS = frozenset({"cookie", "set-cookie", "authorization", "proxy-authorization"})
_YEARS = range(2000, 2101)  # any other one is a mistake, and those at the calendar's ends overflow in another time zone
_NO_HEAD: dict[str, Any] = {"httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "headersSize": -1, "bodySize": -1}


class _Har(msgspec.Struct, frozen=True, rename="camel"):
    """Only what is read of HAR 1.2; other keys are ignored."""


class Pair(_Har, frozen=True):
    name: str
    value: str = ""


class Content(_Har, frozen=True):
    text: str | None = None
    encoding: str | None = None
    mime_type: str | None = None


class Response(_Har, frozen=True):
    status: int
    content: Content
    headers: tuple[Pair, ...] = ()


class PostData(_Har, frozen=True):
    mime_type: str | None = None
    text: str | None = None
    params: tuple[Pair, ...] = ()


class Asked(_Har, frozen=True):
    method: str
    url: str
    post_data: PostData | None = None


class Entry(_Har, frozen=True):
    """One exchange of a recording."""

    started_date_time: Annotated[datetime, Meta(tz=True)]
    request: Asked
    response: Response

    @property
    def body(self) -> bytes:
        """The decoded body; ValueError where it is said to be base64 and is not."""
        text = self.response.content.text or ""
        if self.response.content.encoding == "base64":
            return base64.b64decode(text, validate=True)
        return text.encode("utf-8", "replace")

    @property
    def content_type(self) -> str:
        """The type of `body` and its charset: of a text, which was decoded when it was recorded, always UTF-8."""
        given = next((pair.value for pair in self.response.headers if pair.name.lower() == "content-type"), "")
        kind = given or self.response.content.mime_type or ""
        if self.response.content.encoding == "base64":
            return kind
        return f"{kind.partition(';')[0].strip() or 'text/plain'}; charset=utf-8"

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers of the response that apply to `body`."""
        left_out = _OF_THE_WIRE | {"content-type"}
        kept = [(pair.name.lower(), pair.value) for pair in self.response.headers]
        kept = [(name, value) for name, value in kept if name not in left_out and not name.startswith(":")]
        return [("content-type", self.content_type), *kept] if self.content_type else kept

    def fault(self) -> str:
        """Why it cannot be replayed; "" where it can."""
        if self.started_date_time.year not in _YEARS:
            return (
                f"startedDateTime is {self.started_date_time.isoformat()}, expected a year from {_YEARS[0]} to "
                f"{_YEARS[-1]}; record the visit again"
            )
        try:
            _recorded_shape(self.request)
            _ = self.body
        except (httpx.InvalidURL, ValueError) as error:
            return str(error)
        return ""


class Log(_Har, frozen=True):
    entries: tuple[Entry, ...]


class Document(_Har, frozen=True):
    log: Log


class Recording:
    """The entries of one visit, in the order of their files. `now` is when the newest of them was asked."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self.now = max(entry.started_date_time for entry in entries).astimezone(UTC)
        self._shapes = tuple(_recorded_shape(entry.request) for entry in entries)
        self._served: list[int] = []  # indexes of entries, in turn

    def find(self, request: httpx.Request) -> Entry | None:
        """The entry that fits a (read) request best, which counts as served then; None where none fits.

        Of several that fit equally well: the first not yet served, else the last served.
        """
        asked = Shape(
            request.method,
            str(request.url),
            request.headers.get("content-type", ""),
            request.content.decode("utf-8", "replace"),
        )
        scores = {i: score for i, shape in enumerate(self._shapes) if (score := asked.agreement(shape)) is not None}
        if not scores:
            return None
        best = [i for i, score in scores.items() if score == max(scores.values())]
        fresh = [i for i in best if i not in self._served]
        found = fresh[0] if fresh else next(i for i in reversed(self._served) if i in best)
        self._served.append(found)
        return self.entries[found]


class ReplayTransport(httpx.AsyncBaseTransport):
    """Answers from a recording."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        entry = self._recording.find(request)
        if entry is None:
            raise httpx.ConnectError(f"no recorded answer fits {request.method} {request.url}", request=request)
        headers = [(name.encode("ascii", "replace"), value.encode("utf-8", "replace")) for name, value in entry.headers]
        return httpx.Response(entry.response.status, headers=headers, stream=httpx.ByteStream(entry.body))


def load_recording(paths: Iterable[Path]) -> Recording:
    """One visit from one or several files; ConfigError names the file and what is wrong with it."""
    entries = tuple(entry for path in paths for entry in _entries(path))
    if not entries:
        raise ConfigError("no recording given; name at least one HAR file")
    return Recording(entries)


def read_har(path: Path, kind: type[T]) -> T:
    """A HAR file as `kind` has it; ConfigError names the file and what is wrong with it."""
    try:
        return msgspec.convert(json.loads(path.read_bytes()), kind)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error}); export a HAR from a browser's developer tools") from None
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: not a HAR 1.2 recording: {error}; export it again") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not JSON ({error}); a HAR file is JSON") from None


def _entries(path: Path) -> Iterator[Entry]:
    document = read_har(path, Document)
    kept = [entry for entry in document.log.entries if entry.request.url.startswith(("http://", "https://"))]
    if not kept:
        raise ConfigError(f"{path}: log.entries holds no http(s) request; record the visit again")
    for entry in kept:
        if fault := entry.fault():
            raise ConfigError(f"{path}: the entry of {shown_url(entry.request.url)} cannot be read: {fault}")
        yield entry


def _recorded_shape(asked: Asked) -> Shape:
    post = asked.post_data or PostData()
    params = tuple((pair.name, pair.value) for pair in post.params)
    return Shape(asked.method, asked.url, post.mime_type or "", post.text or "", params)


class Exchange(NamedTuple):
    """One request as it went over the wire, and its answer."""

    asked: Hop
    answer: Answer


class HarWriter:
    """Gathers the `exchanges` of a visit as a HAR 1.2 document, without cookies and credentials."""

    def __init__(self, version: str, exchanges: Iterable[Exchange] = ()) -> None:
        self._creator = {"name": "appointment-aggregator", "version": version}
        self.exchanges = list(exchanges)

    def add(self, request: Request, answer: Answer) -> None:
        """One exchange. A redirect before the answer is recorded as one step, so that links join as they did."""
        hop = Hop.of(request, max_bytes=0)
        if hop.url != answer.url:
            there = {"location": answer.url}
            sent_on = Answer(url=hop.url, status=302, headers=there, body=b"", fetched_at=answer.fetched_at)
            self.exchanges.append(Exchange(hop, sent_on))
            hop = hop.redirected(302, answer.url)
        self.exchanges.append(Exchange(hop, answer))

    def document(self) -> dict[str, Any]:
        """Fit for `json.dump`."""
        entries = [_written(exchange) for exchange in self.exchanges]
        return {"log": {"version": "1.2", "creator": self._creator, "entries": entries}}


def _written(exchange: Exchange) -> dict[str, Any]:
    hop, answer = exchange
    query = parse_qsl(httpx.URL(hop.url).query.decode("ascii"), keep_blank_values=True)
    asked: dict[str, Any] = {"method": hop.method, "url": hop.url, "queryString": _pairs(query), **_NO_HEAD}
    if hop.content:
        asked["postData"] = {"mimeType": hop.content_type, "text": hop.content.decode("utf-8")}
    kind = answer.headers.get("content-type", "")
    response = {
        "status": answer.status,
        "statusText": "",
        **_NO_HEAD,
        "headers": _pairs((name, value) for name, value in answer.headers.items() if name not in _SECRETS),
        "content": {"size": len(answer.body), "mimeType": kind, **_content(answer.body, kind)},
        "redirectURL": answer.headers.get("location", ""),
    }
    return {
        "startedDateTime": answer.fetched_at.isoformat(),
        "time": 0,
        "request": asked,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _content(body: bytes, content_type: str) -> dict[str, str]:
    """As text only if a replay, which takes all text for UTF-8, then reads the same."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and text.removeprefix("\ufeff") == decode_body(body, content_type):
        return {"text": text}
    return {"text": base64.b64encode(body).decode("ascii"), "encoding": "base64"}
