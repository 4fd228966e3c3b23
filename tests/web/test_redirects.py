"""Where redirects may lead."""

import httpx
import pytest

from aggregator.errors import Refused, VisitError, WaitingRoom
from aggregator.model import Request
from tests.support.memory_hosts import HOME, Host, get, reply


def test_redirects_within_the_site_are_followed_and_the_response_has_the_final_url() -> None:
    host = Host([reply(302, location="/a?x=1"), reply(301, location="https://book.example.org/b"), reply()])
    assert get(host).url == "https://book.example.org/b"
    assert [str(request.url) for request in host.requested] == [
        f"{HOME}/search",
        f"{HOME}/a?x=1",
        "https://book.example.org/b",
    ]


@pytest.mark.parametrize(("status", "method", "body"), [(302, "GET", b""), (303, "GET", b""), (307, "POST", b"a=1")])
def test_a_form_is_sent_again_only_if_the_redirect_status_requires_it(status: int, method: str, body: bytes) -> None:
    host = Host([reply(status, location="/next"), reply()])
    get(host, Request(url=f"{HOME}/x", form=(("a", "1"),)))
    assert (host.requested[1].method, host.requested[1].content) == (method, body)


def test_endless_redirects_end_after_five() -> None:
    host = Host(lambda request: httpx.Response(302, headers={"location": f"{request.url.path}x"}))
    with pytest.raises(
        Refused, match=rf"{HOME}/search redirects more than 5 times, the last time to {HOME}/searchxxxxxx"
    ):
        get(host)
    assert len(host.requested) == 6


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example.com/",
        "//elsewhere.example.com/",
        "http://127.0.0.1:8080/admin",
        "https://10.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://clinics.example.org/search",
        "file:///etc/passwd",
        "ftp://clinics.example.org/",
        "https://someone:secret@clinics.example.org/",
    ],
)
def test_a_redirect_to_a_forbidden_url_is_refused_and_never_requested(target: str) -> None:
    host = Host(reply(302, location=target))
    with pytest.raises(Refused, match=rf"^{HOME}/search redirects to "):
        get(host)
    assert len(host.requested) == 1


@pytest.mark.parametrize("target", ["http://[broken", "javascript:alert(1)", "https://clinics.example.org:99999999/"])
def test_a_redirect_without_a_valid_url_is_a_failed_request(target: str) -> None:
    with pytest.raises(VisitError, match=f"{HOME}/search"):
        get(Host(reply(302, location=target)))


def test_a_redirect_into_a_queue_is_a_waiting_room_and_not_a_block() -> None:
    host = Host(reply(302, location="https://alder.queue-it.net/?c=alder"))
    with pytest.raises(WaitingRoom, match=rf"{HOME}/search redirects to a waiting room, https://alder\.queue-it"):
        get(host)
    assert len(host.requested) == 1


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("/orte/münchen?q=ä".encode(), "/orte/m%C3%BCnchen?q=%C3%A4"),
        ("https://clinics.example.org/café".encode(), "/caf%C3%A9"),
        ("/café".encode("latin-1"), "/caf%E9"),
        (b"  /a b  ", "/a%20b"),
        (b"/a%20b?x=1&y=%2F#top", "/a%20b?x=1&y=%2F"),
    ],
    ids=["UTF-8", "UTF-8, absolute", "bytes that are no UTF-8", "spaces", "encoded already"],
)
def test_a_location_header_is_followed_as_browsers_do(raw: bytes, expected: str) -> None:
    spoiled = [(b"Location", raw), (b"X-Note", "déjà vu".encode("latin-1"))]
    host = Host([httpx.Response(302, headers=spoiled), reply()])
    assert get(host).body == b"a page"
    assert host.requested[1].url.raw_path.decode() == expected


def test_a_key_in_a_redirect_url_appears_in_no_message() -> None:
    for target in (
        "https://elsewhere.example.com/?sig=k3y-5tays-hidden",
        "https://alder.queue-it.net/?token=k3y-5tays-hidden",
        "http://clinics.example.org/?sig=k3y-5tays-hidden",
        "https://clinics.example.org:99999999/?sig=k3y-5tays-hidden",
        "http://[broken/?sig=k3y-5tays-hidden",
        "https://user:k3y-5tays-hidden@clinics.example.org/",
        "?sig=k3y-5tays-hidden",
    ):
        with pytest.raises(VisitError) as error:
            get(Host(reply(302, location=target)))
        assert "k3y-5tays-hidden" not in str(error.value)


def test_the_robots_txt_of_every_redirect_host_is_obeyed() -> None:
    def robots(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="User-agent: *\nDisallow: /" if request.url.host == "book.example.org" else "")

    host = Host(reply(302, location="https://book.example.org/b"), robots)
    with pytest.raises(Refused, match=r"book\.example\.org/b is forbidden by"):
        get(host)
