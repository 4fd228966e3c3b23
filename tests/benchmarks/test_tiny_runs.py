"""Every benchmark works: a tiny run ends with exit 0 and counts what it stored, read, or built."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.benchmarks import BENCHMARKS, benchmark, module
from tests.support.browsing import needs_chromium

WORK = {  # benchmark -> the result of its tiny run
    "bench_adapters": r"1 adapters, \d+ visits replayed, \d+ rows read",
    "bench_cycle": "20 places published, 4 cycles, 2 answers changed",
    "bench_hostile": r"\d{3} pages read",
    "bench_loop": r"400 changes pruned, \d\d locations read",
    "bench_page": "6 places, 5 cold loads",
    "bench_parse": "1 pages read, 2 slots read",
    "bench_poll": "4 pages read in a cycle, 20 locations stored",
    "bench_render": "12 pages of places made",
    "bench_start": "3 commands run",
    "bench_store": "20 answers stored, 60 changes stored",
    "bench_table_api": "20 answers stored, 100 changes stored",
    "large": "18 places published, 4 answers changed",
    "surge": r"[\d,]{3,} requests answered by the edge",
}
BROWSED, SERVED = "bench_page", "surge"  # `test_surge` runs the surge


def test_every_benchmark_is_run() -> None:
    scripts = {path.stem for path in BENCHMARKS.glob("*.py") if "Benchmark(" in path.read_text("utf-8")}
    assert scripts - {"tables"} == set(WORK)
    assert {path.stem for path in BENCHMARKS.glob("bench_*.py")} < set(WORK)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[needs_chromium] if name == BROWSED else []) for name in sorted(WORK.keys() - {SERVED})],
)
def test_every_benchmark_completes_a_tiny_run(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module("cycles"), "BUILD", tmp_path / "build")
    assert benchmark(name).main(["--tiny"]) == 0

    printed = capsys.readouterr().out
    assert re.fullmatch(WORK[name], printed.splitlines()[-1].removeprefix("done: ")), printed
    figures = [line for line in printed.splitlines() if re.search(r"\d (?:ms|µs|s|MB)\b", line)]
    assert figures, printed


@pytest.mark.parametrize(
    ("name", "broken", "message"),
    [
        ("bench_parse", ("synthetic.ROW", "<p>"), "gave 0 slots instead of 2"),
        ("bench_render", ("bench_render.page_files", lambda *_: []), "0 places were rendered instead of 12"),
        ("bench_store", ("bench_store.save", lambda *_: NotSaved), "the two reports have answers in common"),
    ],
)
def test_a_benchmark_that_produces_the_wrong_result_fails(
    name: str, broken: tuple[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = benchmark(name)
    where, _, what = broken[0].partition(".")
    monkeypatch.setattr(module(where), what, broken[1])
    with pytest.raises(SystemExit) as ended:
        one.main(["--tiny"])
    assert message in str(ended.value)


class NotSaved:
    """The result of a save that changes nothing."""

    changed = 0


def test_a_benchmark_script_prints_its_table_and_returns_the_exit_code(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCHMARKS / "bench_start.py"), "--tiny"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert "`aggregator --help`, CPU" in done.stdout
