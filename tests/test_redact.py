"""What may be published or logged of a URL: scheme, host, and path."""

import pytest

from aggregator.errors import ConfigError, PageError, RecordError, Unreachable, excerpt
from aggregator.redact import keys_in, printable, redacted, shown_url, without

KEY = "k3y-5tays-hidden"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://book.example.org/list.csv", "https://book.example.org/list.csv"),
        (f"https://book.example.org/list.csv?key={KEY}", "https://book.example.org/list.csv"),
        (f"https://book.example.org:8443/a/b/?x=1&key={KEY}#top", "https://book.example.org:8443/a/b/"),
        (f"https://book.example.org/#{KEY}", "https://book.example.org/"),
        (f"https://book.example.org?key={KEY}", "https://book.example.org"),
        (f"https://someone:{KEY}@book.example.org/a", "https://book.example.org/a"),
        (f"https://some@one:{KEY}@book.example.org/a", "https://book.example.org/a"),
        (f"https://book.example.org/a;jsessionid={KEY}", "https://book.example.org/a"),
        (f"ftp://someone:{KEY}@files.example.org/a", "ftp://files.example.org/a"),
        (f"https:\\/\\/book.example.org\\/a?key={KEY}", "https://book.example.org/a"),
        (f"/a/b?key={KEY}", "/a/b"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("https://book.example.org/\x1b[2Ja", "https://book.example.org/\\x1b[2Ja"),
    ],
)
def test_a_url_is_shown_as_host_and_path(url: str, shown: str) -> None:
    assert shown_url(url) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.example/x?k=1: no answer; try https://b.example?k=2.", "https://a.example/x: no answer; try https://b.example."),
        ("GET https://a.example/x?k=1 (see HTTPS://u:p@B.example/y#z)", "GET https://a.example/x (see HTTPS://B.example/y)"),
        ("it begins '<a href=\"https://a.example/?sig=1&b=2\">'", "it begins '<a href=\"https://a.example/\">'"),
        ("it begins '{\"next\": \"https:\\\\/\\\\/a.example\\\\/b?sig=1\"}'", "it begins '{\"next\": \"https://a.example/b\"}'"),
        ("Cannot GET /list.csv?key=abc&x[]=1.", "Cannot GET /list.csv."),
        ("has its layout changed? Ask its author = you", "has its layout changed? Ask its author = you"),
        ("9:00 and/or 10:30, what?", "9:00 and/or 10:30, what?"),
        ("two\nlines, a tab\t, a bell\x07, \u202eturned", "two\nlines, a tab\\t, a bell\\x07, \\u202eturned"),
        ("12\u202f000 élèves\xa0!", "12\u202f000 élèves\xa0!"),
    ],
)  # fmt: skip
def test_every_url_in_a_text_is_shown_as_host_and_path(text: str, shown: str) -> None:
    assert redacted(text) == shown


def test_errors_redact_their_messages_themselves() -> None:
    url = f"https://someone:{KEY}@a.example/x?key={KEY}"
    for error in (
        ConfigError(f"{url}: bad"),
        Unreachable(f"{url}: bad", retry_after=3.0),
        PageError(f"{url} begins {excerpt(url)}"),
        RecordError("link", url, f"leads to {url}"),
    ):
        assert KEY not in f"{error} {vars(error)}"
        assert "https://a.example/x" in str(error)


def test_a_person_who_has_to_choose_among_urls_sees_them_whole() -> None:
    choices = ["https://a.example/?page=1", "https://a.example/?page=2"]
    message = str(ConfigError("https://a.example/?page=3 is none of these:", choices))
    assert message == "https://a.example/ is none of these:\n  https://a.example/?page=1\n  https://a.example/?page=2"


def test_keys_are_hidden_by_their_value_too() -> None:
    address = "https://a.example/x?token=abc%2F123%3D%3D&town=Springfield&page=2&owner=20212021&apiKey=xyz"
    keys = keys_in(address)
    assert keys == ("abc%2F123%3D%3D", "abc/123==", "20212021", "xyz")
    assert keys_in(address, named=True) == ("abc%2F123%3D%3D", "abc/123==", "xyz")
    assert without(keys, "no rights for abc/123== in Springfield") == "no rights for … in Springfield"


def test_long_texts_take_no_long_time_to_redact() -> None:
    for text in ("x" * 100_000 + "://", "a?b" * 30_000 + "://", ":/" * 50_000, "?x=" * 30_000):
        redacted(text)
    assert printable("\x1b" * 3) == "\\x1b\\x1b\\x1b"
