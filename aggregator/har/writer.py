"""Writes visits as HAR 1.2, for replays and for a browser's developer tools."""

import base64
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from aggregator.charset import decode_body
from aggregator.model import Answer, Request, WireRequest

_SECRETS = frozenset({"cookie", "set-cookie", "authorization", "proxy-authorization"})
_NO_HEAD: dict[str, Any] = {"httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "headersSize": -1, "bodySize": -1}


class Exchange(NamedTuple):
    """One request as sent over the wire, and its answer."""

    request: WireRequest
    answer: Answer


class HarWriter:
    """Collects the `exchanges` of a visit as a HAR 1.2 document, without cookies and credentials."""

    def __init__(self, version: str, exchanges: Iterable[Exchange] = ()) -> None:
        self._creator = {"name": "appointment-aggregator", "version": version}
        self.exchanges = list(exchanges)

    def add(self, request: Request, answer: Answer) -> None:
        """Adds one exchange. Redirects before the answer become one step, so that links resolve as they did."""
        sent = WireRequest.of(request, max_bytes=0)
        if sent.url != answer.url:
            there = {"location": answer.url}
            sent_on = Answer(url=sent.url, status=302, headers=there, body=b"", fetched_at=answer.fetched_at)
            self.exchanges.append(Exchange(sent, sent_on))
            sent = sent.redirected(302, answer.url)
        self.exchanges.append(Exchange(sent, answer))

    def document(self) -> dict[str, Any]:
        """The document, ready for `json.dump`."""
        entries = [_entry(exchange) for exchange in self.exchanges]
        return {"log": {"version": "1.2", "creator": self._creator, "entries": entries}}


def _entry(exchange: Exchange) -> dict[str, Any]:
    sent, answer = exchange
    query = parse_qsl(urlsplit(sent.url).query, keep_blank_values=True)
    request: dict[str, Any] = {"method": sent.method, "url": sent.url, "queryString": _pairs(query), **_NO_HEAD}
    if sent.content:
        request["postData"] = {"mimeType": sent.content_type, "text": sent.content.decode("utf-8")}
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
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _content(body: bytes, content_type: str) -> dict[str, str]:
    """The body as text if a replay, which treats all text as UTF-8, would decode it alike; otherwise as base64."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and text.removeprefix("\ufeff") == decode_body(body, content_type):
        return {"text": text}
    return {"text": base64.b64encode(body).decode("ascii"), "encoding": "base64"}
