"""A host that responds from a recording, correctly or with one fault."""

import hashlib
import inspect
import re
from collections import Counter
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import respx

from aggregator.har.recording import Recording
from aggregator.web.replay_transport import shape_of
from tests.fault_matrix.clock import VirtualClock
from tests.fault_matrix.fault import Fault, Reply, http_date

ROBOTS_PATH = "/robots.txt"
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?|\d{1,2}(?:/|%2F)\d{1,2}(?:/|%2F)\d{4}|\d{13}|\d{10}|\d{8}")
RULES = b"User-agent: *\nAllow: /\n"


class RequestKey(NamedTuple):
    """The key by which requests count as equal."""

    method: str
    url: str
    content: bytes

    @property
    def is_robots(self) -> bool:
        return urlsplit(self.url).path == ROBOTS_PATH


class Host(respx.Router):
    """`fault` affects the requests in `hit`; every other one gets a good response.

    `log`: the requests with their good responses, in order. `usual`: the log of an earlier good visit, used for
    requests that the recording lacks because they name another day.
    """

    def __init__(
        self,
        recording: Recording,
        clock: VirtualClock,
        *,
        validators: str = "etag",
        fault: Fault | None = None,
        hit: frozenset[RequestKey] = frozenset(),
        usual: Mapping[RequestKey, Reply] | None = None,
    ) -> None:
        super().__init__()
        self.route().mock(side_effect=self._answer)
        self._entries = recording.entries
        self.clock, self.validators, self.fault, self.hit = clock, validators, fault, hit
        self.log: dict[RequestKey, Reply] = {}
        self.usual = usual or {}
        self.attempts: Counter[RequestKey] = Counter()
        self.requests: list[RequestKey] = []

    @cached_property
    def _recording(self) -> Recording:
        """A copy, because a recording remembers its requests. Few visits need it, and copying takes long."""
        return Recording(self._entries)

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.async_handler)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        key = RequestKey(request.method, str(request.url), request.content)
        self.requests.append(key)
        if self.fault and self._is_hit(key):
            reply = self._good(key, request)
            if not self.fault.applies(reply):
                return self._well(reply)
            reply = reply._replace(request=request, now=self.clock.now(), attempt=self.attempts[key])
            self.attempts[key] += 1
            response = self.fault.respond(reply)
            return await response if inspect.isawaitable(response) else response
        reply = self._good(key, request)
        self.log[key] = reply  # for a repeated request, its next response
        return self._well(reply)

    def _is_hit(self, key: RequestKey) -> bool:
        """Whether the request is hit; a page reachable only through a faulty one is just as faulty."""
        if self.fault and self.fault.robots:
            return key.is_robots
        return not key.is_robots and (key in self.hit or key not in self.usual)

    def _good(self, key: RequestKey, request: httpx.Request) -> Reply:
        if key.is_robots:
            return Reply(request, 200, "text/plain", "", RULES, "", self.clock.now())
        if key in self.usual:
            return self.usual[key]._replace(request=request, now=self.clock.now())
        entry = self._recording.find(shape_of(request))
        if entry is None:
            return self._of_another_day(key, request)
        headers = dict(entry.headers)
        etag = f'"{hashlib.blake2b(entry.body, digest_size=8).hexdigest()}"' if self.validators == "etag" else ""
        return Reply(
            request,
            entry.response.status,
            headers.get("content-type", ""),
            headers.get("location", ""),
            entry.body,
            etag,
            self.clock.now(),
        )

    def _of_another_day(self, key: RequestKey, request: httpx.Request) -> Reply:
        dateless = _without_dates(key)
        place = sum(_without_dates(earlier) == dateless for earlier in self.log)
        alike = [reply for known, reply in self.usual.items() if _without_dates(known) == dateless]
        if place >= len(alike) and self.fault and self.hit:  # a host in trouble responds like this to everything
            alike, place = [reply for known, reply in self.usual.items() if known in self.hit], 0
        if place >= len(alike):
            raise httpx.ConnectError(f"no recorded answer fits {request.method} {request.url}", request=request)
        return alike[place]._replace(request=request, now=self.clock.now())

    def _well(self, reply: Reply) -> httpx.Response:
        sent = reply.request.headers
        if self.validators == "date":
            return self._by_date(reply)
        if reply.etag and sent.get("if-none-match") == reply.etag:
            return reply.respond(b"", status=304)
        return reply.respond()

    def _by_date(self, reply: Reply) -> httpx.Response:
        """A server that compares dates (RFC 9110, 13.1.3); its pages are from the day of the first visit."""
        since = reply.request.headers.get("if-modified-since")
        modified = self.clock.start.replace(hour=0, minute=0, second=0, microsecond=0)
        if since and parsedate_to_datetime(since) >= modified:
            return reply.respond(b"", status=304, last_modified=http_date(modified))
        return reply.respond(last_modified=http_date(modified))


def _without_dates(key: RequestKey) -> tuple[str, str, bytes]:
    return key.method, _DATE.sub("", key.url), _DATE.sub("", key.content.decode("latin-1")).encode("latin-1")
