"""Which URLs a source may lead to."""

import pytest

from aggregator.errors import Refused
from aggregator.web.guard import Guard
from tests.support.memory_hosts import HOME, source

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
def test_the_same_site_and_listed_hosts_are_allowed(home: str, url: str) -> None:
    Guard(source(home, hosts=("extra.example.net", "ported.example.net:8080"))).check(url)


@pytest.mark.parametrize(
    ("home", "url", "words"),
    [
        (HOME, "https://other.example.com/", "outside the site"),
        (HOME, "https://example.org.evil.example/", "outside the site"),
        (HOME, "https://ported.example.net/", "outside the site"),
        (HOSTED, "https://clinics-b.herokuapp.com/", "outside the site"),
        ("https://www.clinics.co.uk/", "https://www.other.co.uk/", "outside the site"),
        ("https://8.8.8.8:8443/", "https://8.8.8.8/", "outside the site"),
        ("https://8.8.8.8/", "https://8.8.4.4/", "outside the site"),
        (HOME, "https://clinics.example.org:22/", r"uses port 22.* add 'clinics\.example\.org:22' to its `hosts`"),
        (HOME, "https://extra.example.net:25/", "uses port 25"),
        ("https://clinics.example.org:9443/", "https://clinics.example.org:9444/", "uses port 9444"),
        (HOME, "https://[64:ff9b::7f00:1]/", "outside the site"),
        ("https://[64:ff9b::7f00:1]/", "https://[64:ff9b::7f00:1]/", "only public addresses"),
        (HOME, "ftp://clinics.example.org/", r"not an http\(s\) URL"),
        (HOME, "file:///etc/passwd", r"not an http\(s\) URL"),
        (HOME, "javascript:alert(1)", r"not an http\(s\) URL"),
        (HOME, "/relative", r"not an http\(s\) URL"),
        (HOME, "https://[::1/", "is not a URL"),
        (HOME, "https://someone:secret@clinics.example.org/", "credentials"),
    ],
)
def test_all_other_urls_are_refused_with_a_reason(home: str, url: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        Guard(source(home, hosts=("extra.example.net", "ported.example.net:8080"))).check(url)
    assert "secret" not in str(refused.value)


def test_a_literal_private_ip_is_refused_even_if_the_region_file_names_it() -> None:
    with pytest.raises(Refused, match="only public addresses"):
        Guard(source("http://169.254.169.254/latest")).check("http://169.254.169.254/latest")


def test_a_refused_redirect_names_both_urls() -> None:
    with pytest.raises(
        Refused, match=r"clinics\.example\.org/search redirects to .*elsewhere\.example\.com"
    ) as refused:
        Guard(source()).check_redirect(f"{HOME}/search", "https://elsewhere.example.com/")
    assert "`hosts`" in str(refused.value)


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(Refused, match="not encrypted"):
        Guard(source()).check_redirect(f"{HOME}/search", "http://clinics.example.org/search")
    Guard(source()).check_redirect("http://clinics.example.org/", f"{HOME}/")
