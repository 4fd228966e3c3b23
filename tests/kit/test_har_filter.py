"""Which entries of a browser's recording are kept as responses, and how the others are reported."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import ConfigError
from aggregator.kit.har_filter import Sifted, position_of, sift

SITE = "https://book.example.org"
LIST = '{"clinics": [{"name": "Gull Hall"}]}'


def entry(path: str = "/clinics.json", text: str | None = LIST, **parts: Any) -> dict[str, Any]:
    """One entry as Chrome writes it; `parts`: kind, mime, method, status, post, size, encoding, sent, given."""
    mime = parts.get("mime", "application/json")
    content = {"mimeType": mime, "size": parts.get("size", len(text or ""))} | (
        {"text": text} if text is not None else {}
    )
    if "encoding" in parts:
        content["encoding"] = parts["encoding"]
    url = path if ":" in path else f"{SITE}{path}"
    return {
        "_resourceType": parts.get("kind", "xhr"),
        "_something": {"new": True},
        "startedDateTime": "2021-05-13T14:00:00Z",
        "serverIPAddress": "192.0.2.7",
        "request": {
            "method": parts.get("method", "GET"),
            "url": url,
            "headers": [{"name": name, "value": value} for name, value in parts.get("sent", {}).items()],
            "postData": parts.get("post"),
        },
        "response": {
            "status": parts.get("status", 200),
            "headers": [{"name": name, "value": value} for name, value in parts.get("given", {}).items()],
            "content": content,
        },
    }


def sifted(tmp_path: Path, *entries: Any) -> Sifted:
    har = tmp_path / "visit.har"
    har.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), encoding="utf-8")
    return sift(har)


@pytest.mark.parametrize(
    ("unwanted", "reason"),
    [
        (entry("/logo", "x", kind="image", mime="image/png"), "1 images"),
        (entry("/logo.svg", "<svg/>", kind="", mime="image/svg+xml"), "1 images"),
        (entry("/app.js", "let x", kind="script", mime="text/javascript"), "1 scripts"),
        (entry("/app.js", "let x", kind="", mime="application/javascript"), "1 scripts"),
        (entry("/app.css", "a {}", kind="stylesheet", mime="text/css"), "1 styles"),
        (entry("/a.woff2", "x", kind="font", mime="font/woff2"), "1 fonts"),
        (entry("/a.mp4", "x", kind="media", mime="video/mp4"), "1 media"),
        (entry("/clinics.json", "", method="OPTIONS", kind="preflight"), "1 preflights"),
        (entry("/seen", "ok", kind="ping", method="POST"), "1 beacons"),
        (entry("https://www.google-analytics.com/g/collect?v=2"), "1 analytics (www.google-analytics.com)"),
        (entry("https://metrics.book.example.org/v1"), "1 analytics (metrics.book.example.org)"),
        (entry("/api/telemetry", "{}", method="POST"), "1 analytics (book.example.org)"),
        (entry("/clinics/7", "{}", method="PUT"), "1 asked otherwise than with GET or POST"),
        (entry("/gone", "no", status=404), "1 failed"),
        (entry("/broken", "", status=0), "1 failed"),
        (entry("/moved", "", status=302), "1 redirects"),
        (entry("/saved", "", status=204), "1 without an answer"),
        (entry("/cached", None, status=304, size=0), "1 without an answer"),
        (entry("/big.json", None, size=70_000), "1 saved without their content"),
        (entry("/file", "\0\1\2", mime="application/octet-stream"), "1 not text"),
        (entry("data:text/plain,x", "x"), "1 not of the web"),
        (entry("/bytes", "§", encoding="base64"), "1 unreadable"),
        (entry("https://[::1/x"), "1 unreadable"),
        ({"request": {}}, "1 unreadable"),
        ("no entry at all", "1 unreadable"),
    ],
)
def test_useless_responses_are_dropped_with_a_reason(tmp_path: Path, unwanted: Any, reason: str) -> None:
    found = sifted(tmp_path, unwanted, entry())
    assert [exchange.request.url for exchange in found.kept] == [f"{SITE}/clinics.json"]
    assert found.sentence() == f"dropped 1: {reason}"


@pytest.mark.parametrize(
    "wanted",
    [
        entry("/clinics", "<html><body>Gull Hall</body></html>", kind="document", mime="text/html"),
        entry("/clinics.csv", "name,zip\nGull Hall,02120\n", mime="text/csv"),
        entry("/clinics.xml", "<clinics/>", mime="application/xml"),
        entry("/slots.ndjson", '{"id": 1}\n{"id": 2}\n', mime="application/fhir+ndjson"),
        entry("/clinics.ics", "BEGIN:VCALENDAR\n", mime="text/calendar"),
        entry("/clinics", LIST, kind="fetch", mime="text/javascript"),
        entry("/clinics", "show({})", kind="xhr", mime="text/javascript"),
        entry("/clinics", LIST, kind="other", mime=""),
        entry("/clinics", LIST, status=304),
        entry("/trees", LIST),
    ],
    ids=lambda each: f"{each['request']['url']} {each['_resourceType']} {each['response']['content']['mimeType']}",
)
def test_data_is_kept_whatever_its_name_and_type(tmp_path: Path, wanted: dict[str, Any]) -> None:
    found = sifted(tmp_path, wanted)
    assert len(found.kept) == 1
    assert found.kept[0].answer.status == 200
    assert found.sentence() == "dropped nothing"


def test_counts_are_sorted_by_frequency(tmp_path: Path) -> None:
    images = [entry(f"/{number}.png", "x" * 1000, kind="image") for number in range(22)]
    watched = [entry(f"https://{host}/collect") for host in ("a.hotjar.com", "b.hotjar.com", "b.hotjar.com")]
    found = sifted(tmp_path, *images, entry(), *watched)
    assert found.sentence() == "dropped 25: 22 images, 3 analytics (b.hotjar.com, a.hotjar.com)"


def test_of_equal_requests_only_the_fullest_response_is_kept(tmp_path: Path) -> None:
    found = sifted(tmp_path, entry(text="[]"), entry(text=LIST), entry(text="{}"), entry("/other.json"))
    assert [exchange.answer.body.decode() for exchange in found.kept] == [LIST, LIST]
    assert found.sentence() == "dropped 2: 2 asked again"


def test_requests_with_different_bodies_are_kept_apart(tmp_path: Path) -> None:
    posts = [{"mimeType": "application/json", "text": f'{{"page": {page}}}'} for page in (1, 2)]
    found = sifted(tmp_path, *(entry(method="POST", post=post) for post in posts))
    assert [exchange.request.content for exchange in found.kept] == [b'{"page": 1}', b'{"page": 2}']


def test_a_form_recorded_only_as_fields_is_encoded_again(tmp_path: Path) -> None:
    post = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "town", "value": "Gull & Co"}]}
    (exchange,) = sifted(tmp_path, entry(method="POST", post=post)).kept
    assert (exchange.request.content, exchange.request.content_type) == (
        b"town=Gull+%26+Co",
        "application/x-www-form-urlencoded",
    )


def test_a_base64_body_is_decoded_and_a_unicode_name_survives(tmp_path: Path) -> None:
    text = '[{"name": "Möwenhaus 鷗"}]'
    (exchange,) = sifted(tmp_path, entry(text=base64.b64encode(text.encode()).decode(), encoding="base64")).kept
    assert exchange.answer.body.decode() == text


def test_only_headers_of_kept_requests_are_shown(tmp_path: Path) -> None:
    kept = entry(sent={"X-Key": "k"}, given={"Set-Cookie": "a=b", "Server": "s"})
    found = sifted(tmp_path, kept, entry("/logo", "x", kind="image", sent={"X-Other": "o"}))
    assert found.sent == (("X-Key", "k"), ("Set-Cookie", "a=b"))


def test_a_recording_without_responses_is_described_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as wrong:
        sifted(tmp_path, entry("/a.png", "x", kind="image"), entry("/list.json", None, size=900))
    message = str(wrong.value)
    assert "none of its 2 entries is an answer" in message
    assert "1 images" in message and "1 saved without their content" in message
    assert "Preserve log" in message and "with content" in message


@pytest.mark.parametrize("text", ["", "[]", '{"log": {}}', '{"log": {"entries": {}}}'])
def test_a_file_that_is_not_a_recording_is_named(tmp_path: Path, text: str) -> None:
    har = tmp_path / "odd.har"
    har.write_text(text)
    with pytest.raises(ConfigError, match=r"odd\.har: is not"):
        sift(har)


def test_a_response_is_found_by_its_url_or_a_part_of_it(tmp_path: Path) -> None:
    kept = sifted(tmp_path, entry("/a/list"), entry("/b/list"), entry("/b/list?page=2")).kept
    assert position_of(f"{SITE}/b/list", kept) == 1
    assert position_of("page=2", kept) == 2
    with pytest.raises(ConfigError, match=r"matches 3 answers.*\n  https://book.example.org/a/list\n"):
        position_of("list", kept)
    with pytest.raises(ConfigError, match="0 answers"):
        position_of("nowhere", kept)
