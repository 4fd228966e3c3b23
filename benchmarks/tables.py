"""Runs one benchmark from the command line: prints its table, and writes it into docs/performance.md.

    python benchmarks/bench_parse.py            measure and print
    python benchmarks/bench_parse.py --write    measure, print, and replace the table in docs/performance.md
    python benchmarks/bench_parse.py --tiny     do a little of the work and check that it was done

Exit codes: 0 every limit holds; 1 not measured, because the work to be timed was not done; 3 a limit is exceeded.
"""

import argparse
import os
import platform
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

from measure import Line, Table, must

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs" / "performance.md"
EXCEEDED = 3
HEAD = "| measurement | ours | reference | ratio | limit | |\n| --- | ---: | ---: | ---: | ---: | --- |"
VERDICT = {True: "ok", False: "over", None: ""}

Size = TypeVar("Size")


@dataclass(frozen=True)
class Benchmark(Generic[Size]):
    """A benchmark: its name, what it measures, and its sizes for a full run and for `make test`."""

    name: str
    measured: Callable[[Size], Table]
    full: Size
    tiny: Size

    def main(self, argv: Sequence[str] | None = None) -> int:
        """Measures; returns the exit code."""
        parser = argparse.ArgumentParser(prog=self.name, description=__doc__.partition("\n")[0])
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--tiny", action="store_true", help="do a little of the work, and check only that it was done")
        how.add_argument("--write", action="store_true", help="replace the table in docs/performance.md")
        arguments = parser.parse_args(argv)
        table = self.measured(self.tiny if arguments.tiny else self.full)
        must(bool(table.work) and min(table.work.values()) > 0, f"{self.name}: nothing was done: {dict(table.work)}")
        print(as_text(table))
        if arguments.write:
            DOCS.write_text(
                with_table(DOCS.read_text("utf-8"), self.name, as_markdown(table, where_and_when())), "utf-8"
            )
        return EXCEEDED if table.exceeded and not arguments.tiny else 0


def as_text(table: Table) -> str:
    """The table for a terminal."""
    rows = [Line("", "ours", "reference", "ratio", "limit"), *table.lines]
    widths = [max(len(cell) for cell in column) for column in zip(*(row[:5] for row in rows), strict=True)]
    shown = [
        "  ".join([row.what.ljust(widths[0]), *(cell.rjust(n) for cell, n in zip(row[1:5], widths[1:], strict=True))])
        + f"  {VERDICT[row.holds]}"
        for row in rows
    ]
    done = ", ".join(f"{count:,} {what}" for what, count in table.work.items())
    return "\n".join(["", table.title, *(line.rstrip() for line in shown), f"done: {done}"])


def as_markdown(table: Table, measured: str) -> str:
    """The table for the docs; `measured` is the sentence of `where_and_when`."""
    rows = (f"| {' | '.join((line.what.strip(), *line[1:5], VERDICT[line.holds]))} |" for line in table.lines)
    return "\n".join([f"{table.title}. {measured}", "", HEAD, *(re.sub(r"  +", " ", row) for row in rows)])


def markers(name: str) -> tuple[str, str]:
    """The lines before and after a benchmark's table in the docs."""
    return f"<!-- {name}: this table is written by the benchmark -->", f"<!-- end of {name} -->"


def with_table(docs: str, name: str, table: str) -> str:
    """The text of the docs with the table between the benchmark's markers."""
    before, after = markers(name)
    found = docs.count(before), docs.count(after)
    must(
        found == (1, 1),
        f"docs/performance.md has {found[0]} and {found[1]} of the markers of {name} instead of one pair",
    )
    head, _, rest = docs.partition(before)
    return f"{head}{before}\n\n{table}\n\n{after}{rest.partition(after)[2]}"


def where_and_when() -> str:
    """A sentence with the commit, the date, and the machine of this measurement."""
    commit = _git("rev-parse", "--short=10", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!{DOCS.relative_to(ROOT)}")
    version, cores, day = platform.python_version(), os.cpu_count(), datetime.now(UTC).date()
    return (
        f"Measured on {day} at commit `{commit}`{' with uncommitted changes' if changed else ''}, "
        f"Python {version}, {cores} cores."
    )


def _git(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
    must(done.returncode == 0, f"git cannot say what is measured ({done.stderr.strip()})")
    return done.stdout.strip()
