"""Private data is removed from a recording, consistently everywhere; public data stays."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.har.writer import Exchange
from aggregator.kit.scrubbing import Scrubbed, scrub
from aggregator.model import Answer
from aggregator.model.wire_request import WireRequest

SITE = "https://book.example.org/clinics"
KEY = "Zm9v/YmFy+1234567890=="
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def exchange(url: str = SITE, body: Any = "", sent: str = "", kind: str = "", **headers: str) -> Exchange:
    """`body` is text, bytes, or what becomes JSON."""
    request = WireRequest(
        url=url, max_bytes=0, method="POST" if sent else "GET", content=sent.encode(), content_type=kind
    )
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    at = datetime(2021, 5, 13, 14, tzinfo=UTC)
    return Exchange(request, Answer(url=url, status=200, headers=named, body=raw, fetched_at=at))


def text_of(scrubbed: Scrubbed) -> str:
    """Everything that would be written of the exchanges, and the report about them."""
    parts = [
        part
        for request, answer in scrubbed.exchanges
        for part in (request.url, request.content.decode(), repr(answer.headers), answer.body.decode("latin-1"))
    ]
    return "\n".join([*parts, *scrubbed.sentences()])


@pytest.mark.parametrize(
    ("sent", "answered", "secret"),
    [
        (exchange(f"{SITE}?token=abc123XYZ9"), "", "abc123XYZ9"),
        (exchange(f"{SITE}?api_key=AIzaSyA1234567890abc"), "", "AIzaSyA1234567890abc"),
        (exchange(f"{SITE}?session=morning"), "", "session=morning"),
        (exchange(f"{SITE};jsessionid=A1B2C3D4E5"), "", "A1B2C3D4E5"),
        (exchange(f"{SITE}/a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6/slots"), "", "a1b2c3d4e5f6a7b8c9d0"),
        (exchange(f"{SITE}?q=a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6"), "", "a1b2c3d4e5f6a7b8c9d0"),
        (exchange("https://me:pass1@book.example.org/"), "", "pass1"),
        (exchange(sent="csrf=x1y2z3&town=Gull", kind=FORM), "", "x1y2z3"),
        (exchange(sent='{"auth": {"sessionToken": "x1y2z3"}}', kind=JSON), "", "x1y2z3"),
        (exchange(sent="message=%7B%22token%22%3A%22x1y2z3a4%22%7D", kind=FORM), "", "x1y2z3a4"),
        (exchange(sent="firstName=Gullina&lastName=Kite", kind=FORM), "Welcome GULLINA Kite!", "ullina"),
        (exchange(sent="firstName=Gullina&lastName=Kite", kind=FORM), "Welcome GULLINA Kite!", "Kite"),
        (exchange(sent='{"patient": {"firstName": "Al"}}', kind=JSON), "", '"Al"'),
        (exchange(sent='{"dob": "1950-02-03"}', kind=JSON), "", "1950-02-03"),
        (exchange(sent='{"dob": 19500203}', kind=JSON), "", "19500203"),
        (exchange(sent='{"birthYear": 1950}', kind=JSON), "", "1950"),
        (exchange(sent='{"phone": {"number": "6175550111"}}', kind=JSON), "", "6175550111"),
        (exchange(sent="ssn=078-05-1120", kind=FORM), "", "078-05-1120"),
        (exchange(sent="address=12+Kite+Street", kind=FORM), "", "12+Kite+Street"),
        (exchange(f"{SITE}?email=gullina.kite%40post.example"), "", "gullina"),
        (exchange(f"{SITE}?lat=42.360123&lng=-71.058912"), "", "42.3601"),
        (exchange(f"{SITE}?near=42.360123%2C-71.058912"), "", "058912"),
        (exchange(), {"csrfToken": KEY}, KEY),
        (exchange(), {"page": json.dumps({"csrfToken": KEY})}, "YmFy+1234567890"),
        (exchange(), {"anything": f"Bearer {JWT}"}, "eyJzdWIi"),
        (exchange(), {"clientIp": "203.0.113.77"}, "203.0.113.77"),
        (exchange(), {"desk": "gullina@clinic.example"}, "gullina"),
        (exchange(), {"odd": "a1B2" * 12}, "a1B2a1B2"),
        (exchange(), f'<input type="hidden" name="__VIEWSTATE" value="{KEY}">', KEY),
        (exchange(), f"<meta name='csrf-token' content='{KEY}'>", KEY),
        (exchange(), f'<script>var authToken = "{KEY}";</script>', KEY),
        (exchange(), '<a href="/book?sid=a1b2c3d4e5f6a7b8c9d0e1">', "a1b2c3d4e5"),
    ],
)
def test_private_data_is_removed_and_never_printed(sent: Exchange, answered: Any, secret: str) -> None:
    found = scrub([sent, exchange(body=answered)])
    assert secret not in text_of(found)
    assert found.counts.total() >= 1


@pytest.mark.parametrize(
    "data",
    [
        {"name": "Gull Hall", "address": "1 Kite St", "phone": "617-555-0100", "zip": "02120"},
        {"id": "a1b2c3d4-e5f6-47b8-89d0-a1b2c3d4e5f6", "lat": 42.360123, "lng": -71.058912},
        {"session": "Morning clinic", "sessionDate": "2021-05-20", "tokenType": "none", "key": "availability"},
        {"id": "a475ff88d4e0bb9ee1fc09040d45f5cb-20210913T0900000800"},
        {"url": "https://forms.example.org/r/uK80uaysEKrOHS4m6oSSBPQe6MS2yJJooiWqqIEQ55UMFRWSDJJNlExRFoy"},
        "UID:0kmm29g331s2v0m8kmjvu05lkb@calendar.example\nSUMMARY:Gull Hall\n",
        '<img src="/logo@2x.png"><link href="/application-ee744a9480d6d37cb76ad86865f64825127540de9e5f3979.css">',
        "name,appointments\nGull Hall,12\n",
    ],
    ids=str,
)
def test_clinic_data_is_preserved(data: Any) -> None:
    original = exchange(f"{SITE}?town=Boston&zip=02139&date=2021-05-20&address=Boston&page=2", data)
    found = scrub([original])
    assert found.exchanges == (original,)
    assert found.sentences() == ["scrubbed nothing: found no secrets and no personal details"]


def test_a_token_gets_the_same_placeholder_wherever_it_is_sent_back() -> None:
    first = exchange(body={"requestToken": KEY, "next": f"{SITE}?t={KEY}"})
    then = [
        exchange(f"{SITE}?t=Zm9v%2FYmFy%2B1234567890%3D%3D"),
        exchange(sent="t=Zm9v%2FYmFy%2B1234567890%3D%3D", kind=FORM),
        exchange(sent=json.dumps({"t": KEY}), kind=JSON),
        exchange(body='{"t": "Zm9v\\/YmFy+1234567890=="}'),
    ]
    found = scrub([first, *then])
    assert json.loads(found.exchanges[0].answer.body) == {"requestToken": "scrubbed-1", "next": f"{SITE}?t=scrubbed-1"}
    assert found.exchanges[1].request.url == f"{SITE}?t=scrubbed-1"
    assert found.exchanges[2].request.content == b"t=scrubbed-1"
    assert found.exchanges[3].request.content == b'{"t": "scrubbed-1"}'
    assert found.exchanges[4].answer.body == b'{"t": "scrubbed-1"}'
    assert found.counts == {"tokens": 1}


def test_a_scrubbed_number_stays_a_number_and_is_the_same_everywhere() -> None:
    found = scrub([exchange(sent='{"phone": 6175550111}', kind=JSON, body={"phone": 6175550111, "count": 12})])
    sent, received = json.loads(found.exchanges[0].request.content), json.loads(found.exchanges[0].answer.body)
    assert sent["phone"] == received["phone"] != 6175550111
    assert received["count"] == 12


def test_positions_in_requests_and_responses_are_rounded_to_about_a_kilometer() -> None:
    found = scrub([exchange(f"{SITE}?lat=42.360123&lng=-71.058912", {"center": [42.360123], "lat": 42.371})])
    assert found.exchanges[0].request.url == f"{SITE}?lat=42.36&lng=-71.06"
    assert json.loads(found.exchanges[0].answer.body) == {"center": [42.36], "lat": 42.371}
    assert found.counts == {"exact positions": 2}


def test_headers_are_dropped_and_those_a_host_may_need_are_named() -> None:
    sent = [
        ("User-Agent", "a browser"),
        ("Cookie", "sid=s3cr3tvalue12345678; lang=en"),
        ("Set-Cookie", "sid=s3cr3tvalue12345678; Path=/"),
        ("X-Api-Key", "k1234567890abcdefghij"),
        ("Authorization", "Bearer b1234567890abcdefghij"),
    ]
    body = "s3cr3tvalue12345678 k1234567890abcdefghij b1234567890abcdefghij"
    found = scrub([exchange(body=body, content_type="text/plain", x_request_id="r-1", set_cookie="a=b")], sent=sent)
    assert found.asked_with == ("authorization", "x-api-key")
    assert found.exchanges[0].answer.headers == {"content-type": "text/plain"}
    assert found.exchanges[0].answer.body == b"scrubbed-1 scrubbed-2 scrubbed-3"
    assert found.counts == {"tokens": 3, "cookies": 2, "unusual request headers": 2}
    assert "set those that are the same for everybody under `headers` of the source" in found.sentences()[1]


def test_scrubbing_twice_changes_nothing_more() -> None:
    once = scrub([exchange(f"{SITE}?token=abc123XYZ9&email=a@b.example", {"csrf": KEY, "mail": "c@d.example"})])
    again = scrub(once.exchanges)
    assert again.exchanges == once.exchanges
    assert again.counts == {}


def test_new_placeholders_do_not_collide_with_earlier_ones() -> None:
    found = scrub([exchange(body={"csrfToken": "scrubbed-4", "pageToken": KEY})])
    assert json.loads(found.exchanges[0].answer.body) == {"csrfToken": "scrubbed-4", "pageToken": "scrubbed-5"}


def test_in_our_own_visit_only_data_from_responses_is_replaced() -> None:
    config: Mapping[str, str] = {"url": f"{SITE}?api_key=AIzaSyA1234567890abc&lat=42.360123&phone=6175550111"}
    found = scrub([exchange(**config), exchange(f"{SITE}?t={JWT}"), exchange(body={"jwt": JWT})], by_person=False)
    assert [each.request.url for each in found.exchanges] == [config["url"], f"{SITE}?t=scrubbed-1", SITE]


def test_the_charset_of_a_body_is_preserved() -> None:
    body = "Möwenhaus, desk: a@b.example".encode("latin-1")
    found = scrub([exchange(body=body)])
    assert found.exchanges[0].answer.body == "Möwenhaus, desk: someone@example.org".encode("latin-1")


def test_private_data_in_utf_16_is_removed() -> None:
    found = scrub([exchange(body="Möwenhaus, desk: a@b.example".encode("utf-16"))])
    assert found.exchanges[0].answer.body.decode("utf-16") == "Möwenhaus, desk: someone@example.org"


@pytest.mark.parametrize("piece", ["A", "a1", "x@", "eyJ", '"token":', "<input ", "%2C", "[" * 9])
def test_very_long_input_is_scrubbed_in_time(piece: str) -> None:
    assert scrub([exchange(body=piece * (300_000 // len(piece)))]).exchanges
