"""Reads the entries of a browser's HAR export tolerantly: one by one, and only the fields we need."""

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from aggregator.har import Content, Entry, Exchange, Pair, PostData, RecordedRequest, RecordedResponse
from aggregator.model import Answer, WireRequest

WEB = ("http://", "https://")


class _Body(Content, frozen=True):
    size: float | None = None


class _Answered(RecordedResponse, frozen=True):
    content: _Body = _Body()


class _Sent(RecordedRequest, frozen=True):
    headers: tuple[Pair, ...] = ()


class BrowserEntry(Entry, frozen=True):
    """An entry, with the fields that only browsers write."""

    request: _Sent
    response: _Answered
    resource_type: str | None = msgspec.field(default=None, name="_resourceType")

    @property
    def host(self) -> str:
        return urlsplit(self.request.url).hostname or ""

    @property
    def is_json(self) -> bool:
        if self.body.lstrip()[:1] not in {b"{", b"["}:
            return False
        try:
            json.loads(self.body)
        except (ValueError, RecursionError):
            return False
        return True

    def exchange(self) -> Exchange:
        """The exchange as our client would have seen it. A 304 came from the browser's cache, so it becomes a 200."""
        post = self.request.post_data or PostData()
        form = urlencode([(pair.name, pair.value) for pair in post.params])
        kind = (post.mime_type or "") if post.text else "application/x-www-form-urlencoded" if form else ""
        asked = WireRequest(
            url=self.request.url.partition("#")[0],
            max_bytes=0,
            method=self.request.method.upper(),
            content=(post.text or form).encode("utf-8", "replace"),
            content_type=kind,
        )
        answer = Answer(
            url=asked.url,
            status=200,
            headers=dict(self.headers),
            body=self.body,
            fetched_at=self.started_date_time,
        )
        return Exchange(asked, answer)


class _Log(msgspec.Struct):
    entries: list[Any]


class Recorded(msgspec.Struct):
    """A HAR file whose entries may be anything."""

    log: _Log


def seen(raw: Any) -> BrowserEntry | None:
    """The entry; None if it is malformed or cannot be replayed."""
    try:
        entry = msgspec.convert(raw, BrowserEntry)
        urlsplit(entry.request.url)
    except ValueError:  # msgspec's own errors are ValueErrors, too
        return None
    return None if entry.request.url.startswith(WEB) and entry.fault() else entry
