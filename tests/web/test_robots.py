"""robots.txt: fetched once a day, cached, obeyed."""

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
    """The result in a new process that shares only the store."""
    return run(Client(source(), host.hosts(clock, store)).get(request)).body


def test_a_disallowed_path_is_not_requested() -> None:
    host = Host(reply(), robots=reply(text=RULES))
    assert page(host, HandClock(), MemoryAnswers()) == b"a page"
    with pytest.raises(Refused, match=rf"{HOME}/private/x is forbidden by {HOME}/robots\.txt"):
        page(host, HandClock(), MemoryAnswers(), PRIVATE)
    assert [request.url.path for request in host.requested] == ["/search"]


def test_the_crawl_delay_sets_the_pace() -> None:
    host, clock = Host(reply(), robots=reply(text=RULES)), HandClock()

    async def work() -> None:
        client = Client(source(), host.hosts(clock))
        for _ in range(3):
            await client.get(SEARCH)

    run(work())
    assert clock.slept == pytest.approx([7.0, 7.0, 7.0])


def test_robots_txt_is_fetched_once_a_day_also_across_processes() -> None:
    host, clock, store = Host(reply(), robots=reply(text=RULES)), HandClock(), MemoryAnswers()
    for _ in range(3):
        page(host, clock, store)
    assert host.robots.call_count == 1
    clock.elapsed += DAY
    page(host, clock, store)
    assert host.robots.call_count == 2


def test_a_process_fetches_it_again_after_a_day_and_obeys_the_new_rules() -> None:
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


def test_sources_that_start_together_fetch_it_once() -> None:
    async def slowly(request: httpx.Request) -> httpx.Response:
        for _ in range(9):  # lets the other tasks run
            await asyncio.sleep(0)
        return reply(text=RULES)

    host = Host(reply(), robots=slowly)

    async def work() -> None:
        hosts = host.hosts()
        await asyncio.gather(*(Client(source(), hosts).get(SEARCH) for _ in range(5)))

    run(work())
    assert host.robots.call_count == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_robots_txt_allows_everything(status: int) -> None:
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
def test_an_unreadable_robots_txt_allows_nothing_without_a_cached_copy(broken: Replies, outcome: str) -> None:
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


def test_a_retry_after_on_robots_txt_is_honored() -> None:
    host = Host(reply(), robots=reply(429, retry_after="900"))
    hosts, clock = host.hosts(), HandClock()
    for _ in range(2):
        with pytest.raises(Throttled):
            run(Client(source(), hosts).get(SEARCH))
    assert (host.robots.call_count, host.requested, clock.slept) == (1, [], [])


def test_rules_that_replace_a_web_page_are_obeyed_within_the_hour() -> None:
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


def test_a_cached_web_page_does_not_count_as_rules() -> None:
    clock, store = HandClock(), MemoryAnswers()
    page_kept = answer("<p>Welcome</p>", url=f"{HOME}/robots.txt")
    store.save(f"ROBOTS {HOME}/robots.txt", StoredAnswer(answer=page_kept, stored_at=NOW))
    host = Host(reply(), robots=reply(text=RULES))
    assert page(host, clock, store) == b"a page"
    assert host.robots.call_count == 1


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"], ids=["UTF-8", "UTF-16 LE", "UTF-16 BE"])
def test_rules_after_a_byte_order_mark_are_obeyed(mark: bytes) -> None:
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


def test_robots_txt_may_redirect_to_another_host() -> None:
    def robots(request: httpx.Request) -> httpx.Response:
        if request.url.host == "clinics.example.org":
            return httpx.Response(301, headers={"location": "https://www.other.example.com/robots.txt"})
        return httpx.Response(200, text=RULES)

    host, store = Host(reply(), robots), MemoryAnswers()
    assert page(host, HandClock(), store) == b"a page"
    with pytest.raises(Refused, match="is forbidden by"):
        page(host, HandClock(), store, PRIVATE)
    assert [request.url.host for request in host.requested] == ["clinics.example.org"]


def test_a_clock_set_back_does_not_keep_old_rules_forever() -> None:
    host, store = Host(reply(), robots=reply(text=RULES)), MemoryAnswers()
    page(host, HandClock(NOW + timedelta(days=3650)), store)
    host.robots.mock(return_value=reply(text="User-agent: *\nDisallow: /search\n"))
    with pytest.raises(Refused, match="is forbidden by"):
        page(host, HandClock(), store)


def test_a_process_fetches_it_again_when_its_clock_is_set_back() -> None:
    host, clock = Host(reply(), robots=reply(text=RULES)), HandClock(NOW + timedelta(days=9))
    client = Client(source(), host.hosts(clock))

    async def work() -> None:
        await client.get(SEARCH)
        clock.start = NOW
        await client.get(SEARCH)

    run(work())
    assert host.robots.call_count == 2


def test_with_a_cached_copy_a_failing_host_is_not_asked_again_for_every_page() -> None:
    host, clock, store = Host(reply(), robots=reply(text=RULES)), HandClock(), MemoryAnswers()
    page(host, clock, store)
    host.robots.mock(return_value=reply(500))
    clock.elapsed += 2 * DAY

    async def work() -> int:
        client = Client(source(), host.hosts(clock, store))
        await client.get(SEARCH)
        before = host.robots.call_count
        await client.get(SEARCH)
        return host.robots.call_count - before

    assert run(work()) == 0


def test_a_waiting_room_in_place_of_robots_txt_is_a_waiting_room() -> None:
    host = Host(reply(), robots=reply(302, location="https://example.queue-it.net/?c=example"))
    with pytest.raises(WaitingRoom):
        page(host, HandClock(), MemoryAnswers())


def test_a_stated_exception_disables_robots_txt() -> None:
    host = Host(reply(), robots=reply(text="User-agent: *\nDisallow: /\n"))
    excepted = source(robots_exception="its operator agreed in writing")
    assert run(Client(excepted, host.hosts()).get(SEARCH)).body == b"a page"
    assert host.robots.call_count == 0
