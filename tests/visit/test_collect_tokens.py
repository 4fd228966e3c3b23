"""Tokens that a system gives every visitor (`Fetch.send_token`): where they are sent, and which are invalid."""

from collections.abc import AsyncIterator

import httpx
import pytest

from aggregator.adapter import Fetch, HtmlAdapter, HtmlRow, Listing, Page, SourceInfo
from aggregator.model import Report
from aggregator.visit.one_visit import collect
from aggregator.web.client import Client, Hosts
from tests.support.memory_hosts import HOME, HandClock, Host, Replies, reply, run
from tests.support.pages import source

DOOR = f"{HOME}/door"
OTHER = "https://book.example.org"
PAGE = reply(text="<html><p>Gull Hall</p></html>")


class Carrying(HtmlAdapter):
    """Requests the front page, sends its token along, and requests further pages."""

    name = "carrying"
    title = "Carrying"
    rows = "p"

    def __init__(self, *then: str, tokens: tuple[tuple[str, str], ...] = (("X-Session", "t-1"),)) -> None:
        super().__init__()
        self.then, self.tokens = then, tokens

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        door = await fetch(source.url)
        for header, token in self.tokens:
            fetch.send_token(door, header, token)
        for url in self.then:
            yield await fetch(url)

    def listing(self, row: HtmlRow) -> Listing:
        return Listing(name=f"{row.text()} {row.page.url}")


def visited(adapter: Carrying, hosts: Hosts) -> Report:
    where = source(DOOR)

    async def work() -> Report:
        async with Client(where, hosts) as client:
            report = await collect(where, adapter, client, HandClock())
            client.settle(True)
            return report

    return run(work())


def sent(host: Host, header: str = "x-session") -> list[tuple[str, str | None]]:
    """Each requested URL, and the token sent with it."""
    return [(str(request.url), request.headers.get(header)) for request in host.requested]


def redirecting(status: int, target: str) -> Replies:
    return [PAGE, reply(status, location=target), PAGE]


def test_a_token_is_sent_only_to_later_pages_of_its_origin() -> None:
    host = Host(PAGE)
    visited(Carrying(f"{HOME}/list", f"{OTHER}/list", f"{HOME}:8443/list", f"{HOME}/more"), host.hosts())
    assert sent(host) == [
        (DOOR, None),
        (f"{HOME}/list", "t-1"),
        (f"{OTHER}/list", None),
        (f"{HOME}:8443/list", None),
        (f"{HOME}/more", "t-1"),
    ]


@pytest.mark.parametrize("status", [302, 307])
def test_a_token_does_not_follow_a_redirect_to_another_host(status: int) -> None:
    host = Host(redirecting(status, f"{OTHER}/list"))
    visited(Carrying(f"{HOME}/list"), host.hosts())
    assert sent(host)[1:] == [(f"{HOME}/list", "t-1"), (f"{OTHER}/list", None)]


@pytest.mark.parametrize("status", [302, 307])
def test_a_token_follows_a_redirect_within_its_origin(status: int) -> None:
    host = Host(redirecting(status, "/moved"))
    visited(Carrying(f"{HOME}/list"), host.hosts())
    assert sent(host)[1:] == [(f"{HOME}/list", "t-1"), (f"{HOME}/moved", "t-1")]


def test_after_a_redirect_a_token_belongs_to_the_final_origin() -> None:
    host = Host([reply(302, location=f"{OTHER}/door"), PAGE, PAGE, PAGE])
    visited(Carrying(f"{HOME}/list", f"{OTHER}/list"), host.hosts())
    assert sent(host)[2:] == [(f"{HOME}/list", None), (f"{OTHER}/list", "t-1")]


def test_the_latest_token_for_a_header_is_sent() -> None:
    host = Host(PAGE)
    visited(Carrying(f"{HOME}/list", tokens=(("X-Session", "t-1"), ("x-session", "t-2"))), host.hosts())
    assert sent(host)[1:] == [(f"{HOME}/list", "t-2")]


def test_a_token_ends_with_its_visit_and_its_responses_are_not_cached() -> None:
    host = Host(reply(text="<html><p>Gull Hall</p></html>", etag='"1"', cache_control="max-age=60"))
    hosts = host.hosts()
    visited(Carrying(f"{HOME}/list"), hosts)
    visited(Carrying(f"{HOME}/list", tokens=()), hosts)
    assert sent(host)[2:] == [(DOOR, None), (f"{HOME}/list", None)]
    assert [request.headers.get("if-none-match") for request in host.requested[2:]] == ['"1"', None]


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("X-Session", ""),
        ("X-Session", "two\r\nlines: of a header"),
        ("X-Session", "clé"),
        ("X\nSession", "t-1"),
        ("User-Agent", "a browser"),
        ("cookie", "id=1"),
        ("Host", "elsewhere.example.com"),
    ],
)
def test_an_invalid_token_ends_the_visit_before_the_next_request(header: str, token: str) -> None:
    host = Host(PAGE)
    report = visited(Carrying(f"{HOME}/list", tokens=((header, token),)), host.hosts())
    assert (report.outcome, report.readings, report.whole) == ("CHANGED", (), False)
    assert report.message.startswith(f"{DOOR}: the token ")
    assert " ".join(header.split()) in report.message
    assert len(host.requested) == 1


def test_a_token_is_sent_with_a_form_too() -> None:
    host = Host(PAGE)

    class Asking(Carrying):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            door = await fetch(source.url)
            fetch.send_token(door, "X-Session", "t-1")
            yield await fetch(f"{HOME}/search", form={"zip": "01999"})

    visited(Asking(), host.hosts())
    request: httpx.Request = host.requested[1]
    assert (request.method, request.headers["x-session"], request.content) == ("POST", "t-1", b"zip=01999")
