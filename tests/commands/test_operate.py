"""Running in production: the deadline, the ping, the metrics file, the units of deploy/, and kills at any moment.

The demo's systems and the pinged monitor run on loopback; nothing else is requested.
"""

import asyncio
import json
import os
import random
import re
import select
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from aggregator.cli import main
from aggregator.commands.parser import command_line
from aggregator.config.region import parse_region
from aggregator.errors import ConfigError
from aggregator.model import Outcome, Snapshot
from aggregator.release.publisher import Release
from aggregator.schedule import Watch
from aggregator.store.lock import exclusive
from aggregator.store.store import Store
from aggregator.web.monitor_ping import MAX_REASON, ping
from tests.support.demo import STATE_WITH_ONE_ZIP, demo_at, write_small_region
from tests.support.memory_hosts import HandClock
from tests.support.paths import ROOT
from tests.support.records import REGION, region
from tests.support.release_links import ReleaseChecker
from tests.support.snapshots import NOW

DEPLOY = ROOT / "deploy"
UNITS = sorted((*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@contextmanager
def demo_region(folder: Path, *sources: str, head: str = "", latency: float = 0.0) -> Iterator[Path]:
    """A region file for these systems of the demo, which run for the duration of the block."""
    with demo_at(NOW, latency=latency) as demo:
        path = folder / "region.toml"
        write_small_region(demo, path, *sources, head=head)
        yield path


def run(path: Path, *more: str) -> int:
    return main(["run", "--quiet", "--region", str(path), *more])


# --- the deadline -----------------------------------------------------------------------------------------------------


def test_a_cycle_stops_visits_at_the_deadline_and_publishes_what_it_has(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with demo_region(folder, "county-clinics", "harbor-drug", head="cycle_deadline = 1.4\n", latency=0.4) as path:
        began = time.monotonic()
        code = run(path)
        assert time.monotonic() - began < 10
        main(["status", "--region", str(path), "--json"])
    found = {source["name"]: source for source in json.loads(capsys.readouterr().out)["sources"]}
    assert code == 90  # the four pages of the county take longer, the single page of the chain does not
    assert found["harbor-drug"]["outcome"] == Outcome.OK
    assert found["county-clinics"]["outcome"] == Outcome.DOWN
    assert "cycle_deadline" in found["county-clinics"]["message"]
    assert found["county-clinics"]["locations"] > 0  # what was read before then counts
    assert "Harbor Drug" in (folder / "public/index.html").read_text()


# --- the ping ---------------------------------------------------------------------------------------------------------


class Monitor:
    """Records pings as method, path, and body. Responds with `status`."""

    def __init__(self) -> None:
        self.pings: list[tuple[str, str, str]] = []
        self.status = 200
        monitor = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                monitor.pings.append((self.command, self.path, body))
                self.send_response(monitor.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/secret-id"


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    made = Monitor()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_a_good_cycle_pings_even_if_some_sources_did_not_answer(folder: Path, monitor: Monitor) -> None:
    with demo_region(folder, "harbor-drug", "island-hospital", head=f'ping_url = "{monitor.url}"\n') as path:
        assert run(path) == 90
    assert monitor.pings == [("GET", "/secret-id", "")]


def test_a_cycle_without_any_healthy_source_reports_a_failure(folder: Path, monitor: Monitor) -> None:
    with demo_region(folder, "island-hospital", head=f'ping_url = "{monitor.url}"\n') as path:
        run(path)
    ((method, path_, body),) = monitor.pings
    assert (method, path_) == ("POST", "/secret-id/fail")
    assert "no source of the region works" in body


def test_a_cycle_that_cannot_publish_reports_the_reason(folder: Path, monitor: Monitor) -> None:
    (folder / "public").write_text("somebody's file")
    with demo_region(folder, "harbor-drug", head=f'ping_url = "{monitor.url}"\n') as path:
        assert run(path) == 92
    ((method, path_, body),) = monitor.pings
    assert (method, path_) == ("POST", "/secret-id/fail")
    assert "public: is not a release" in body


def test_a_run_refused_by_the_lock_does_not_ping(folder: Path, monitor: Monitor) -> None:
    with (
        demo_region(folder, "harbor-drug", head=f'ping_url = "{monitor.url}"\n') as path,
        exclusive(folder / "data/aggregator.db"),
    ):
        assert run(path) == 92
    assert monitor.pings == []


def test_a_replay_does_not_ping(folder: Path, monitor: Monitor) -> None:
    (folder / "none.har").write_text(json.dumps({"log": {"entries": [ENTRY]}}))
    (folder / "region.toml").write_text(f'{REGION}ping_url = "{monitor.url}"\nsources = []\n')
    assert run(folder / "region.toml", "--replay", "none.har") == 0
    assert monitor.pings == []


ENTRY = {
    "startedDateTime": "2021-05-13T14:00:00Z",
    "request": {"method": "GET", "url": "https://book.example.org/"},
    "response": {"status": 503, "headers": [], "content": {"text": "down"}},
}


def test_a_failing_monitor_does_not_fail_the_cycle_and_its_url_is_not_shown(
    folder: Path, monitor: Monitor, capsys: pytest.CaptureFixture[str]
) -> None:
    monitor.status = 500
    with demo_region(folder, "harbor-drug", head=f'ping_url = "{monitor.url}"\n') as path:
        assert run(path) == 0
    err = capsys.readouterr().err
    assert "ping_url: 127.0.0.1 answers 500" in err
    assert "secret-id" not in err


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/secret-id", "https://127.0.0.1:1/secret-id", "http://a b/secret-id"]
)
def test_an_unreachable_monitor_is_reported_without_its_url(url: str) -> None:
    problem = ping(url, "reason")
    assert "was not reached" in problem
    assert "secret-id" not in problem


def test_a_failure_ping_keeps_the_urls_query_and_truncates_the_reason(monitor: Monitor) -> None:
    assert ping(f"{monitor.url}?channel=a", "x" * 5000) == ""
    assert monitor.pings == [("POST", "/secret-id/fail?channel=a", "x" * MAX_REASON)]


def test_an_invalid_ping_url_is_reported_without_its_value() -> None:
    with pytest.raises(ConfigError, match="ping_url: is not an http") as error:
        region('ping_url = "hc.example.org/secret-id"\n')
    assert "secret-id" not in str(error.value)


# --- the metrics file -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["option", "region"])
def test_a_cycle_writes_metrics(folder: Path, by: str) -> None:
    head, more = ("", ["--metrics", "m.prom"]) if by == "option" else ('metrics = "m.prom"\n', [])
    with demo_region(folder, "harbor-drug", head=head) as path:
        assert run(path, *more) == 0
    text = Path("m.prom").read_text()
    assert 'aggregator_source_outcome{outcome="OK",region="demo",source="harbor-drug"} 1.0\n' in text
    assert 'aggregator_cycle_visits{outcome="OK",region="demo"} 1.0\n' in text


def test_a_failure_to_write_metrics_is_reported_and_does_not_fail_the_cycle(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with demo_region(folder, "harbor-drug") as path:
        assert run(path, "--metrics", "nowhere/m.prom") == 0
    assert "nowhere/m.prom: cannot be written" in capsys.readouterr().err


def test_watch_reports_each_release_and_how_long_it_took(folder: Path) -> None:
    reported: list[tuple[Snapshot, Release, float]] = []
    clock = HandClock(NOW)

    def note(snapshot: Snapshot, release: Release, took: float) -> None:
        reported.append((snapshot, release, took))

    async def work(store: Store) -> None:
        small = parse_region(REGION.replace('"MA"', STATE_WITH_ONE_ZIP) + "sources = []\n", "alder.toml")
        await Watch(small, store, folder / "public", clock, lambda report: None, print, note).publish()

    with Store(folder / "a.db") as store:
        asyncio.run(work(store))
    ((snapshot, release, took),) = reported
    assert snapshot.generated_at == NOW
    assert (folder / "public").resolve() == release.path
    assert took == 0.0  # by the frozen clock


# --- status -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def status(folder: Path) -> Callable[..., int]:
    """The exit code of `status` for a region whose sources answered or not, and with or without a release."""

    def call(*sources: str, published: bool = True) -> int:
        with demo_region(folder, *sources) as path:
            main(["run" if published else "poll", "--quiet", "--region", str(path)])
            return main(["status", "--region", str(path)])

    return call


@pytest.mark.parametrize(
    ("sources", "code"),
    [
        (("harbor-drug", "mobile-van"), 0),
        (("harbor-drug", "island-hospital"), 90),
        (("town-clinics", "island-hospital"), 91),
    ],
)
def test_the_exit_code_of_status_shows_how_many_sources_are_healthy(
    status: Callable[..., int], sources: tuple[str, ...], code: int
) -> None:
    assert status(*sources) == code


def test_status_without_a_release_exits_with_92(status: Callable[..., int]) -> None:
    assert status("harbor-drug", published=False) == 92


def test_the_docs_list_exactly_the_keys_of_the_json_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with demo_region(folder, "harbor-drug") as path:
        run(path)
        main(["status", "--json", "--region", str(path)])
    found = json.loads(capsys.readouterr().out)
    text = (ROOT / "docs/operate.md").read_text()
    for heading, keys in (("key of the status", found), ("key of a source", found["sources"][0])):
        table = text.split(f"| {heading} |")[1].split("\n\n")[0]
        assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.M)))) == set(keys)


# --- nothing to publish -----------------------------------------------------------------------------------------------


def test_a_region_without_sources_publishes_a_page_that_explains_it(folder: Path) -> None:
    (folder / "region.toml").write_text(REGION.replace('"MA"', STATE_WITH_ONE_ZIP) + "sources = []\n")
    assert run(folder / "region.toml") == 0
    assert "does not read any booking system yet" in (folder / "public/index.html").read_text()
    assert ReleaseChecker().missing(folder / "public") == []


def test_a_region_whose_sources_list_no_places_publishes_a_page_that_explains_it(folder: Path) -> None:
    with demo_region(folder, "mobile-van") as path:
        assert run(path) == 0
    assert "cards" in (page := (folder / "public/index.html").read_text())
    assert 'class="empty"' in page
    assert json.loads((folder / "public/api/v1/locations.json").read_bytes())["data"] == []
    assert ReleaseChecker().missing(folder / "public") == []


# --- deploy/ ----------------------------------------------------------------------------------------------------------


def commands(path: Path) -> list[str]:
    """The aggregator's command lines in a unit or crontab."""
    return re.findall(r"/aggregator (\w+ [^|\n]*?)(?: 2>.*)?$", path.read_text().partition("|")[0].rstrip(), re.M)


@pytest.mark.parametrize("path", [*DEPLOY.glob("*.service"), DEPLOY / "aggregator.cron"], ids=lambda path: path.name)
def test_every_command_in_the_units_and_the_crontab_exists(path: Path) -> None:
    (line,) = [line for line in commands(path) if "--" in line]
    assert command_line().parse_args(shlex.split(line)).region == "/etc/aggregator/region.toml"


def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    for unit in UNITS:  # the program and its user do not exist on every machine
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.M)
        (tmp_path / unit.name).write_text(text.replace("User=aggregator", "User=root"))
    paths = [str(tmp_path / unit.name) for unit in UNITS]
    result = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_two_services_have_the_same_hardening() -> None:
    def hardening(name: str) -> list[str]:
        return (DEPLOY / name).read_text().partition("UMask")[2].partition("[Install]")[0].split()

    assert hardening("aggregator.service") == hardening("aggregator-run.service")


# --- killed at any moment ---------------------------------------------------------------------------------------------

KILLS = 100


class Cycles:
    """Runs cycles in processes that can be killed; see `tests.support.cycles`."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.support.cycles", str(folder)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT, bufsize=0)
        assert self._word(60) == "0"

    def one(self, seconds: float) -> str:
        """The exit status of a cycle, or "killed" if it took longer than this."""
        self._say()
        child = int(self._word(60))
        status = self._word(seconds)
        if not status:
            os.kill(child, signal.SIGKILL)
            status = self._word(60)
        self._say()
        return status

    def timed(self) -> float:
        """Seconds that a complete cycle takes."""
        began = time.monotonic()
        assert self.one(60) == "0"
        return time.monotonic() - began

    def _say(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")

    def _word(self, seconds: float) -> str:
        """Its next line of output, or "" if there is none within this time."""
        out = self.process.stdout
        assert out is not None
        return out.readline().decode().strip() if select.select([out], [], [], seconds)[0] else ""


@pytest.fixture
def cycles(tmp_path: Path) -> Iterator[Cycles]:
    made = Cycles(tmp_path)
    yield made
    made.process.kill()
    made.process.communicate()


def test_killed_at_any_moment_the_site_stays_complete_and_the_next_run_recovers(tmp_path: Path, cycles: Cycles) -> None:
    chance, wholeness = random.Random(5), ReleaseChecker()
    took = min(cycles.timed() for _ in range(3))
    killed = 0
    while killed < KILLS:
        status = cycles.one(chance.uniform(0, took))
        assert status in ("killed", "0")  # a cycle that completed after a killed one needed no help
        assert wholeness.missing(tmp_path / "public") == []
        assert integrity(tmp_path / "a.db") == "ok"
        killed += status == "killed"
        assert killed % 10 or cycles.timed()
    assert list((tmp_path / "public.releases").glob(".unfinished*")) == []
    (tmp_path / "public/status/index.html").unlink()
    assert "index.html links to status/index.html" in wholeness.missing(tmp_path / "public")


def integrity(db: Path) -> str:
    connection = sqlite3.connect(db)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()
