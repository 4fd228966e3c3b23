"""The simulated slow line through which a benchmark loads the page."""

from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest

from aggregator.serving.preview import preview_server
from tests.support.benchmarks import module


def test_bytes_on_a_slow_line_wait_for_earlier_ones() -> None:
    line = module("slow_line")
    way = line._Way(rate=1000.0)
    half = line.ROUND_TRIP / 2
    arrivals = [way.arrival(500, 10.0), way.arrival(500, 10.0), way.arrival(1000, 20.0)]

    assert arrivals == pytest.approx([10.5 + half, 11.0 + half, 21.0 + half])


def test_a_slow_line_forwards_everything_unchanged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = module("slow_line")
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
