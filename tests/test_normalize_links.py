"""Which links may be shown."""

import pytest

from aggregator.normalize.links import safe_url

BASE = "https://clinics.example/appointment/en/clinic/search?page=2"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://book.example/a?b=c#d", "https://book.example/a?b=c#d"),
        (" http://book.example ", "http://book.example"),
        ("/client/registration?clinic_id=1", "https://clinics.example/client/registration?clinic_id=1"),
        ("https://book.example//appointment/en//x", "https://book.example//appointment/en//x"),
        ("//book.example/x", "https://book.example/x"),
        ("https://book.example:8443/", "https://book.example:8443/"),
    ],
)
def test_http_links_are_made_absolute(href: str, expected: str) -> None:
    assert safe_url(href, BASE) == expected


@pytest.mark.parametrize(
    "href",
    [
        "",
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "mailto:desk@clinics.example",
        "ftp://book.example/",
        "https://",
        "https:///path",
        "https://user:word@book.example/",
        "https://clinics.example@book.example/",
        "https://book.example/a b",
        "https://book.example/\u202egnp",
        "https://book.example/\ud800",
        "https://book.example\\@clinics.example/",
        "https://book.example:99999/",
        "https://[::1/",
        "https://book.example/" + "x" * 2000,
    ],
)
def test_anything_else_is_no_link(href: str) -> None:
    assert safe_url(href, BASE) == ""


def test_a_relative_link_without_a_base_is_no_link() -> None:
    assert safe_url("/a", "") == ""
