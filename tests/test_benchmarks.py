"""The benchmarks that nobody runs each day still start."""

import importlib
from pathlib import Path
from urllib.request import urlopen

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)


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


def test_a_cycle_that_is_measured_is_one_of_the_places_and_changes_that_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycles = importlib.import_module("cycles")
    monkeypatch.setattr(cycles, "BUILD", tmp_path / "build")
    first, second = cycles.measured(places=20, changing=10, cycles=2, between=cycles.timedelta(minutes=1))

    assert (first["changed"], second["changed"]) == (0, 2)
    assert 0 < second["made"] < second["files"] == first["made"]
    assert min(second["cpu"], second["memory"]) > 0
