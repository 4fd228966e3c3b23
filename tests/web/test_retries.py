"""Which errors are retried, and what every other status means."""

import gzip
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from aggregator.errors import PageError, Refused, Throttled, Unreachable, VisitError, WaitingRoom
from aggregator.web.client import Client
from aggregator.web.status import retry_after
from tests.support.memory_hosts import HOME, NOW, SEARCH, HandClock, Host, Replies, get, reply, run, source


def truncated(request: httpx.Request) -> httpx.Response:
    packed = httpx.ByteStream(gzip.compress(b"a page")[:-4])
    return httpx.Response(200, stream=packed, headers={"content-encoding": "gzip"})


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520])
def test_temporary_errors_are_retried_with_growing_delays(status: int) -> None:
    host, clock = Host([reply(status), reply(status), reply(text="well")]), HandClock()
    assert get(host, clock=clock).body == b"well"
    backoff = [pause for pause in clock.slept if pause not in (0.5, 1.0)]
    assert 1 <= backoff[0] <= 2 <= max(backoff[1:]) <= 20


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, PageError, "answers 400"),
        (401, Refused, "status 401"),
        (403, Refused, "status 403"),
        (404, PageError, "answers 404: check the url in the region file"),
        (410, PageError, "answers 410: check the url in the region file"),
        (204, PageError, "answers 204"),
        (304, PageError, "answers 304"),
        (302, PageError, "answers 302"),
    ],
)
def test_every_other_status_is_final(status: int, kind: type[VisitError], words: str) -> None:
    host = Host(reply(status))
    with pytest.raises(kind, match=words):
        get(host)
    assert len(host.requested) == 1


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (reply(429), Throttled),
        (reply(500), Unreachable),
        (httpx.ReadTimeout, Unreachable),
        (httpx.ConnectTimeout, Unreachable),
    ],
)
def test_at_most_three_attempts_are_made(handler: Replies, kind: type[VisitError]) -> None:
    host = Host(handler)
    with pytest.raises(kind, match=f"{HOME}/search"):
        get(host)
    assert len(host.requested) == 3


@pytest.mark.parametrize("handler", [httpx.ConnectError, httpx.RemoteProtocolError, truncated])
def test_a_connection_error_other_than_a_timeout_is_not_retried(handler: Replies) -> None:
    host = Host(handler)
    with pytest.raises(Unreachable, match=f"{HOME}/search"):
        get(host)
    assert len(host.requested) == 1


def test_errors_slow_down_requests_to_the_host() -> None:
    host, clock = Host([reply(503), *[reply()] * 3]), HandClock()
    hosts = host.hosts(clock)

    async def work() -> list[float]:
        client = Client(source(), hosts)
        spacings = []
        for _ in range(2):
            await client.get(SEARCH)
            spacings.append(hosts.host(HOME, source().pace).pace.spacing)
        return spacings

    assert run(work()) == [0.5, 0.5]
    slow = Host(httpx.ReadTimeout).hosts(clock)
    with pytest.raises(Unreachable):
        run(Client(source(), slow).get(SEARCH))
    assert slow.host(HOME, source().pace).pace.spacing == 4.0


@pytest.mark.parametrize("value", ["20", format_datetime(NOW + timedelta(seconds=20))])
def test_a_short_retry_after_is_waited_out(value: str) -> None:
    host, clock = Host([reply(429, retry_after=value), reply()]), HandClock()
    get(host, clock=clock)
    assert 19 <= max(clock.slept) <= 20


@pytest.mark.parametrize("value", ["3600", "3600.0", "3600, 3600"])
@pytest.mark.parametrize(("status", "kind"), [(429, Throttled), (503, Unreachable)])
def test_a_long_retry_after_is_passed_on_instead_of_waited_out(status: int, kind: type[VisitError], value: str) -> None:
    host, clock = Host(reply(status, retry_after=value)), HandClock()
    with pytest.raises(kind) as error:
        get(host, clock=clock)
    assert error.value.retry_after == 3600
    assert len(host.requested) == 1
    assert max(clock.slept) < 30


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Thu, 13 May 2021 14:01:00 GMT", 60.0),
        ("Thu, 13 May 2021 10:01:00 -0400", 60.0),
        ("Thu, 13 May 2021 14:01:00", 60.0),
        ("Thu, 13 May 2020 14:01:00 GMT", 0.0),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("299.997", 299.997),
        ("300.", 300.0),
        ("300, 300", 300.0),
        ("60, 300", 300.0),
        ("Thu, 13 May 2021 14:01:00 GMT, Thu, 13 May 2021 14:02:00 GMT", 120.0),
        ("60, Thu, 13 May 2021 14:02:00 GMT", 120.0),
        ("Thursday, 13-May-21 14:01:00 GMT", 60.0),
        ("Thu May 13 14:01:00 2021", 60.0),
        ("-5, 30", 30.0),
        ("1e3", None),
        ("nan", None),
        ("9" * 5000, 86400.0),
        ("Fri, 31 Dec 9999 23:59:59 -1200", 86400.0),
        ("Mon, 01 Jan 0001 00:00:00 +1400", 0.0),
        ("Wed, 21 Oct 99999999999999 07:28:00 GMT", None),
    ],
)
def test_retry_after_may_be_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


@pytest.mark.parametrize("status", [403, 404, 429, 503])
def test_a_waiting_room_is_not_retried_whatever_its_status(status: int) -> None:
    host = Host(reply(status, "<title>Virtual Waiting Room</title>"))
    with pytest.raises(WaitingRoom):
        get(host)
    assert len(host.requested) == 1


def test_a_challenge_is_not_retried() -> None:
    host = Host(reply(503, "<title>Just a moment...</title>"))
    with pytest.raises(Refused, match="just a moment"):
        get(host)
    assert len(host.requested) == 1
