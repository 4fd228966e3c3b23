"""Answers requests from a recording instead of the network, as an httpx transport that the client needs no code for.

It opens no socket. A request that the recording lacks is Unreachable, with the request in the message. robots.txt is
always missing, because no host is contacted.
"""

import httpx

from aggregator.errors import Unreachable
from aggregator.har import Recording, RequestShape


class ReplayTransport(httpx.AsyncBaseTransport):
    """An httpx transport that answers from a recording."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        entry = self._recording.find(shape_of(request))
        if entry is None:
            missing = f"no recorded answer matches {request.method} {request.url}"
            raise Unreachable(f"{request.url}: {missing}; record this request, too") from httpx.ConnectError(missing)
        headers = [(name.encode("ascii", "replace"), value.encode("utf-8", "replace")) for name, value in entry.headers]
        return httpx.Response(entry.response.status, headers=headers, stream=httpx.ByteStream(entry.body))


def shape_of(request: httpx.Request) -> RequestShape:
    """The shape of a request whose body has been read."""
    kind, body = request.headers.get("content-type", ""), request.content.decode("utf-8", "replace")
    return RequestShape(request.method, str(request.url), kind, body)
