"""Cassettes of VCR and curl commands as recordings: what is read, and what is named as left out."""

import base64
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from aggregator.commands import authoring
from aggregator.commands.parser import command_line
from aggregator.errors import ConfigError
from aggregator.har.recording import load_recording
from aggregator.kit.cassettes import read_cassette
from aggregator.kit.curl_commands import parse_command, read_curl
from aggregator.kit.exchanges import Imported

SITE = "https://book.example.org"
LIST = '{"clinics": [{"name": "Gull Hall"}]}'
DATE = "Thu, 13 May 2021 14:00:00 GMT"
WHEN = datetime(2021, 5, 13, 14, tzinfo=UTC)


def interaction(path: str = "/list.json", body: Any = None, **parts: Any) -> dict[str, Any]:
    """One interaction as vcrpy writes it; `parts`: method, sent, content, headers, status."""
    return {
        "request": {
            "uri": path if ":" in path else f"{SITE}{path}",
            "method": parts.get("method", "GET"),
            "body": parts.get("content"),
            "headers": parts.get("sent", {"Accept": ["*/*"]}),
        },
        "response": {
            "status": {"code": parts.get("status", 200), "message": "OK"},
            "headers": {"Content-Type": ["application/json"], "Date": [DATE]} | parts.get("headers", {}),
            "body": {"string": LIST} if body is None else body,
        },
    }


def cassette(folder: Path, *interactions: Any, name: str = "list.yaml", key: str = "interactions") -> Imported:
    path = folder / name
    document = {key: list(interactions), "version": 1}
    path.write_text(json.dumps(document) if name.endswith("json") else yaml.safe_dump(document), encoding="utf-8")
    return read_cassette(path)


@pytest.mark.parametrize("name", ["list.yaml", "list.json"])
def test_a_cassette_holds_requests_and_their_answers(tmp_path: Path, name: str) -> None:
    form = {"Content-Type": ["application/x-www-form-urlencoded"]}
    (one, two) = cassette(
        tmp_path, interaction(), interaction(method="POST", content="zip=02139", sent=form), name=name
    )[0]
    assert (one.request.method, one.request.url, one.answer.body) == ("GET", f"{SITE}/list.json", LIST.encode())
    assert (one.answer.status, one.answer.fetched_at) == (200, WHEN)
    assert (two.request.content, two.request.content_type) == (b"zip=02139", form["Content-Type"][0])


ZIPPED = gzip.compress(LIST.encode())
IN_BASE64 = base64.b64encode(ZIPPED).decode()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"string": ZIPPED}, {"Content-Encoding": ["gzip"]}),
        ({"string": ZIPPED}, {}),
        ({"string": IN_BASE64}, {"Content-Encoding": ["gzip"]}),
        ({"base64_string": IN_BASE64}, {"content-encoding": "gzip"}),
        ({"string": LIST}, {"Content-Encoding": ["gzip"]}),
        ({"string": LIST.encode()}, {"Content-Encoding": ["gzip"]}),
        ({"string": gzip.compress(ZIPPED)}, {"Content-Encoding": ["gzip, gzip"]}),
        (LIST, {}),
    ],
)
def test_a_body_is_decoded_whatever_wraps_it(tmp_path: Path, body: Any, headers: dict[str, Any]) -> None:
    (exchange,) = cassette(tmp_path, interaction(body=body, headers=headers)).exchanges
    assert exchange.answer.body == LIST.encode()


def test_cassettes_of_ruby_state_their_time(tmp_path: Path) -> None:
    found = interaction(method="get") | {"recorded_at": "Fri, 14 May 2021 09:00:00 GMT"}
    (exchange,) = cassette(tmp_path, found, key="http_interactions").exchanges
    assert (exchange.request.method, exchange.answer.fetched_at.day) == ("GET", 14)


def test_an_answer_without_a_date_has_that_of_its_file(tmp_path: Path) -> None:
    found = cassette(tmp_path, interaction(headers={"Date": []}))
    assert (found.undated, found.exchanges[0].answer.fetched_at.tzinfo) == (1, UTC)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (interaction("/a", method="DELETE"), "we only send GET and POST"),
        (interaction("ftp://book.example.org/a"), "not a URL of the web"),
        (interaction("/a", body={"string": ZIPPED[:-12]}, headers={"Content-Encoding": ["gzip"]}), "not complete gzip"),
        (interaction("/a", body={"base64_string": "%"}), "not as VCR writes it"),
        (interaction("/a", body={"string": 7}), "not as VCR writes it"),
        ({"request": {"uri": f"{SITE}/a"}}, "not as VCR writes it"),
    ],
)
def test_what_cannot_be_replayed_is_named_with_its_url(tmp_path: Path, entry: Any, reason: str) -> None:
    found = cassette(tmp_path, entry, interaction())
    ((url, why),) = found.dropped
    assert url.endswith("book.example.org/a")
    assert reason in why
    assert len(found.exchanges) == 1


@pytest.mark.parametrize("text", ["a: [", "[]", "interactions: {}", "- curl", "\x00"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"other\.yaml"):
        read_cassette(path)


HEAD = f"HTTP/2 200 \r\ncontent-type: application/json\r\ndate: {DATE}\r\n\r\n"


def curl(folder: Path, text: str, **files: str) -> Imported:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)
    (folder / "notes.txt").write_bytes(text.encode())
    return read_curl(folder / "notes.txt")


def test_a_curl_command_is_read_with_the_answer_below_it(tmp_path: Path) -> None:
    text = f"$ curl -i \\\n  '{SITE}/a?x=1' -H 'Accept: */*'\n{HEAD}{LIST}\ncurl -sS {SITE}/b\n[1]\n"
    one, two = curl(tmp_path, text).exchanges
    assert (one.request.url, one.answer.body.strip(), one.answer.fetched_at) == (f"{SITE}/a?x=1", LIST.encode(), WHEN)
    assert one.answer.headers["content-type"] == "application/json"
    assert (two.request.url, two.answer.body.strip(), two.answer.status) == (f"{SITE}/b", b"[1]", 200)


def test_after_redirects_the_last_answer_counts(tmp_path: Path) -> None:
    moved = "HTTP/1.1 302 Found\nlocation: /b\n\n"
    (one,) = curl(tmp_path, f"curl -iL {SITE}/a\n{moved}{HEAD}{LIST}").exchanges
    assert (one.answer.status, one.answer.body) == (200, LIST.encode())


def test_the_answer_may_be_in_a_file_beside_the_command(tmp_path: Path) -> None:
    (one,) = curl(tmp_path, f"curl {SITE}/a\n", notes_json=LIST).exchanges
    (two,) = curl(tmp_path, f"curl {SITE}/a -o saved.json\n", saved_json="[2]").exchanges
    assert (one.answer.body, two.answer.body) == (LIST.encode(), b"[2]")


@pytest.mark.parametrize(
    ("command", "method", "url", "content"),
    [
        (f"curl {SITE}/a", "GET", f"{SITE}/a", ""),
        (f"curl --url {SITE}/a -X POST", "POST", f"{SITE}/a", ""),
        (f"curl '{SITE}/a' --compressed -d a=1 -d b=2", "POST", f"{SITE}/a", "a=1&b=2"),
        (f"curl {SITE}/a -G --data-urlencode 'q=a b'", "GET", f"{SITE}/a?q=a+b", ""),
        (f"curl {SITE}/a --json '{{}}'", "POST", f"{SITE}/a", "{}"),
        (f"curl --unheard-of {SITE}/a", "GET", f"{SITE}/a", ""),
    ],
)
def test_a_command_is_understood(command: str, method: str, url: str, content: str) -> None:
    found = parse_command(command)
    assert (found.method, found.url, found.content) == (method, url, content)


@pytest.mark.parametrize(
    "command",
    [
        f"curl {SITE}/a -d @file.json\n[]",
        f'curl {SITE}/a -H "x: $(date)"\n[]',
        f"curl {SITE}/a --data-raw $'a\\n'\n[]",
        f"curl '{SITE}/a\n[]",
        f"curl {SITE}/a\n",
        f"curl {SITE}/a -o missing.json\n",
        f"curl {SITE}/a -X\n[]",
    ],
)
def test_a_command_that_cannot_be_imported_is_named(tmp_path: Path, command: str) -> None:
    found = curl(tmp_path, command)
    assert found.exchanges == ()
    assert [url for url, _ in found.dropped] == [f"{SITE}/a"]


@pytest.mark.parametrize("climbs", [True, False])
def test_an_output_file_outside_the_folder_is_never_read(tmp_path: Path, climbs: bool) -> None:
    private = tmp_path / "private.txt"
    private.write_text("a secret of this machine")
    folder = tmp_path / "notes"
    folder.mkdir()
    found = curl(folder, f"curl {SITE}/a -o {'../private.txt' if climbs else private}\n")
    assert found.exchanges == ()
    assert "outside the folder" in found.dropped[0][1]


def test_a_cookie_and_a_login_are_known_as_secrets(tmp_path: Path) -> None:
    found = curl(tmp_path, f"curl -b session=7 -u me:secret {SITE}/a\n[]")
    assert found.sent == (("Cookie", "session=7"), ("Authorization", "me:secret"))


def test_a_text_without_commands_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no line begins with `curl`"):
        curl(tmp_path, "use curl to ask")


def import_cassette(*words: str | Path) -> int:
    return authoring.import_cassette(command_line().parse_args(["import-cassette", *map(str, words)]))


def test_the_command_writes_a_recording_without_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cassette(tmp_path, interaction(sent={"Cookie": ["session=d41d8cd98f00b204"]}), interaction("/a", method="PUT"))
    out = tmp_path / "list.har"
    assert import_cassette(tmp_path / "list.yaml", "--out", out) == 0
    (entry,) = load_recording([out]).entries
    assert entry.body == LIST.encode()
    assert "d41d8cd98f00b204" not in out.read_text()
    said = capsys.readouterr().out
    assert f"dropped {SITE}/a: is requested with PUT" in said
    assert f"next: aggregator new NAME --har {out}" in "".join(said.splitlines())
    with pytest.raises(ConfigError, match="is not overwritten"):
        import_cassette(tmp_path / "list.yaml", "--out", out)


def test_the_command_writes_nothing_if_nothing_can_be_replayed(tmp_path: Path) -> None:
    cassette(tmp_path, interaction(method="PUT"))
    with pytest.raises(ConfigError, match="nothing in it can be replayed"):
        import_cassette(tmp_path / "list.yaml", "--out", tmp_path / "list.har")
    assert not (tmp_path / "list.har").exists()
