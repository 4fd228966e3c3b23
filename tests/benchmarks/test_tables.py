"""The tables of the benchmarks: their limits, and how they are written into the docs with a commit and a date."""

import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.benchmarks import BENCHMARKS, benchmark, module
from tests.support.paths import ROOT

measure, tables = module("measure"), module("tables")
NAMES = sorted(path.stem for path in BENCHMARKS.glob("*.py") if "BENCHMARK = " in path.read_text("utf-8"))
DOCS = (ROOT / "docs/performance.md").read_text("utf-8")
SAMPLE = measure.Table(
    "Work",
    [
        measure.figure("both", 30.0, reference=20.0, limit=2.0),
        measure.figure("  alone", 0.5, "s", limit=0.25),
        measure.figure("counted", 12_345.0, ""),
    ],
    {"rows stored": 3},
)


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Docs with one table, used in place of the real ones."""
    path = tmp_path / "performance.md"
    path.write_text("Before.\n\n{}\nold\n{}\n\nAfter.\n".format(*tables.markers("sample")))
    monkeypatch.setattr(tables, "DOCS", path)
    monkeypatch.setattr(tables, "where_and_when", lambda: "Measured now.")
    return path


def sample(table: Any = SAMPLE) -> Any:
    return tables.Benchmark("sample", lambda size: table, full=2, tiny=1)


def test_a_limit_applies_to_the_ratio_if_there_is_one_else_to_the_figure() -> None:
    assert SAMPLE.lines[0] == ("both", "30 ms", "20 ms", "1.50", "2", True)
    assert SAMPLE.lines[1] == ("  alone", "0.5 s", "", "", "0.25 s", False)
    assert SAMPLE.lines[2] == ("counted", "12,345", "", "", "", None)
    assert SAMPLE.exceeded == ["alone"]


def test_an_exceeded_limit_sets_the_exit_code_except_in_a_tiny_run(docs: Path) -> None:
    assert sample().main([]) == tables.EXCEEDED
    assert sample().main(["--tiny"]) == 0
    assert sample(measure.Table("Work", SAMPLE.lines[:1], {"rows": 1})).main([]) == 0


def test_a_benchmark_that_did_nothing_is_an_error(docs: Path) -> None:
    with pytest.raises(SystemExit, match="sample: nothing was done"):
        sample(measure.Table("Work", SAMPLE.lines, {"rows stored": 0})).main([])


def test_the_table_replaces_the_text_between_its_markers(docs: Path) -> None:
    sample().main(["--write"])
    text = docs.read_text()

    assert (text.partition("\n")[0], text.splitlines()[-1], "\nold" in text) == ("Before.", "After.", False)
    assert "Work. Measured now." in text
    assert "| both | 30 ms | 20 ms | 1.50 | 2 | ok |\n| alone | 0.5 s | | | 0.25 s | over |" in text
    sample().main(["--write"])
    assert docs.read_text() == text


def test_without_markers_no_table_is_written(docs: Path) -> None:
    docs.write_text("nothing")
    with pytest.raises(SystemExit, match="0 of the markers of sample"):
        sample().main(["--write"])


def test_without_the_write_option_the_docs_are_unchanged(docs: Path) -> None:
    text = docs.read_text()
    sample().main([])
    assert docs.read_text() == text


def test_a_figure_names_the_commit_the_date_and_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True, capture_output=True)

    monkeypatch.setattr(tables, "ROOT", tmp_path)
    monkeypatch.setattr(tables, "DOCS", tmp_path / "performance.md")
    git("init")
    for name in ("performance.md", "code.py"):
        (tmp_path / name).write_text("a")
    git("add", ".")
    git("commit", "-m", "One")
    (tmp_path / "performance.md").write_text("written by the benchmark before")
    stamped = re.compile(r"Measured on \d{4}-\d\d-\d\d at commit `[0-9a-f]{10}`, Python 3[\d.]+, \d+ cores\.")
    assert stamped.fullmatch(tables.where_and_when())
    (tmp_path / "code.py").write_text("b")
    assert "` with uncommitted changes, Python" in tables.where_and_when()


def test_outside_a_checkout_nothing_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    monkeypatch.setattr(tables, "DOCS", tmp_path / "performance.md")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(SystemExit, match="git cannot say what is measured"):
        tables.where_and_when()


def test_all_benchmarks_run_even_if_one_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = {"one.py": 0, "two.py": tables.EXCEEDED, "three.py": 1, "four.py": 0}
    ran: list[str] = []

    def run(command: list[str]) -> SimpleNamespace:
        ran.append(" ".join(command[1:]))
        return SimpleNamespace(returncode=codes[command[1]])

    run_all = module("run_all")
    monkeypatch.setattr(run_all.subprocess, "run", run)
    assert run_all.main(map(Path, codes)) == 1
    assert ran == [f"{name} --write" for name in codes]
    assert capsys.readouterr().out.split("\n")[1:3] == ["two.py: a limit is exceeded", "three.py: not measured"]
    assert run_all.main([Path("one.py")]) == 0


# --- the docs ---------------------------------------------------------------------------------------------------------


def table_in_docs(name: str) -> str:
    before, after = tables.markers(name)
    assert (DOCS.count(before), DOCS.count(after)) == (1, 1), name
    return DOCS.partition(before)[2].partition(after)[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_docs_contain_the_table_of_every_benchmark(name: str) -> None:
    assert benchmark(name).name == name
    table = table_in_docs(name)
    assert re.search(r"\. Measured on \d{4}-\d\d-\d\d at commit `[0-9a-f]{7,40}`", table), table
    assert tables.HEAD in table
    assert re.search(r"^\| .+ \| [\d.,]+", table.partition(tables.HEAD)[2], re.MULTILINE), table


def test_no_other_table_in_the_docs_contains_measurements() -> None:
    left = DOCS
    for name in NAMES:
        left = left.replace(table_in_docs(name), "")
    rows = [row for row in left.splitlines() if row.startswith("|")]
    assert [row for row in rows if re.search(r"\| *[\d.,]+ *(?:ms|µs|s|kB|MB|GB|%|x)? *\|", row)] == []
