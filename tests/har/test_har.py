"""Recorded visits: reading, replaying, and writing them."""

import asyncio
import base64
import json
import re
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from aggregator.adapter import Page
from aggregator.clock import RecordedClock
from aggregator.errors import ConfigError, Refused, Unreachable
from aggregator.har.recording import Recording, load_recording
from aggregator.har.writer import HarWriter
from aggregator.model import Answer, Request
from aggregator.web.client import Client, Hosts
from aggregator.web.replay_transport import ReplayTransport, shape_of
from aggregator.web.validators import MemoryAnswers
from tests.support.memory_hosts import AGENT, HOME, NOW, HandClock, answer, run, source

START = "2021-05-13T14:00:00Z"


def entry(url: str, text: str = "", start: str = START, method: str = "GET", **parts: Any) -> dict[str, Any]:
    """One entry; `parts`: post (postData), status, headers, encoding."""
    content = {"text": text} | ({"encoding": parts["encoding"]} if "encoding" in parts else {})
    headers = [{"name": name, "value": value} for name, value in parts.get("headers", {}).items()]
    return {
        "startedDateTime": start,
        "request": {"method": method, "url": url, "postData": parts.get("post")},
        "response": {"status": parts.get("status", 200), "headers": headers, "content": content},
    }


def recording(path: Path, *entries: dict[str, Any]) -> Recording:
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    return load_recording([path])


def replay(found: Recording) -> Hosts:
    return Hosts(AGENT, HandClock(found.now), MemoryAnswers(), False, ReplayTransport(found))


async def visit(found: Recording, *requests: Request) -> list[Answer]:
    async with Client(source(), replay(found)) as client:
        return [await client.get(request) for request in requests]


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", r"not a HAR 1.2 recording: Expected `object`"),
        ('{"log": {}}', "missing required field `entries`"),
        ('{"log": {"entries": []}}', r"contains no http\(s\) request"),
        (json.dumps({"log": {"entries": [entry("data:text/plain,x")]}}), r"contains no http\(s\) request"),
        (
            '{"log": {"entries": [{"startedDateTime": "2021-05-13T14:00:00Z", "request": {}}]}}',
            "missing required field",
        ),
        (
            json.dumps({"log": {"entries": [{k: v for k, v in entry(HOME).items() if k != "response"}]}}),
            r"missing required field `response` - at `\$.log.entries\[0\]`",
        ),
        (json.dumps({"log": {"entries": [entry(HOME, start="2021-05-13T14:00:00")]}}), r"startedDateTime|timezone"),
        (
            json.dumps({"log": {"entries": [entry(HOME, "§§", encoding="base64")]}}),
            f"the entry for {HOME} cannot be read",
        ),
        (json.dumps({"log": {"entries": [entry("https://[::1/")]}}), "cannot be read"),
        *(
            (json.dumps({"log": {"entries": [entry(HOME, start=start)]}}), re.escape(f"startedDateTime is {start}"))
            for start in (
                "0001-01-01T00:00:00+14:00",
                "0001-01-01T00:00:00-12:00",
                "9999-12-31T23:59:59-12:00",
                "1999-12-31T23:59:59+00:00",
            )
        ),
        (json.dumps({"log": {"entries": [entry(f"{HOME}/\x1b[2J?key=k3y")]}}), rf"{HOME}/\\x1b\[2J cannot be read"),
    ],
)
def test_a_file_that_is_not_a_recording_is_named_with_the_fault(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "broken.har"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words) as wrong:
        load_recording([path])
    assert str(path) in str(wrong.value)


def test_a_missing_file_or_an_empty_list_of_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.har: cannot be read"):
        load_recording([tmp_path / "nowhere.har"])
    with pytest.raises(ConfigError, match="no recording was given"):
        load_recording([])


@pytest.mark.parametrize(
    ("start", "now"),
    [
        ("2021-05-13T14:00:00Z", datetime(2021, 5, 13, 14, tzinfo=UTC)),
        ("2021-05-13T14:00:00.250Z", datetime(2021, 5, 13, 14, 0, 0, 250_000, tzinfo=UTC)),
        ("2021-05-13T14:00:00+00:00", datetime(2021, 5, 13, 14, tzinfo=UTC)),
        ("2021-05-13T09:00:00-05:00", datetime(2021, 5, 13, 14, tzinfo=UTC)),
    ],
)
def test_now_is_the_latest_request_time_in_utc(tmp_path: Path, start: str, now: datetime) -> None:
    found = recording(tmp_path / "a.har", entry(HOME, start="2021-05-12T23:00:00Z"), entry(HOME, start=start))
    assert found.now == now
    assert found.now.tzinfo is UTC


def test_several_files_are_one_visit(tmp_path: Path) -> None:
    paths = [tmp_path / "a.har", tmp_path / "b.har"]
    recording(paths[0], entry(f"{HOME}/1", "one"))
    recording(paths[1], entry(f"{HOME}/2", "two", start="2021-05-13T15:00:00Z"))
    found = load_recording(paths)
    assert found.now.hour == 15
    answers = run(visit(found, Request(url=f"{HOME}/2"), Request(url=f"{HOME}/1")))
    assert [a.body for a in answers] == [b"two", b"one"]


# --- which entry matches --------------------------------------------------------------------------------------------

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("recorded", "sent", "fits"),
    [
        ("https://a.example/x?p=1", "https://a.example/x?p=1", True),
        ("https://a.example/x", "https://a.example:443/x#top", True),
        ("https://A.example", "https://a.example/", True),
        ("https://a.example/x?p=1&q=2", "https://a.example/x?q=2&p=1", True),
        ("https://a.example/x?q%5Bn%5D=a%20b", "https://a.example/x?q[n]=a+b", True),
        ("https://a.example/caf%C3%A9/%7Ex", "https://a.example/café/~x", True),
        ("https://a.example/x?p=1&t=", "https://a.example/x?p=1&t=99", True),
        ("https://a.example/x?p=1", "https://a.example/x?p=1&t=99", True),
        ("https://a.example/x?p=1&t=99", "https://a.example/x", True),
        ("https://a.example/x?d=1&d=2", "https://a.example/x?d=2&d=1", True),
        ("https://a.example/x?d=1&d=2", "https://a.example/x?d=1", False),
        ("https://a.example/x?d=1&d=1", "https://a.example/x?d=1", False),
        ("https://a.example/x?key=scrubbed-1&p=1", "https://a.example/x?key=k3y&p=1", True),
        ("https://a.example/x?key=scrubbed-1&p=1", "https://a.example/x?key=k3y&p=2", False),
        ("https://a.example/private-scrubbed-2/x", "https://a.example/private-k3y/x", True),
        ("https://a.example/private-scrubbed-2/x", "https://a.example/private-k3y/y", False),
        ("https://a.example/private-scrubbed-2/x", "https://a.example/private-k3y/x/y", False),
        ("https://a.example/x?p=1", "https://a.example/x?p=2", False),
        ("https://a.example/x", "https://a.example/X", False),
        ("https://a.example/x", "https://a.example/x/", False),
        ("https://a.example/x", "http://a.example/x", False),
        ("https://a.example/x", "https://a.example:8443/x", False),
        ("https://a.example/x", "https://b.example/x", False),
    ],
)
def test_a_recorded_request_matches_unless_something_contradicts_it(
    tmp_path: Path, recorded: str, sent: str, fits: bool
) -> None:
    found = recording(tmp_path / "a.har", entry(recorded)).find(shape_of(httpx.Request("GET", sent)))
    assert (found is not None) is fits


@pytest.mark.parametrize(
    ("post", "sent", "fits"),
    [
        ({"mimeType": FORM, "text": "a=1&b=x%20y"}, {"data": {"b": "x y", "a": "1"}}, True),
        ({"mimeType": FORM, "text": "a=1&b="}, {"data": {"a": "1", "b": "9"}}, True),
        ({"mimeType": FORM, "text": "a=1"}, {"data": {"a": "2"}}, False),
        ({"mimeType": FORM, "params": [{"name": "a%5B%5D", "value": "1"}]}, {"data": {"a[]": "2"}}, False),
        ({"mimeType": FORM, "params": [{"name": "a", "value": "1"}]}, {"data": {"a": "2"}}, False),
        ({"mimeType": "application/json", "text": '{"zip": "01999", "page": 1}'}, {"json": {"page": 1}}, True),
        ({"mimeType": "application/json", "text": '{"zip": "01999", "page": 1}'}, {"json": {"page": 2}}, False),
        ({"mimeType": "application/json", "text": '{"zip": null}'}, {"json": {"zip": "01999"}}, True),
        ({"mimeType": "application/json", "text": '{"in": {"deep": 1}}'}, {"json": {"in": {"deep": 2}}}, True),
        ({"mimeType": "application/json", "text": "{broken"}, {"json": {"zip": "01999"}}, True),
        (None, {"json": {"zip": "01999"}}, True),
    ],
)
def test_forms_and_json_are_compared_field_by_field(
    tmp_path: Path, post: dict[str, Any] | None, sent: dict[str, Any], fits: bool
) -> None:
    found = recording(tmp_path / "a.har", entry(HOME, method="POST", post=post))
    assert (found.find(shape_of(httpx.Request("POST", HOME, **sent))) is not None) is fits
    assert found.find(shape_of(httpx.Request("GET", HOME))) is None


def graphql(query: str, operation: str = "Find", **variables: object) -> dict[str, object]:
    return {"operationName": operation, "query": query, "variables": variables}


@pytest.mark.parametrize(
    ("recorded", "sent", "fits"),
    [
        (graphql("query Find { a }", zip="01999"), graphql("query Find { a b }", zip="01999"), True),
        (graphql("query Find { a }", zip="01999"), graphql("query Find { a }", zip="02120"), False),
        (graphql("query Find { a }", zip="01999"), graphql("query Other { a }", "Other", zip="01999"), False),
        (graphql("query Find { a }", near={"zip": "01999"}), graphql("query Find { a }", near={"zip": "1"}), True),
        ({"query": "{ a }"}, graphql("query Find { a b }", zip="01999"), True),
        ({"query": "gull"}, {"query": "tern"}, False),
        ({"query": "gull", "variables": [1]}, {"query": "tern", "variables": [1]}, False),
    ],
)
def test_graphql_requests_are_matched_by_operation_and_variables_not_query_text(
    tmp_path: Path, recorded: dict[str, object], sent: dict[str, object], fits: bool
) -> None:
    post = {"mimeType": "application/json", "text": json.dumps(recorded)}
    found = recording(tmp_path / "a.har", entry(HOME, method="POST", post=post))
    assert (found.find(shape_of(httpx.Request("POST", HOME, json=sent))) is not None) is fits


def test_of_several_candidates_the_best_match_is_served(tmp_path: Path) -> None:
    found = recording(
        tmp_path / "a.har", entry(f"{HOME}/x", "any"), entry(f"{HOME}/x?p=1", "p"), entry(f"{HOME}/x?p=1&q=2", "p, q")
    )
    urls = [f"{HOME}/x?p=1&q=2", f"{HOME}/x?p=1&q=3", f"{HOME}/x?p=7"]
    served = [found.find(shape_of(httpx.Request("GET", url))) for url in urls]
    assert [hit.response.content.text if hit else None for hit in served] == ["p, q", "p", "any"]


def test_equal_entries_are_served_in_turn_and_the_last_one_repeatedly(tmp_path: Path) -> None:
    found = recording(tmp_path / "a.har", *(entry(f"{HOME}/x", text) for text in ("1", "2", "3")))
    answers = run(visit(found, *[Request(url=f"{HOME}/x")] * 5))
    assert [a.body for a in answers] == [b"1", b"2", b"3", b"3", b"3"]


# --- replay ---------------------------------------------------------------------------------------------------------


def test_replay_opens_no_socket_and_never_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = recording(tmp_path / "a.har", entry(f"{HOME}/x", "page"), entry(f"{HOME}/down", status=503))
    hosts = Hosts(AGENT, RecordedClock(found.now), MemoryAnswers(), False, ReplayTransport(found))
    slept: list[float] = []
    real_sleep = asyncio.sleep

    async def counted(seconds: float) -> None:
        slept.append(seconds)
        await real_sleep(0)

    async def work() -> None:
        def refused(*_: object, **__: object) -> None:
            raise AssertionError("a replay must not open a socket")

        monkeypatch.setattr(asyncio, "sleep", counted)
        monkeypatch.setattr(socket, "socket", refused)
        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", refused)
        async with Client(source(), hosts) as client:
            assert (await client.get(Request(url=f"{HOME}/x"))).body == b"page"
            with pytest.raises(Unreachable, match="503"):
                await client.get(Request(url=f"{HOME}/down"))
            with pytest.raises(Unreachable, match=rf"no recorded answer matches GET {HOME}/other;"):
                await client.get(Request(url=f"{HOME}/other?page=2"))

    run(work())
    assert set(slept) == {0}


def test_bodies_are_served_decoded_whatever_the_recorded_headers_state(tmp_path: Path) -> None:
    headers = {
        "Content-Encoding": "br",
        "Content-Length": "3",
        "Transfer-Encoding": "chunked",
        "Content-Type": "text/html; charset=iso-8859-1",
        "X-Place": "Café",
        ":status": "200",
    }
    packed = base64.b64encode("caf\xe9".encode("latin-1")).decode()
    found = recording(
        tmp_path / "a.har",
        entry(f"{HOME}/text", "café", headers=headers),
        entry(f"{HOME}/bytes", packed, headers=headers, encoding="base64"),
    )
    text, raw = run(visit(found, Request(url=f"{HOME}/text"), Request(url=f"{HOME}/bytes")))
    assert Page(text).text == Page(raw).text == "café"
    assert text.headers == {"content-type": "text/html; charset=utf-8", "x-place": "Café"}


def test_text_decoded_by_the_recorder_is_not_decoded_again_whatever_the_page_declares(tmp_path: Path) -> None:
    page = "<meta charset=iso-8859-1><p>Café"
    found = recording(tmp_path / "a.har", entry(HOME, page))
    assert Page(run(visit(found, Request(url=HOME)))[0]).text == page


def test_a_body_without_headers_has_the_type_noted_by_the_recorder(tmp_path: Path) -> None:
    content = {"text": base64.b64encode("Łódź".encode("iso8859-2")).decode(), "encoding": "base64"}
    noted = entry(HOME)
    noted["response"]["content"] = content | {"mimeType": "text/csv; charset=latin2"}
    assert Page(run(visit(recording(tmp_path / "a.har", noted), Request(url=HOME)))[0]).text == "Łódź"


def test_a_replay_still_enforces_the_request_guard(tmp_path: Path) -> None:
    found = recording(
        tmp_path / "a.har", entry(f"{HOME}/x", status=302, headers={"Location": "https://elsewhere.example.com/"})
    )
    with pytest.raises(Refused, match=r"elsewhere\.example\.com"):
        run(visit(found, Request(url=f"{HOME}/x")))


# --- writing --------------------------------------------------------------------------------------------------------


def test_a_written_recording_replays_the_same_answers_without_secrets(tmp_path: Path) -> None:
    kind = "text/html; charset=utf-8"
    raw = Answer(url=f"{HOME}/raw", status=200, headers={}, body=b"\xff\0", fetched_at=NOW)
    western = {"content-type": "text/csv; charset=iso-8859-1"}  # its bytes are also valid UTF-8, for another text
    exchanges = [
        (Request(url=f"{HOME}/x", params=(("q", "a b"),)), answer("café", url=f"{HOME}/x?q=a+b", content_type=kind)),
        (Request(url=f"{HOME}/f", form=(("a", "1"),)), answer("form", url=f"{HOME}/f", set_cookie="id=1")),
        (Request(url=f"{HOME}/j", json={"a": 1}), answer("json", url=f"{HOME}/j", authorization="x")),
        (Request(url=f"{HOME}/old"), answer("moved", url=f"{HOME}/new")),
        (Request(url=f"{HOME}/raw"), raw),
        (Request(url=f"{HOME}/old-list"), replace(raw, url=f"{HOME}/old-list", headers=western, body=b"CAF\xc9\x92")),
    ]
    writer = HarWriter("0.0.1")
    for request, response in exchanges:
        writer.add(request, response)
    text = json.dumps(writer.document())
    assert "id=1" not in text
    assert "authorization" not in text
    (tmp_path / "a.har").write_text(text)
    found = load_recording([tmp_path / "a.har"])
    assert found.now == NOW
    answers = run(visit(found, *(request for request, _ in exchanges)))
    assert [(a.url, a.body) for a in answers] == [(response.url, response.body) for _, response in exchanges]
    assert Page(answers[-1]).text == "CAFÉ’"
