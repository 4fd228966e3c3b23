"""robots.txt: read once a day, kept, obeyed."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from aggregator.errors import Refused, Throttled, VisitError, WaitingRoom
from aggregator.model import Request
from aggregator.web.client import Client
from aggregator.web.validators import MemoryAnswers, StoredAnswer
from tests.support.memory_hosts import HOME, NOW, HandClock, Host, Replies, answer, mocked, reply, run, source

DAY = 24 * 3600.0
RULES = "User-agent: appointment-aggregator\nDisallow: /private\nCrawl-delay: 7\n\nUser-agent: *\nDisallow: /\n"
SEARCH, PRIVATE = Request(url=f"{HOME}/search"), Request(url=f"{HOME}/private/x")


def page(host: Host, clock: HandClock, store: MemoryAnswers, request: Request = SEARCH) -> bytes:
    """What a new process gets that shares nothing but the store."""
    return run(Client(source(), host.hosts(clock, store)).get(request)).body


def test_what_it_forbids_is_not_asked_for() -> None:
    host = Host(reply(), robots=reply(text=RULES))
    assert page(host, HandClock(), MemoryAnswers()) == b"a page"
    with pytest.raises(Refused, match=rf"{HOME}/private/x is forbidden by {HOME}/robots\.txt"):
        page(host, HandClock(), MemoryAnswers(), PRIVATE)
    assert [request.url.path for request in host.requested] == ["/search"]


def test_its_crawl_delay_sets_the_pace() -> None:
    host, clock = Host(reply(), robots=reply(text=RULES)), HandClock()

    async def work() -> None:
        client = Client(source(), host.hosts(clock))
        for _ in range(3):
            await client.get(SEARCH)

    run(work())
    assert clock.slept == pytest.approx([7.0, 7.0, 7.0])


def test_it_is_asked_for_once_a_day_also_by_a_new_process() -> None:
    host, clock, store = Host(reply(), robots=reply(text=RULES)), HandClock(), MemoryAnswers()
    for _ in range(3):
        page(host, clock, store)
    assert host.robots.call_count == 1
    clock.elapsed += DAY
    page(host, clock, store)
    assert host.robots.call_count == 2


def test_one_process_asks_again_after_a_day_and_obeys_the_new_rules() -> None:
    host, clock = Host(reply(), robots=reply(text=RULES)), HandClock()

    async def work() -> None:
        client = Client(source(), host.hosts(clock))
        await client.get(SEARCH)
        await client.get(SEARCH)
        assert host.robots.call_count == 1
        clock.elapsed += DAY
        host.robots.mock(return_value=reply(text="User-agent: *\nDisallow: /search\n"))
        with pytest.raises(Refused, match="is forbidden by"):
            await client.get(SEARCH)

    run(work())


def test_sources_that_start_together_ask_once() -> None:
    async def slowly(request: httpx.Request) -> httpx.Response:
        for _ in range(9):  # the others have their turn
            await asyncio.sleep(0)
        return reply(text=RULES)

    host = Host(reply(), robots=slowly)

    async def work() -> None:
        hosts = host.hosts()
        await asyncio.gather(*(Client(source(), hosts).get(SEARCH) for _ in range(5)))

    run(work())
    assert host.robots.call_count == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_the_file_allows_everything(status: int) -> None:
    host, store = Host(reply(), robots=reply(status)), MemoryAnswers()
    assert page(host, HandClock(), store, PRIVATE) == b"a page"
    assert page(host, HandClock(), store, PRIVATE) == b"a page"
    assert host.robots.call_count == 1


@pytest.mark.parametrize(
    ("broken", "outcome"),
    [
        (reply(500), "DOWN"),
        (reply(503), "DOWN"),
        (httpx.ConnectTimeout, "DOWN"),
        (reply(302, location="http://clinics.example.org/robots.txt"), "BLOCKED"),
        (reply(302, location="https://10.0.0.1/robots.txt"), "BLOCKED"),
        (reply(text="<!DOCTYPE html><title>Welcome</title>", content_type="text/html"), "BLOCKED"),
        (reply(text="\ufeff\n<html><title>Just a moment...</title></html>"), "BLOCKED"),
        (reply(text="<title>Virtual waiting room</title>"), "BUSY"),
        (reply(text="<title>Scheduled maintenance</title>"), "DOWN"),
    ],
)
def test_a_file_that_cannot_be_read_allows_nothing_unless_a_copy_is_kept(broken: Replies, outcome: str) -> None:
    host, clock, store = Host(reply(), robots=broken), HandClock(), MemoryAnswers()
    with pytest.raises(VisitError, match=r"robots\.txt") as caught:
        page(host, clock, store)
    assert caught.value.outcome == outcome
    assert host.requested == []
    host.robots.mock(return_value=reply(text=RULES))
    page(host, clock, store)
    mocked(host.robots, broken)
    clock.elapsed += 3 * DAY
    assert page(host, clock, store) == b"a page"
    with pytest.raises(Refused, match="is forbidden by"):
        page(host, clock, store, PRIVATE)


def test_a_host_that_asks_for_patience_at_its_robots_file_is_given_it() -> None:
    host = Host(reply(), robots=reply(429, retry_after="900"))
    hosts, clock = host.hosts(), HandClock()
    for _ in range(2):
        with pytest.raises(Throttled):
            run(Client(source(), hosts).get(SEARCH))
    assert (host.robots.call_count, host.requested, clock.slept) == (1, [], [])


def test_the_rules_that_follow_a_web_page_are_obeyed_within_the_hour() -> None:
    host, clock = Host(reply(), robots=reply(text="<p>Please wait</p>")), HandClock()

    async def work() -> None:
        client = Client(source(), host.hosts(clock))
        for _ in range(3):
            with pytest.raises(Refused, match="it is a web page"):
                await client.get(SEARCH)
        assert host.robots.call_count == 1
        host.robots.mock(return_value=reply(text="User-agent: *\nDisallow: /\n"))
        clock.elapsed += 3600
        with pytest.raises(Refused, match="is forbidden by"):
            await client.get(SEARCH)

    run(work())
    assert host.requested == []


def test_a_web_page_that_was_kept_as_rules_is_no_copy_of_them() -> None:
    clock, store = HandClock(), MemoryAnswers()
    page_kept = answer("<p>Welcome</p>", url=f"{HOME}/robots.txt")
    store.save(f"ROBOTS {HOME}/robots.txt", StoredAnswer(answer=page_kept, stored_at=NOW))
    host = Host(reply(), robots=reply(text=RULES))
    assert page(host, clock, store) == b"a page"
    assert host.robots.call_count == 1


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"], ids=["UTF-8", "UTF-16 LE", "UTF-16 BE"])
def test_rules_behind_a_byte_order_mark_are_obeyed(mark: bytes) -> None:
    encoding = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(mark, "utf-8")
    body = mark + "User-agent: *\nDisallow: /\n".encode(encoding)
    host = Host(reply(), robots=httpx.Response(200, content=body))
    with pytest.raises(Refused, match="is forbidden by"):
        page(host, HandClock(), MemoryAnswers())


@pytest.mark.parametrize(("last", "allowed"), [("Disallow: /se", False), ("", True)])
def test_the_first_500_kib_of_rules_count(last: str, allowed: bool) -> None:
    head = f"User-agent: *\nDisallow: /private\n{last}\n"
    line = "Disallow: /other/of/many/paths/0123456789\n"
    body = head + line * (600_000 // len(line)) + "Disallow: /search\n"
    host = Host(reply(), robots=reply(text=body))
    if allowed:
        assert page(host, HandClock(), MemoryAnswers()) == b"a page"
    else:
        with pytest.raises(Refused, match="is forbidden by"):
            page(host, HandClock(), MemoryAnswers())


def test_rules_are_read_where_a_redirect_to_another_host_leads() -> None:
    def robots(request: httpx.Request) -> httpx.Response:
        if request.url.host == "clinics.example.org":
            return httpx.Response(301, headers={"location": "https://www.other.example.com/robots.txt"})
        return httpx.Response(200, text=RULES)

    host, store = Host(reply(), robots), MemoryAnswers()
    assert page(host, HandClock(), store) == b"a page"
    with pytest.raises(Refused, match="is forbidden by"):
        page(host, HandClock(), store, PRIVATE)
    assert [request.url.host for request in host.requested] == ["clinics.example.org"]


def test_a_clock_that_was_set_back_does_not_keep_rules_for_ever() -> None:
    host, store = Host(reply(), robots=reply(text=RULES)), MemoryAnswers()
    page(host, HandClock(NOW + timedelta(days=3650)), store)
    host.robots.mock(return_value=reply(text="User-agent: *\nDisallow: /search\n"))
    with pytest.raises(Refused, match="is forbidden by"):
        page(host, HandClock(), store)


def test_one_process_whose_clock_is_set_back_asks_again_too() -> None:
    host, clock = Host(reply(), robots=reply(text=RULES)), HandClock(NOW + timedelta(days=9))
    client = Client(source(), host.hosts(clock))

    async def work() -> None:
        await client.get(SEARCH)
        clock.start = NOW
        await client.get(SEARCH)

    run(work())
    assert host.robots.call_count == 2


def test_a_kept_copy_spares_a_host_in_trouble_from_being_asked_at_every_page() -> None:
    host, clock, store = Host(reply(), robots=reply(text=RULES)), HandClock(), MemoryAnswers()
    page(host, clock, store)
    host.robots.mock(return_value=reply(500))
    clock.elapsed += 2 * DAY

    async def work() -> int:
        client = Client(source(), host.hosts(clock, store))
        await client.get(SEARCH)
        asked = host.robots.call_count
        await client.get(SEARCH)
        return host.robots.call_count - asked

    assert run(work()) == 0


def test_a_waiting_room_before_the_file_is_a_waiting_room() -> None:
    host = Host(reply(), robots=reply(302, location="https://example.queue-it.net/?c=example"))
    with pytest.raises(WaitingRoom):
        page(host, HandClock(), MemoryAnswers())


def test_a_stated_exception_makes_the_file_not_count() -> None:
    host = Host(reply(), robots=reply(text="User-agent: *\nDisallow: /\n"))
    excepted = source(robots_exception="its operator agreed in writing")
    assert run(Client(excepted, host.hosts()).get(SEARCH)).body == b"a page"
    assert host.robots.call_count == 0
