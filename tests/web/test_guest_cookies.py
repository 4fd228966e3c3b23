"""Guest sessions: which cookies are sent, to whom, for how long, and that no cache answers in place of a step."""

import httpx

from aggregator.model import Answer, Request
from aggregator.web.client import Client
from aggregator.web.guest_cookies import MAX_LENGTH
from tests.support.memory_hosts import HOME, Host, Replies, get, reply, run, source

SIBLING = "https://book.example.org"
STEP = Request(url=f"{HOME}/search", guest_session=True)


def cookies_sent(host: Host) -> list[str | None]:
    return [request.headers.get("cookie") for request in host.requested]


def step(url: str = f"{HOME}/search") -> Request:
    return Request(url=url, guest_session=True)


def setting(*cookies: str) -> httpx.Response:
    return httpx.Response(200, text="a page", headers=[("set-cookie", cookie) for cookie in cookies])


def test_the_cookies_of_a_guest_session_last_for_one_visit_and_belong_to_no_other_source() -> None:
    host = Host(reply(set_cookie="session=1; Path=/"))
    hosts = host.hosts()

    async def work() -> Answer:
        async with Client(source(), hosts) as first, Client(source(name="other"), hosts) as second:
            for client in (first, first, second, first):
                received = await client.get(STEP)
        return received

    assert "set-cookie" not in run(work()).headers
    assert cookies_sent(host) == [None, "session=1", None, "session=1"]


def test_without_a_guest_session_no_cookie_is_kept_or_sent() -> None:
    host = Host(reply(set_cookie="session=1; Path=/"))
    get(host, Request(url=f"{HOME}/search"), STEP, Request(url=f"{HOME}/search"))
    assert cookies_sent(host) == [None, None, None]


def test_a_cookie_goes_back_only_to_the_origin_that_set_it_whatever_its_domain_says() -> None:
    host = Host(reply(set_cookie="session=1; Path=/; Domain=example.org"))
    get(host, step(), step(f"{SIBLING}/a"), step(f"{HOME}:8443/a"), step(f"{HOME}/b"))
    assert cookies_sent(host) == [None, None, None, "session=1"]


def test_cookies_are_sent_in_the_order_in_which_they_were_set() -> None:
    host = Host([setting("z=1; Path=/", "a=2; Path=/"), setting("m=3; Path=/", "z=4; Path=/"), reply()])
    get(host, step(), step(), step())
    assert cookies_sent(host) == [None, "z=1; a=2", "z=4; a=2; m=3"]


def test_a_cookie_that_a_redirect_sets_reaches_the_page_behind_it() -> None:
    moved = httpx.Response(302, headers={"location": "/chosen", "set-cookie": "session=1; Path=/"})
    host = Host([moved, reply()])
    get(host, Request(url=f"{HOME}/choose", form=(("loc", "1"),), guest_session=True))
    assert [(request.method, request.headers.get("cookie")) for request in host.requested] == [
        ("POST", None),
        ("GET", "session=1"),
    ]


def test_robots_txt_neither_sets_nor_gets_a_cookie() -> None:
    host = Host(reply(), robots=httpx.Response(404, headers={"set-cookie": "spy=1; Path=/"}))
    get(host, step(), step())
    assert cookies_sent(host) == [None, None]
    assert host.robots.calls[0].request.headers.get("cookie") is None


def test_more_cookies_than_a_server_accepts_are_not_sent() -> None:
    host = Host([setting(*(f"c{number}={'x' * 1000}; Path=/" for number in range(MAX_LENGTH // 1000 + 1))), reply()])
    get(host, step(), step())
    assert cookies_sent(host) == [None, None]


def test_no_cache_answers_in_place_of_a_step_of_the_session() -> None:
    pages: Replies = reply(etag='"1"', cache_control="max-age=600")
    host = Host(pages)
    hosts = host.hosts()

    async def visit(request: Request) -> None:
        async with Client(source(), hosts) as client:
            await client.get(request)
            client.settle(True)

    for request in (Request(url=f"{HOME}/search"), STEP, STEP):
        run(visit(request))
    assert [request.headers.get("if-none-match") for request in host.requested] == [None, None, None]
