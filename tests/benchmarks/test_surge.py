"""The surge benchmark at a tiny size, and its servers."""

import re
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.benchmarks import benchmark, module


def test_a_tiny_surge_runs(capsys: pytest.CaptureFixture[str]) -> None:
    if not (module("surge_servers").NGINX and module("surge_residents").WRK):
        pytest.skip("nginx or wrk is not installed: apt-get install nginx-light wrk")
    assert benchmark("surge").main(["--tiny"]) == 0

    printed = capsys.readouterr().out
    assert re.search(r"^done: [\d,]{3,} requests answered by the edge$", printed, re.MULTILINE)
    for accident in ("publisher killed", "disk of releases full", "origin cut off"):
        assert accident in printed


def test_the_surge_servers_use_the_rules_in_deploy(tmp_path: Path) -> None:
    servers = module("surge_servers")
    if not servers.NGINX:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("<p>served</p>")
    with (
        servers.origin(tmp_path / "origin", tmp_path / "site") as origin,
        servers.edge(tmp_path / "edge", origin.base) as edge,
        urlopen(f"{edge.base}/") as answer,
    ):
        assert answer.read() == b"<p>served</p>"
        assert "stale-if-error" in answer.headers["Cache-Control"]
