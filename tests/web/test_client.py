"""One visit: what is asked, what is counted, what stays open."""

from datetime import datetime

import httpx
import pytest

from aggregator.config.region import Pace
from aggregator.errors import ConfigError, PageError, Refused
from aggregator.model import HostTally, Request
from aggregator.web.client import Client, user_agent
from aggregator.web.hosts import Hosts
from aggregator.web.validators import MemoryAnswers
from tests.support.memory_hosts import AGENT, HOME, SEARCH, HandClock, Host, get, reply, run, source

FORM = "application/x-www-form-urlencoded"


def test_every_request_says_who_we_are_and_what_we_can_unpack() -> None:
    host = Host(reply())
    get(host)
    headers = host.requested[0].headers
    assert headers["user-agent"] == AGENT
    assert headers["accept-encoding"] == "gzip, deflate"


def test_the_user_agent_names_a_contact_that_a_header_can_carry() -> None:
    contact = "https://aggregator.example/contact"
    assert user_agent("0.1.0", contact) == f"appointment-aggregator/0.1.0 (+{contact})"
    for bad in ("böse@example.org", "a@example.org\r\nX: y"):
        with pytest.raises(ConfigError, match="contact"):
            user_agent("0.1.0", bad)


@pytest.mark.parametrize(
    ("request_", "method", "target", "body", "kind"),
    [
        (Request(url=f"{HOME}/x?a=1#t", params=(("b", "2 3"), ("b", "é"))), "GET", "/x?a=1&b=2+3&b=%C3%A9", b"", None),
        (Request(url=f"{HOME}/x", params=(("q[n]", ""),)), "GET", "/x?q%5Bn%5D=", b"", None),
        (Request(url=f"{HOME}/x", form=(("a", "1"), ("b", "x y"))), "POST", "/x", b"a=1&b=x+y", FORM),
        (Request(url=f"{HOME}/x", json={"zip": "01999"}), "POST", "/x", b'{"zip":"01999"}', "application/json"),
    ],
)
def test_params_form_and_json_reach_the_host(
    request_: Request, method: str, target: str, body: bytes, kind: str | None
) -> None:
    host = Host(reply())
    get(host, request_)
    asked = host.requested[0]
    assert (asked.method, asked.url.raw_path.decode(), asked.content) == (method, target, body)
    assert asked.headers.get("content-type") == kind


def test_a_region_file_cannot_make_us_faster_than_the_floor() -> None:
    host, clock = Host(reply()), HandClock()

    async def work() -> None:
        client = Client(source(pace=Pace(spacing=0.0, concurrency=8)), host.hosts(clock))
        for _ in range(3):
            await client.get(SEARCH)

    run(work())
    assert clock.slept == pytest.approx([0.5, 0.5, 0.5])  # robots.txt was the first request


def test_an_answer_above_the_limit_of_the_source_is_refused() -> None:
    small = source(max_bytes=1024)
    with pytest.raises(PageError, match=f"{HOME}/search: 1025 bytes announced, but the limit is 1024"):
        run(Client(small, Host(reply(text="x" * 1025)).hosts()).get(SEARCH))


def test_what_was_asked_of_a_host_is_counted_by_day() -> None:
    clock, store = HandClock(datetime.fromisoformat("2021-05-13T23:00:00+00:00")), MemoryAnswers()
    unchanged = [reply(etag='"v1"'), reply(304, "")]
    host = Host([reply(500), *unchanged, httpx.ReadTimeout, reply(), reply(403)])
    hosts = host.hosts(clock, store)

    async def work() -> None:
        client = Client(source(), hosts)
        for _ in range(3):
            await client.get(SEARCH)
            client.settle(True)
        clock.elapsed += 3600
        with pytest.raises(Refused):
            await client.get(SEARCH)

    run(work())
    name = "clinics.example.org"
    assert list(hosts.tally.values()) == [
        HostTally(host=name, day="2021-05-13", requests=6, not_modified=1, failures=3, received=6 + 6 + 6),
        HostTally(host=name, day="2021-05-14", requests=1, failures=1, received=6),
    ]


def test_connections_close_with_the_last_visit_that_uses_them() -> None:
    class Counted(httpx.MockTransport):
        closed = 0

        async def aclose(self) -> None:
            self.closed += 1

    transport = Counted(Host(reply()).async_handler)
    hosts = Hosts(AGENT, HandClock(), MemoryAnswers(), False, transport)

    async def work() -> list[int]:
        seen = []
        async with Client(source(), hosts) as first:
            await first.get(SEARCH)
            async with Client(source(), hosts) as second:
                await second.get(SEARCH)
            seen.append(transport.closed)
            await first.get(SEARCH)
        seen.append(transport.closed)
        async with Client(source(), hosts) as third:
            await third.get(SEARCH)
            await hosts.aclose()
        return [*seen, transport.closed]

    assert run(work()) == [0, 1, 2]
