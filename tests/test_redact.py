"""The parts of a URL that may be published or logged: scheme, host, and path."""

from urllib.parse import quote

import pytest

from aggregator.errors import ConfigError, PageError, RecordError, Unreachable, described, excerpt
from aggregator.redact import has_userinfo, holds_key, keys_in, printable, redacted, shown_url, without
from aggregator.secret_values import is_key_name

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
        (
            "https://a.example/ical/private-0123456789abcdef0123456789abcdef/b.ics",
            "https://a.example/ical/private-…/b.ics",
        ),
        ("https://a.example/token/4f9a7c21b/b", "https://a.example/token/…/b"),
        ("https://a.example/f/8c2e1f09b7a64d3e8c2e1f09b7a64d3e", "https://a.example/f/…"),
        (
            "https://a.example/private-clinic-2/00000000-0000-4000-8000-000000000000/",
            "https://a.example/private-clinic-2/00000000-0000-4000-8000-000000000000/",
        ),
        (f"https%3A%2F%2Fa.example%2Fb%3Fkey%3D{KEY}", "https://a.example/b"),
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
        ("see https%3A%2F%2Fa.example%2Fb%3Fkey%3Dk3y%26x, please", "see https://a.example/b, please"),
        ("someone:k3y@files.example.org:/a, mailto:desk@a.example", "…@files.example.org:/a, mailto:desk@a.example"),
        ("Cannot GET /list.csv?key=abc&x[]=1.", "Cannot GET /list.csv."),
        ("has its layout changed? Ask its author = you", "has its layout changed? Ask its author = you"),
        ("9:00 and/or 10:30, what?", "9:00 and/or 10:30, what?"),
        ("two\nlines, a tab\t, a bell\x07, \u202eturned", "two\nlines, a tab\\t, a bell\\x07, \\u202eturned"),
        ("12\u202f000 élèves\xa0!", "12\u202f000 élèves\xa0!"),
    ],
)  # fmt: skip
def test_every_url_in_a_text_is_shown_as_host_and_path(text: str, shown: str) -> None:
    assert redacted(text) == shown


def test_errors_redact_their_own_messages() -> None:
    url = f"https://someone:{KEY}@a.example/x?key={KEY}"
    for error in (
        ConfigError(f"{url}: bad"),
        Unreachable(f"{url}: bad", retry_after=3.0),
        PageError(f"{url} begins {excerpt(url)}"),
        RecordError("link", url, f"leads to {url}"),
    ):
        assert KEY not in f"{error} {vars(error)}"
        assert "https://a.example/x" in str(error)


def test_urls_to_choose_from_are_shown_in_full() -> None:
    choices = ["https://a.example/?page=1", "https://a.example/?page=2"]
    message = str(ConfigError("https://a.example/?page=3 is none of these:", choices))
    assert message == "https://a.example/ is none of these:\n  https://a.example/?page=1\n  https://a.example/?page=2"


def test_keys_are_also_redacted_by_value() -> None:
    address = "https://a.example/x?token=abc%2F123%3D%3D&town=Springfield&page=2&owner=20212021&apiKey=xyz"
    keys = keys_in(address)
    assert keys == ("abc%2F123%3D%3D", "abc/123==", "20212021", "xyz")
    assert keys_in(address, named=True) == ("abc%2F123%3D%3D", "abc/123==", "xyz")
    assert without(keys, "no rights for abc/123== in Springfield") == "no rights for … in Springfield"


@pytest.mark.parametrize(
    "written",
    ["abc/123+4==", "abc%2F123%2B4%3D%3D", "abc%2f123%2b4%3d%3d", "abc%252F123%252B4%253D%253D", "abc\\/123+4==",
     "abc/123\\u002b4\\u003d\\u003d", "abc&#x2F;123&#x2B;4&#x3D;&#x3D;", "abc&#47;123&#43;4&#61;&#61;"],
)  # fmt: skip
def test_a_key_is_redacted_in_every_encoding(written: str) -> None:
    assert without(("abc/123+4==",), f"no rights for {written}!") == "no rights for …!"
    assert holds_key(("abc/123+4==",), f"no rights for {written}!")


def test_a_truncated_key_is_redacted_too() -> None:
    assert without(("abc/123+4==",), "it begins 'abc/123'") == "it begins '…'"
    assert without(("abc/123+4==",), "no rights for abc/12…") == "no rights for ……"
    assert without(("springfield-7",), "Springfield and springfield-town") == "Springfield and springfield-town"


def test_a_long_key_is_recognized_by_its_beginning_and_redacted_to_its_end() -> None:
    key = "k3y+" * 300
    for written in (key, quote(key, safe=""), key[:900]):
        assert without((key,), f'see "{written}" there') == 'see "…" there'
    assert without((" " * 40_000,), " " * 40_000).count(" ") == 0


def test_a_short_key_is_redacted_only_as_a_whole_word() -> None:
    assert without(("2",), "2 of 20 at ?to=%2Fa%3Fkey%3D2") == "… of 20 at ?to=%2Fa%3Fkey%3D…"


def test_keys_in_headers_and_options_are_recognized_by_their_names() -> None:
    headers = {"X-Api-Key": "4f9a-7c21", "Authorization": "Bearer eyJh.b2c3", "Referer": "https://a.example/12345678"}
    options = {"zips": ["02139"], "deep": {"clientSecret": "s3cr3t-9"}, "sort": "name", "key": "name"}
    assert keys_in("https://a.example/", headers, options) == ("4f9a-7c21", "eyJh.b2c3", "s3cr3t-9")


@pytest.mark.parametrize(
    ("name", "is_key"),
    [("key", True), ("apiKey", True), ("hapikey", True), ("X-Amz-Signature", True), ("access_token", True),
     ("Ocp-Apim-Subscription-Key", True), ("sig", True), ("user[password]", True), ("monkey", False), ("keys", False),
     ("keyword", False), ("owner", False), ("page", False)],
)  # fmt: skip
def test_a_name_reveals_whether_its_value_is_a_key(name: str, is_key: bool) -> None:
    assert is_key_name(name) is is_key


def test_third_party_errors_are_redacted_when_described() -> None:
    assert described(ValueError(f"https://u:{KEY}@a.example/x?key={KEY}")) == "ValueError: https://a.example/x"


@pytest.mark.parametrize(
    "text",
    ["x" * 90_000 + "://", "a?b" * 30_000 + "://", ":/" * 45_000, "?x=" * 30_000, "a:b" * 30_000 + "@", "%" * 90_000,
     "https:" * 15_000 + "//@", "a%3a%2f" * 15_000, "/" * 90_000, "https://" + "/key" * 22_000, "abc/12" * 15_000,
     "abc/12'" * 15_000],
    ids=lambda text: text[:10],
)  # fmt: skip
def test_redacting_a_long_text_is_fast(text: str) -> None:
    redacted(text)
    has_userinfo(text)
    keys_in(text)
    is_key_name(text)
    without(("abc/123+4==", "a:b"), text)


def test_every_cursor_control_character_is_escaped() -> None:
    assert printable("\x1b" * 3) == "\\x1b\\x1b\\x1b"
