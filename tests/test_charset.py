"""Decodes the bytes of a response to the text that a browser would show."""

from time import perf_counter

import pytest

from aggregator.charset import PRESCAN, decode_body, is_html

SHOP = "Zoë’s Clinic – Salón €5"
WESTERN = SHOP.encode("cp1252")


@pytest.mark.parametrize(
    "label",
    ["ISO-8859-1", "latin1", "us-ascii", "ASCII", "Windows-1252", "cp1252", '"iso-8859-1"', "'l1'", " iso8859-1"],
)
@pytest.mark.parametrize("kind", ["text/html", "text/csv", "text/calendar", "application/json", "text/plain"])
def test_latin_1_labels_mean_windows_1252_for_every_content_type(label: str, kind: str) -> None:
    assert decode_body(WESTERN, f"{kind}; charset={label}") == SHOP


@pytest.mark.parametrize("kind", ["", "text/html", "text/csv", "text/calendar", "application/json"])
def test_without_a_charset_it_is_utf_8_or_else_windows_1252(kind: str) -> None:
    assert decode_body(SHOP.encode(), kind) == SHOP
    assert decode_body(WESTERN, kind) == SHOP


@pytest.mark.parametrize(
    ("mark", "codec"), [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]
)
@pytest.mark.parametrize(
    "kind", ["", "text/csv; charset=iso-8859-1", "text/html; charset=shift_jis", "application/json"]
)
def test_a_byte_order_mark_overrides_every_label_and_is_removed(mark: bytes, codec: str, kind: str) -> None:
    assert decode_body(mark + SHOP.encode(codec), kind) == SHOP


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("shift_jis", "cp932", "予約①"),
        ("sjis", "cp932", "予約①"),
        ("x-sjis", "cp932", "予約"),
        ("gb2312", "gbk", "预约"),
        ("big5", "big5hkscs", "預約"),
        ("ks_c_5601-1987", "cp949", "예약"),
        ("iso-8859-9", "cp1254", "Şişli – 5"),
        ("latin2", "iso8859-2", "Łódź"),
        ("utf-16le", "utf-16-le", SHOP),
        ("unicode-1-1-utf-8", "utf-8", SHOP),
    ],
)
def test_labels_follow_the_encoding_standard(label: str, codec: str, text: str) -> None:
    assert decode_body(text.encode(codec), f"text/html; charset={label}") == text


@pytest.mark.parametrize("label", ["klingon", "utf-7", "rot13", "undefined", "idna", "hex", ""])
def test_a_label_unknown_to_the_standard_is_ignored(label: str) -> None:
    assert decode_body(WESTERN, f"text/csv; charset={label}") == SHOP
    assert decode_body(SHOP.encode(), f"text/csv; charset={label}") == SHOP


META = [
    "<meta charset=windows-1252>",
    "<META CHARSET = 'ISO-8859-1' />",
    '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">',
    "<meta content='text/html;charset=latin1' http-equiv=content-type>",
    "<meta name=x content='a > b'><meta charset=cp1252>",
    "<meta charset=klingon><meta charset=cp1252>",
    "<!-- <meta charset=utf-8> --><meta charset=cp1252>",
    "<!--><meta charset=cp1252>",
    "<?xml version='1.0' encoding='ISO-8859-1'?>",
    "<meta name=x content=it's><meta charset=cp1252>",
    f"<!-- {'x' * 2000} --><meta charset=cp1252>",
]


@pytest.mark.parametrize("meta", META)
@pytest.mark.parametrize("kind", ["text/html", "", "text/plain"])
def test_a_page_may_declare_its_own_charset(meta: str, kind: str) -> None:
    # "É’" in windows-1252 is valid UTF-8, so only the label can decide
    assert decode_body(f"{meta}<p>CAFÉ’".encode("cp1252"), kind).endswith("CAFÉ’")


def test_in_html_a_meta_charset_overrides_an_xml_declaration() -> None:
    page = "<?xml version='1.0' encoding='utf-8'?><meta charset=cp1252><p>CAFÉ’"
    assert decode_body(page.encode("cp1252"), "text/html") == page


@pytest.mark.parametrize(
    "begins",
    [
        "<!-- <meta charset=cp1252>",
        "<title>x</title><body><meta charset=cp1252>",
        "<p data-x='<meta charset=cp1252>",
        f"<!-- {'x' * PRESCAN} --><meta charset=cp1252>",
        "<meta name=charset content=cp1252>",
        "<meta content='text/html; charset=cp1252'>",
        "<metal charset=cp1252>",
    ],
)
def test_lookalikes_of_a_charset_declaration_are_ignored(begins: str) -> None:
    assert decode_body(f"{begins}<p>Café’s".encode(), "text/html").endswith("Café’s")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/csv", "name,note\nCafé’s,<meta charset=cp1252>\n"),
        ("application/json", '{"name": "Café’s", "note": "<meta charset=cp1252>"}'),
        ("text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:Café’s <meta charset=cp1252>"),
        ("text/csv", "<meta charset=cp1252>,Café’s"),
    ],
)
def test_a_meta_charset_counts_only_in_html(kind: str, text: str) -> None:
    assert decode_body(text.encode(), kind) == text


def test_a_page_declared_utf_16_in_ascii_is_utf_8() -> None:
    assert decode_body("<meta charset=utf-16><p>Café".encode(), "text/html").endswith("Café")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_byte_order_mark_is_detected_only_by_its_xml_declaration(codec: str) -> None:
    assert decode_body("<?xml version='1.0'?><a>é".encode(codec)).endswith("<a>é")
    assert "\0" in decode_body("name,day\nGull,1".encode(codec), "text/csv")


def test_a_pages_own_utf_8_declaration_overrides_a_wrong_server_default() -> None:
    page = "<meta charset=utf-8><p>Café’s"
    assert decode_body(page.encode(), "text/html; charset=ISO-8859-1") == page
    assert decode_body(page.encode("cp1252"), "text/html; charset=ISO-8859-1") == page
    assert decode_body(b"<p>CAF\xc9\x92S", "text/html; charset=ISO-8859-1") == "<p>CAFÉ’S"


def test_json_is_utf_8_whatever_its_label_unless_it_is_invalid() -> None:
    for text in ('{"name": "Café"}', '{"name": "CAFÉ’S"}'):
        assert decode_body(text.encode(), "application/json;charset=ISO-8859-1") == text
    assert decode_body(b'{"name": "Caf\xe9"}', "application/problem+json; charset=iso-8859-1") == '{"name": "Café"}'


def test_a_character_truncated_at_the_end_does_not_spoil_the_others() -> None:
    assert decode_body("Salón, José, Caf".encode() + b"\xc3", "text/csv") == "Salón, José, Caf\ufffd"


def test_invalid_bytes_in_declared_utf_8_become_replacement_characters() -> None:
    assert decode_body(b"Caf\xe9", "text/csv; charset=utf-8") == "Caf\ufffd"


def test_every_byte_is_a_character_in_windows_1252() -> None:
    text = decode_body(bytes(range(256)), "text/plain; charset=latin1")
    assert len(text) == 256
    assert "\ufffd" not in text
    assert text[0x81] == "\x81"


@pytest.mark.parametrize("body", [b"", b"\xef\xbb\xbf", b"\xff", b"\xfe\xff", b"\xff\xfea", b"<"])
@pytest.mark.parametrize("kind", ["", "text/html", "text/html; charset=iso-2022-kr", "charset", ";charset=", "x" * 99])
def test_no_body_or_label_raises(body: bytes, kind: str) -> None:
    assert isinstance(decode_body(body, kind), str)


@pytest.mark.parametrize("unit", [b"<!--", b"<meta ", b"<meta a='", b"\xc3", b"<?xml ", b"\xe9a"])
def test_decoding_hostile_bodies_takes_linear_time(unit: bytes) -> None:
    def seconds(size: int) -> float:
        started = perf_counter()
        decode_body(unit * (size // len(unit)), "text/html")
        return perf_counter() - started

    assert seconds(4_000_000) < 2 + 40 * seconds(400_000)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("\n <!DOCTYPE html><p>", "", True),
        ("<div>part of a page", "text/plain", True),
        ("<?xml version='1.0'?><html>", "application/xhtml+xml", True),
        ("<?xml version='1.0'?><rss>", "", False),
        ("<rss>", "text/xml", False),
        ("<html>", "application/rss+xml; charset=utf-8", False),
        ("<html> is a tag", "text/csv", False),
        ("BEGIN:VCALENDAR", "text/html", False),
        ('{"a": "<html>"}', "text/html", False),
        ("", "text/html", False),
    ],
)
def test_html_is_distinguished_from_data_that_contains_tags(text: str, kind: str, expected: bool) -> None:
    assert is_html(text, kind) is expected
