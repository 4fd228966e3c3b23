"""`aggregator capture` makes one polite visit to the simulated systems on loopback, and writes the recording."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator import registry
from aggregator.commands import authoring
from aggregator.commands.parser import command_line
from aggregator.config.region import load_region
from aggregator.demo.servers import Demo
from aggregator.errors import ConfigError, Refused, Unreachable, VisitError, WaitingRoom
from aggregator.har.recording import load_recording
from aggregator.kit.har_filter import sift
from aggregator.visit.one_visit import collect
from aggregator.web.client import Client, Hosts
from aggregator.web.replay_transport import ReplayTransport
from aggregator.web.validators import MemoryAnswers
from tests.support.demo import demo_at
from tests.support.memory_hosts import HandClock, run

NOW = datetime(2021, 5, 13, 14, tzinfo=UTC)
WRONG = """
[[sources]]
name = "wrong-page"
provider = "prepmod"
url = "{base}/api/stores.json"
"""


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """The simulated systems, with a region file `demo.toml` in the working folder."""
    monkeypatch.chdir(tmp_path)
    with demo_at(NOW) as running:
        running.write_region(Path("demo.toml"))
        yield running


def captured(*words: str) -> int:
    return authoring.capture_visit(command_line().parse_args(["capture", *words]), HandClock(NOW))


@pytest.mark.parametrize("name", ["harbor-drug", "county-clinics", "lighthouse-health"])
def test_a_source_is_visited_by_its_own_adapter_and_the_recording_replays(demo: Demo, name: str) -> None:
    assert captured(name, "--region", "demo.toml") == 0
    source = next(each for each in load_region(Path("demo.toml")).sources if each.name == name)
    recording = load_recording([Path(f"{name}.har")])
    clock = HandClock(recording.now)
    hosts = Hosts("test", clock, MemoryAnswers(), loopback=True, transport=ReplayTransport(recording))
    report = run(collect(source, registry.of(source)(), Client(source, hosts), clock))
    assert (report.outcome, report.whole) == ("OK", True), report.message
    assert report.readings


def test_a_url_without_a_source_is_fetched_once(demo: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"{demo.bases['harbor-drug']}/api/stores.json"
    assert captured("gull", "--url", url, "--region", "demo.toml", "--out", "stores.har") == 0
    (exchange,) = sift(Path("stores.har")).kept
    assert exchange.request.url == url
    assert "stores" in json.loads(exchange.answer.body)
    output = capsys.readouterr().out
    assert f"wrote stores.har: 1 response from {url}" in output
    assert "next: aggregator new gull --har stores.har" in output


def test_a_recording_does_not_identify_who_made_the_requests(demo: Demo) -> None:
    captured("harbor-drug", "--region", "demo.toml")
    entries = json.loads(Path("harbor-drug.har").read_text())["log"]["entries"]
    assert [entry["request"]["headers"] for entry in entries] == [[]] * len(entries)
    assert "demo@example.org" not in Path("harbor-drug.har").read_text()


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [("town-clinics", VisitError, "waiting room"), ("island-hospital", Unreachable, "answers 503")],
)
def test_a_failed_visit_is_reported_and_not_written(demo: Demo, name: str, error: type[VisitError], words: str) -> None:
    with pytest.raises(error, match=words):
        captured(name, "--region", "demo.toml")
    assert {path.name for path in Path().iterdir()} == {"demo.toml", "providers"}


def test_a_waiting_room_at_a_given_url_is_not_written(demo: Demo) -> None:
    source = next(each for each in load_region(Path("demo.toml")).sources if each.name == "town-clinics")
    with pytest.raises(WaitingRoom):
        captured("gull", "--url", source.url, "--region", "demo.toml")
    assert not Path("gull.har").exists()


def test_a_page_that_its_adapter_rejects_is_still_recorded(demo: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = WRONG.format(base=demo.bases["harbor-drug"])
    Path("demo.toml").write_text(demo.region_text() + wrong)
    assert captured("wrong-page", "--region", "demo.toml") == 0
    assert len(sift(Path("wrong-page.har")).kept) == 1
    output = capsys.readouterr()
    assert "the adapter cannot read the recording" in output.err
    assert "next: aggregator try prepmod --har wrong-page.har" in output.out


def test_a_local_address_is_refused_without_a_loopback_region(demo: Demo) -> None:
    with pytest.raises(Refused, match="only public addresses are allowed"):
        captured("gull", "--url", demo.bases["harbor-drug"], "--contact", "desk@alder-county.test")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gull", "--url", "https://book.example.org/"], "give --contact, or --region FILE"),
        (["gull", "--url", "https://book.example.org/", "--contact", "me@example.org"], "is still the placeholder"),
        (
            ["gull", "--url", "https://book.example.org/", "--contact", "me at home"],
            "neither an e-mail",
        ),
        (["gull", "--url", "book.example.org", "--contact", "a@b.test"], r"is not an http\(s\) address"),
        (
            ["gull", "--contact", "a@b.test"],
            "capture gull: there is nothing to visit; give --url, or the name of a source",
        ),
        (["gull", "--region", "demo.toml"], "sources in demo.toml: county-clinics, town-clinics"),
        (["harbor-drug", "--region", "demo.toml", "--url", "http://127.0.0.1/"], "leave --url out"),
        (["../gull", "--url", "https://book.example.org/", "--contact", "a@b.test"], "cannot be a module"),
    ],
)
def test_an_impossible_request_is_an_error_with_the_next_step(demo: Demo, words: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        captured(*words)
    assert {path.name for path in Path().iterdir()} == {"demo.toml", "providers"}


def test_an_existing_file_is_kept_and_nothing_is_requested(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unexpected(*given: Any, **named: Any) -> None:
        raise AssertionError("something was requested")

    monkeypatch.setattr(authoring, "capture", unexpected)
    Path("harbor-drug.har").write_text("mine")
    with pytest.raises(ConfigError, match=r"harbor-drug\.har exists and is not overwritten; give another --out"):
        captured("harbor-drug", "--region", "demo.toml")
    assert Path("harbor-drug.har").read_text() == "mine"
