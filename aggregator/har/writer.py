"""Writes visits as HAR 1.2, so that they can be replayed, and read in a browser's developer tools."""

import base64
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from aggregator.charset import decode_body
from aggregator.model import Answer, Request
from aggregator.model.wire_request import WireRequest

_SECRETS = frozenset({"cookie", "set-cookie", "authorization", "proxy-authorization"})
_NO_HEAD: dict[str, Any] = {"httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "headersSize": -1, "bodySize": -1}


class Exchange(NamedTuple):
    """One request as it went over the wire, and its answer."""

    asked: WireRequest
    answer: Answer


class HarWriter:
    """Gathers the `exchanges` of a visit as a HAR 1.2 document, without cookies and credentials."""

    def __init__(self, version: str, exchanges: Iterable[Exchange] = ()) -> None:
        self._creator = {"name": "appointment-aggregator", "version": version}
        self.exchanges = list(exchanges)

    def add(self, request: Request, answer: Answer) -> None:
        """One exchange. A redirect before the answer is recorded as one step, so that links join as they did."""
        hop = WireRequest.of(request, max_bytes=0)
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
    query = parse_qsl(urlsplit(hop.url).query, keep_blank_values=True)
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
