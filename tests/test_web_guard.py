"""Where a source may lead us."""

import asyncio
import socket
from typing import Any

import pytest

from aggregator.errors import Refused, Unreachable
from aggregator.web.guard import Guard
from tests.test_web_support import HOME, run, source

HOSTED = "https://clinics-a.herokuapp.com/"


@pytest.mark.parametrize(
    ("home", "url"),
    [
        (HOME, f"{HOME}/next?page=2"),
        (HOME, "https://example.org/"),
        (HOME, "https://book.example.org:8443/x"),
        (HOME, "HTTPS://Book.Example.ORG/x"),
        (HOME, "https://extra.example.net/feed"),
        (HOME, "https://ported.example.net:8080/feed"),
        ("https://www.clinics.co.uk/", "https://book.clinics.co.uk/"),
        ("https://bücher.example/", "https://www.xn--bcher-kva.example/"),
        ("https://8.8.8.8:8443/", "https://8.8.8.8:8443/x"),
        (HOME, "http://example.org:8080/x"),
        (HOME, "http://example.org:443/x"),
        (HOME, "https://extra.example.net:8443/x"),
        ("https://clinics.example.org:9443/", "https://book.example.org:9443/x"),
    ],
)
def test_the_same_site_and_listed_hosts_are_let_through(home: str, url: str) -> None:
    Guard(source(home, hosts=("extra.example.net", "ported.example.net:8080"))).check(url)


@pytest.mark.parametrize(
    ("home", "url", "words"),
    [
        (HOME, "https://other.example.com/", "not of the site"),
        (HOME, "https://example.org.evil.example/", "not of the site"),
        (HOME, "https://ported.example.net/", "not of the site"),
        (HOSTED, "https://clinics-b.herokuapp.com/", "not of the site"),
        ("https://www.clinics.co.uk/", "https://www.other.co.uk/", "not of the site"),
        ("https://8.8.8.8:8443/", "https://8.8.8.8/", "not of the site"),
        ("https://8.8.8.8/", "https://8.8.4.4/", "not of the site"),
        (HOME, "https://clinics.example.org:22/", r"is at port 22.* add 'clinics\.example\.org:22' to `hosts`"),
        (HOME, "https://extra.example.net:25/", "is at port 25"),
        ("https://clinics.example.org:9443/", "https://clinics.example.org:9444/", "is at port 9444"),
        (HOME, "https://[64:ff9b::7f00:1]/", "not of the site"),
        ("https://[64:ff9b::7f00:1]/", "https://[64:ff9b::7f00:1]/", "only public addresses"),
        (HOME, "ftp://clinics.example.org/", r"not an http\(s\) address"),
        (HOME, "file:///etc/passwd", r"not an http\(s\) address"),
        (HOME, "javascript:alert(1)", r"not an http\(s\) address"),
        (HOME, "/relative", r"not an http\(s\) address"),
        (HOME, "https://[::1/", "is not an address"),
        (HOME, "https://someone:secret@clinics.example.org/", "credentials"),
    ],
)
def test_everything_else_is_refused_with_the_reason(home: str, url: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        Guard(source(home, hosts=("extra.example.net", "ported.example.net:8080"))).check(url)
    assert "secret" not in str(refused.value)


ADDRESSES = [
    ("8.8.8.8", True, False),
    ("2001:4860:4860::8888", True, False),
    ("127.0.0.1", False, True),
    ("::1", False, True),
    ("::ffff:127.0.0.1", False, True),
    ("::ffff:10.0.0.1", False, False),
    ("10.1.2.3", False, False),
    ("192.168.0.1", False, False),
    ("169.254.169.254", False, False),
    ("fe80::1%eth0", False, False),
    ("100.64.0.1", False, False),
    ("224.0.1.1", False, False),
    ("0.0.0.0", False, False),
    ("64:ff9b::808:808", True, False),
    ("64:ff9b::7f00:1", False, False),
    ("64:ff9b::a00:1", False, False),
    ("64:ff9b:1::808:808", False, False),
    ("2002:808:808::1", True, False),
    ("2002:7f00:1::", False, False),
    ("2002:a9fe:a9fe::", False, False),
    ("::127.0.0.1", False, False),
    ("::8.8.8.8", False, False),
    ("::ffff:8.8.8.8", True, False),
    ("::ffff:0:7f00:1", False, False),
    ("::ffff:0:808:808", False, False),
    ("fec0::1", False, False),
    ("fd00::1", False, False),
    ("192.88.99.1", False, False),
    ("2001:0:808:808::1", False, False),
]


@pytest.mark.parametrize(("address", "public", "loopback"), ADDRESSES)
def test_only_public_addresses_are_asked_and_in_a_demo_only_loopback(
    address: str, public: bool, loopback: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def getaddrinfo(self: object, host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", ("8.8.8.8", port)), (socket.AF_INET, 1, 6, "", (address, port))][-1:]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    for demo, good in [(False, public), (True, loopback)]:
        guard = Guard(source(), allow_loopback=demo)
        if good:
            run(guard.resolve_check(HOME))
            guard.check_peer(HOME, address)
        else:
            with pytest.raises(Refused, match=r"clinics\.example\.org"):
                run(guard.resolve_check(HOME))
            with pytest.raises(Refused, match=r"clinics\.example\.org"):
                guard.check_peer(HOME, address)


def test_a_literal_private_address_is_refused_though_the_region_file_names_it() -> None:
    with pytest.raises(Refused, match="only public addresses"):
        Guard(source("http://169.254.169.254/latest")).check("http://169.254.169.254/latest")


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(self: object, host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        run(Guard(source()).resolve_check(HOME))


def test_a_name_is_resolved_once_a_visit_and_one_without_address_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def getaddrinfo(self: object, host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        if host.startswith("gone"):
            raise socket.gaierror("no such name")
        return [(socket.AF_INET, 1, 6, "", ("8.8.8.8", port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    guard = Guard(source())

    async def work() -> None:
        await guard.resolve_check(HOME)
        await guard.resolve_check(f"{HOME}/again")
        with pytest.raises(Unreachable, match=r"gone\.example\.org has no address"):
            await guard.resolve_check("https://gone.example.org/")

    run(work())
    assert asked == ["clinics.example.org", "gone.example.org"]


def test_a_refused_redirect_names_both_addresses() -> None:
    with pytest.raises(
        Refused, match=r"clinics\.example\.org/search redirects to .*elsewhere\.example\.com"
    ) as refused:
        Guard(source()).check_redirect(f"{HOME}/search", "https://elsewhere.example.com/")
    assert "`hosts`" in str(refused.value)


def test_encryption_is_not_given_up_on_the_way() -> None:
    with pytest.raises(Refused, match="not encrypted"):
        Guard(source()).check_redirect(f"{HOME}/search", "http://clinics.example.org/search")
    Guard(source()).check_redirect("http://clinics.example.org/", f"{HOME}/")
