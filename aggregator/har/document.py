"""The parts of a HAR 1.2 recording (what a browser's developer tools export) that a replay needs.

Bodies in a recording are decoded, so headers about their encoding are dropped.
"""

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from aggregator.errors import ConfigError
from aggregator.har.request_match import RequestShape
from aggregator.redact import shown_url

T = TypeVar("T")
_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
# Any other year is a mistake, and years at the calendar's ends overflow in another time zone.
_YEARS = range(2000, 2101)


class _Har(msgspec.Struct, frozen=True, rename="camel"):
    """Base class of the parts of HAR 1.2 that we read; other keys are ignored."""


class Pair(_Har, frozen=True):
    name: str
    value: str = ""


class Content(_Har, frozen=True):
    text: str | None = None
    encoding: str | None = None
    mime_type: str | None = None


class RecordedResponse(_Har, frozen=True):
    status: int
    content: Content
    headers: tuple[Pair, ...] = ()


class PostData(_Har, frozen=True):
    mime_type: str | None = None
    text: str | None = None
    params: tuple[Pair, ...] = ()


class RecordedRequest(_Har, frozen=True):
    method: str
    url: str
    post_data: PostData | None = None


class Entry(_Har, frozen=True):
    """One exchange of a recording."""

    started_date_time: Annotated[datetime, Meta(tz=True)]
    request: RecordedRequest
    response: RecordedResponse

    @property
    def body(self) -> bytes:
        """The decoded body; ValueError if it is declared as base64 but is not."""
        text = self.response.content.text or ""
        if self.response.content.encoding == "base64":
            return base64.b64decode(text, validate=True)
        return text.encode("utf-8", "replace")

    @property
    def content_type(self) -> str:
        """The content type and charset of `body`; always UTF-8 for text, which was decoded when it was recorded."""
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
        """The reason why the entry cannot be replayed; "" if it can."""
        if self.started_date_time.year not in _YEARS:
            return (
                f"startedDateTime is {self.started_date_time.isoformat()}, expected a year from {_YEARS[0]} to "
                f"{_YEARS[-1]}; record the visit again"
            )
        try:
            recorded_shape(self.request)
            _ = self.body
        except ValueError as error:
            return str(error)
        return ""


class Log(_Har, frozen=True):
    entries: tuple[Entry, ...]


class Document(_Har, frozen=True):
    log: Log


def read_har(path: Path, kind: type[T]) -> T:
    """Reads a HAR file as `kind`; ConfigError names the file and what is wrong with it."""
    try:
        return msgspec.convert(json.loads(path.read_bytes()), kind)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error}); export a HAR from a browser's developer tools") from None
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: is not a HAR 1.2 recording: {error}; export it again") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: is not JSON ({error}), as every HAR file is; export it again") from None


def entries_of(path: Path) -> Iterator[Entry]:
    """Yields the http(s) exchanges of a file; ConfigError names the file and what is wrong with it."""
    document = read_har(path, Document)
    kept = [entry for entry in document.log.entries if entry.request.url.startswith(("http://", "https://"))]
    if not kept:
        raise ConfigError(f"{path}: log.entries contains no http(s) request; record the visit again")
    for entry in kept:
        if fault := entry.fault():
            raise ConfigError(f"{path}: the entry for {shown_url(entry.request.url)} cannot be read: {fault}")
        yield entry


def recorded_shape(request: RecordedRequest) -> RequestShape:
    """The comparable parts of a recorded request; ValueError if its URL is invalid."""
    post = request.post_data or PostData()
    params = tuple((pair.name, pair.value) for pair in post.params)
    return RequestShape(request.method, request.url, post.mime_type or "", post.text or "", params)
