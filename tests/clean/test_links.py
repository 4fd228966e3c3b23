"""What counts as a link."""

import pytest

from aggregator.clean.links import safe_url

BASE = "https://clinics.example/appointment/en/clinic/search?page=2"
DATA = ""


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://book.example/a?b=c#d", "https://book.example/a?b=c#d"),
        (" http://book.example ", "http://book.example"),
        ("/client/registration?clinic_id=1", "https://clinics.example/client/registration?clinic_id=1"),
        ("https://book.example//appointment/en//x", "https://book.example//appointment/en//x"),
        ("//book.example/x", "https://book.example/x"),
        ("https://book.example:8443/", "https://book.example:8443/"),
        ("registration.php?clinic_id=1", "https://clinics.example/appointment/en/clinic/registration.php?clinic_id=1"),
        ("?page=3", "https://clinics.example/appointment/en/clinic/search?page=3"),
        ("/", "https://clinics.example/"),
        ("2026-12-03", "https://clinics.example/appointment/en/clinic/2026-12-03"),
    ],
)
def test_http_links_become_absolute(href: str, expected: str) -> None:
    assert safe_url(href, BASE) == expected


@pytest.mark.parametrize("base", [BASE, DATA], ids=["page", "data"])
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
def test_anything_else_is_not_a_link(href: str, base: str) -> None:
    assert safe_url(href, base) == ""


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("www.gull.example.org", "https://www.gull.example.org"),
        (" gull.example.org/vaccine?x=1 ", "https://gull.example.org/vaccine?x=1"),
        ("gull.example.org?x=1", "https://gull.example.org?x=1"),
        ("GULL.Example.com/Book.", "https://GULL.Example.com/Book"),
        ("gull.example.org:8443/x", "https://gull.example.org:8443/x"),
        ("<https://gull.example.org/x>", "https://gull.example.org/x"),
        ("HTTPS://gull.example.org/x", "https://gull.example.org/x"),
        ("//gull.example.org/x", "https://gull.example.org/x"),
        ("mairie-des-moulins.fr/rendez-vous", "https://mairie-des-moulins.fr/rendez-vous"),
    ],
)
def test_a_bare_host_name_in_data_is_a_link_to_that_host(href: str, expected: str) -> None:
    assert safe_url(href, DATA) == expected


@pytest.mark.parametrize("href", ["/book/1", "book/1", "?store=7", "#book", "index.html", "search.php?store=7", "7"])
def test_links_in_data_are_never_relative(href: str) -> None:
    assert safe_url(href, DATA) == ""


@pytest.mark.parametrize("href", ["www.gull.example.org/book", "gull.example.org/book", "gull.example.com:8443/book"])
def test_a_bare_name_on_a_page_is_a_link_to_a_host_if_it_can_only_be_one(href: str) -> None:
    assert safe_url(href, BASE) == f"https://{href}"


@pytest.mark.parametrize("base", [BASE, DATA], ids=["page", "data"])
@pytest.mark.parametrize(
    "words",
    [
        *("N/A", "n/a", "NA", "n.a.", "none", "None.", "null", "TBD", "tba", "-", "--", "—", "?", "#", ".", "_"),
        *("call us", "coming soon", "see website", "Not available", "No website. Call us", "Call 401-555-0100"),
        *("401-555-0100", "desk@gull.example.org", "https://desk@gull.example.org", "Aucun", "ninguno"),
        *("http://", "https://N/A", "http://none", "https://tbd/", "http://n.a", "https://-"),
    ],
)
def test_placeholder_words_are_not_links(words: str, base: str) -> None:
    assert safe_url(words, base) == ""


@pytest.mark.parametrize("base", [BASE, DATA], ids=["page", "data"])
@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("http//gull.example.org/x", "http://gull.example.org/x"),
        ("https/gull.example.org/x", "https://gull.example.org/x"),
        ("https:/gull.example.org/x", "https://gull.example.org/x"),
        ("https:gull.example.org/x", "https://gull.example.org/x"),
        ("https//:gull.example.org/x", "https://gull.example.org/x"),
        ("https:///gull.example.org/x", "https://gull.example.org/x"),
        ("https;//gull.example.org/x", "https://gull.example.org/x"),
        ("https: //gull.example.org/x", "https://gull.example.org/x"),
        ("https:// gull.example.org/x", "https://gull.example.org/x"),
        ("http:\\\\gull.example.org/x", "http://gull.example.org/x"),
        ("htp://gull.example.org/x", "http://gull.example.org/x"),
        ("htts://gull.example.org/x", "https://gull.example.org/x"),
        ("hhttps://gull.example.org/x", "https://gull.example.org/x"),
        ("ttps://gull.example.org/x", "https://gull.example.org/x"),
        ("https://https://gull.example.org/x", "https://gull.example.org/x"),
        ("http://https//gull.example.org/x", "https://gull.example.org/x"),
        ("https://http.gull.example.org/x", "https://http.gull.example.org/x"),
    ],
)
def test_a_typo_in_the_scheme_is_repaired(href: str, expected: str, base: str) -> None:
    assert safe_url(href, base) == expected


@pytest.mark.parametrize("href", ["https:/none", "http//call us", "https:search.html", "https:/book", "http:"])
def test_a_scheme_typo_not_followed_by_a_host_is_not_a_link(href: str) -> None:
    assert safe_url(href, BASE) == safe_url(href, DATA) == ""


def test_a_link_with_another_host_prepended_is_not_a_link() -> None:
    assert safe_url("https://api.example.orghttps://gull.example.org/x", DATA) == ""


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://gull.example.org/s?a=1&amp;b=2&#38;c=3", "https://gull.example.org/s?a=1&b=2&c=3"),
        ("https://gull.example.org/s?a=1&amp;amp;b=2", "https://gull.example.org/s?a=1&amp;b=2"),
        ("https://gull.example.org/s?a=1&copy=2&lt=3", "https://gull.example.org/s?a=1&copy=2&lt=3"),
    ],
)
def test_character_references_are_decoded_once_as_in_names(href: str, expected: str) -> None:
    assert safe_url(href, DATA) == expected


@pytest.mark.parametrize("href", [None, 7, True, {"url": "https://gull.example.org"}, ["https://gull.example.org"]])
def test_values_other_than_text_are_not_links(href: object) -> None:
    assert safe_url(href, DATA) == ""  # type: ignore[arg-type]
