"""The benchmarks that nobody runs each day still measure."""

import importlib
import re
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest

from aggregator.serving.preview import preview_server
from tests.support.paths import ROOT

BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)


TINY: dict[str, dict[str, Any]] = {  # benchmark -> the constants that make it tiny
    "bench_adapters": {"ROUNDS": 1},
    "bench_hostile": {"ROUNDS": 1, "SIZES": (2000,)},
    "bench_loop": {"CHANGES": 700, "FEED": 20_000, "HOSTILE": 2000},
    "bench_parse": {"CLINICS": 2, "PAGES": 1, "ROUNDS": 1},
    "bench_render": {"PLACES": 12, "OFFERING": 4, "ROUNDS": 1},
    "bench_store": {"LOCATIONS": 20, "ROUNDS": 1},
    "bench_tables": {"LOCATIONS": 20, "ROUNDS": 1},
}


@pytest.mark.parametrize("name", sorted(TINY))
def test_a_benchmark_measures_what_it_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    benchmark = importlib.import_module(name)
    for constant, value in TINY[name].items():
        monkeypatch.setattr(benchmark, constant, value)
    if name == "bench_adapters":  # one of the adapters, not all
        (tmp_path / "acuity").symlink_to(benchmark.FOLDER / "acuity")
        monkeypatch.setattr(benchmark, "FOLDER", tmp_path)
    benchmark.main()

    measured = re.findall(r"(\d+\.\d\d) (?:ms|µs)", capsys.readouterr().out)
    assert measured
    assert max(map(float, measured)) > 0


def test_the_cycle_over_slow_hosts_is_whole_and_keeps_its_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = importlib.import_module("bench_poll")
    monkeypatch.setattr(poll, "HOSTS", 1)
    monkeypatch.setattr(poll, "SPACING", 0.5)
    with poll.running(1) as urls:
        assert poll.cycle(poll.example(urls), tmp_path / "one.db") >= poll.PAGES * 0.5


def test_the_servers_of_the_surge_serve_with_the_rules_of_today(tmp_path: Path) -> None:
    servers = importlib.import_module("surge_servers")
    if not servers.NGINX:
        pytest.skip("nginx is not installed")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("<p>served</p>")
    with (
        servers.origin(tmp_path / "origin", tmp_path / "site") as origin,
        servers.edge(tmp_path / "edge", origin.base) as edge,
        urlopen(f"{edge.base}/") as answer,
    ):
        assert answer.read() == b"<p>served</p>"
        assert "stale-if-error" in answer.headers["Cache-Control"]


def test_what_goes_over_a_slow_line_waits_for_what_went_before(monkeypatch: pytest.MonkeyPatch) -> None:
    line = importlib.import_module("slow_line")
    way = line._Way(rate=1000.0)
    half = line.ROUND_TRIP / 2
    arrivals = [way.arrival(500, 10.0), way.arrival(500, 10.0), way.arrival(1000, 20.0)]

    assert arrivals == pytest.approx([10.5 + half, 11.0 + half, 21.0 + half])


def test_a_slow_line_passes_on_what_it_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = importlib.import_module("slow_line")
    monkeypatch.setattr(line, "ROUND_TRIP", 0.0)
    content = bytes(range(256)) * 40
    (tmp_path / "thing.html").write_bytes(content)
    server = preview_server(tmp_path, 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    with line.slow_line(server.server_address[1]) as near, urlopen(f"http://127.0.0.1:{near}/thing.html") as answer:
        assert answer.read() == content
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_cycle_that_is_measured_is_one_of_the_places_and_changes_that_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycles = importlib.import_module("cycles")
    monkeypatch.setattr(cycles, "BUILD", tmp_path / "build")
    with cycles.room() as folder:
        first, second = cycles.measured(folder, places=20, changing=10, cycles=2, between=cycles.timedelta(minutes=1))

    assert (first["changed"], second["changed"]) == (0, 2)
    assert 0 < second["made"] < second["files"] == first["made"]
    assert min(second["cpu"], second["memory"]) > 0
