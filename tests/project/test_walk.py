"""Walks through docs/add-a-provider.md: runs its commands in an empty folder and compares their output.

The meaning of its blocks: `sh` is run; `text` after it is the output, line by line, where `…` stands for anything and a
date for any date; a block under a line with only **PATH** is a file that the reader writes.

No command has a time limit, so the result does not depend on how busy the machine is.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from aggregator.cli import main
from tests.support.paths import ROOT

DOC = ROOT / "docs" / "add-a-provider.md"
DEMO = "aggregator demo systems"
SYSTEM = re.compile(r"^(\S+) +http://(127\.0\.0\.1:\d+)", re.MULTILINE)
BLOCK = re.compile(r"^(?:\*\*(?P<path>\S+)\*\*\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    path: str | None
    kind: str
    text: str


def blocks(doc: str) -> list[Block]:
    return [Block(found["path"], found["kind"], found["text"]) for found in BLOCK.finditer(doc)]


def is_printed(shown: str, printed: str) -> bool:
    """Whether a command printed what the doc shows, ignoring trailing spaces."""

    def line(text: str) -> str:
        if text == "…":
            return r"(?:.*\n)*?"
        return ".*".join(map(re.escape, text.split("…"))) + r" *\n"

    shown, printed = (re.sub(r"\d{4}-\d\d-\d\d", "a date", text).strip("\n") for text in (shown, printed))
    return re.fullmatch("".join(map(line, shown.split("\n"))), f"{printed}\n") is not None


class Walk:
    """An empty folder for running commands; `addresses` maps those of the doc to free ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.addresses: dict[str, str] = {}
        paths = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | {
            "PATH": paths,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "80",
        }

    def files(self) -> set[str]:
        """All files except the database."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return {str(path) for path in found if path.parts[0] != "data"}

    def here(self, text: str) -> str:
        """A text of the doc with the addresses of this walk."""
        for in_doc, real in self.addresses.items():
            text = text.replace(in_doc, real)
        return text

    def write(self, block: Block) -> None:
        assert block.path
        (self.folder / block.path).write_text(self.here(block.text), encoding="utf-8")

    def run(self, commands: str) -> str:
        """The output of the commands, which must all succeed."""
        ended = subprocess.run(
            ["sh", "-e", "-c", self.here(commands)],
            cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )  # fmt: skip
        assert ended.returncode == 0, f"{commands}\n{ended.stdout}"
        return ended.stdout

    @contextmanager
    def demo(self) -> Iterator[str]:
        """Runs the simulated systems on free ports for the duration of the block; yields the command's output."""
        process = subprocess.Popen(
            [*DEMO.split(), "--first-port", "0"],
            cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        try:
            assert process.stdout
            printed = ""
            while not printed.endswith("stop them.\n"):
                line = process.stdout.readline()
                assert line, printed
                printed += line
            yield printed
        finally:
            process.terminate()
            process.communicate()


def known_by(shown: str, printed: str) -> Mapping[str, str]:
    """The addresses shown in the doc -> those printed by the command."""
    real = dict(SYSTEM.findall(printed))
    return {address: real[name] for name, address in SYSTEM.findall(shown)}


def test_every_step_of_the_guide_works_as_documented(tmp_path: Path) -> None:
    walk, steps = Walk(tmp_path), blocks(DOC.read_text(encoding="utf-8"))
    before = walk.files()
    with ExitStack() as running:
        printed = ""
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            if step.path:
                walk.write(step)
            elif step.kind == "sh" and step.text.strip() == DEMO:
                printed = running.enter_context(walk.demo())
                walk.addresses = dict(known_by(after.text if after else "", printed))
            elif step.kind == "sh":
                printed = walk.run(step.text)
            elif step.kind == "text":
                assert is_printed(walk.here(step.text), printed), f"the doc says\n{step.text}\nprinted is\n{printed}"
    assert walk.addresses
    assert walk.files() == before, "the last commands of the doc should take everything back"


def test_the_guides_adapter_is_small() -> None:
    (adapter,) = [block.text for block in blocks(DOC.read_text(encoding="utf-8")) if block.kind == "python"]
    assert len(adapter.splitlines()) < 50


def test_ctrl_c_stops_the_simulated_systems_without_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Pressed:
        def wait(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr("aggregator.commands.demo.Event", Pressed)
    assert main([*DEMO.split()[1:], "--first-port", "0"]) == 0
    out, err = capsys.readouterr()
    assert len(SYSTEM.findall(out)) == 7
    assert err == ""


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("one\ntwo", "one\ntwo\n"),
        ("one", "\none   \n"),
        ("wrote …/x.py", "wrote a/b/x.py\n"),
        ("one\n…\nfour", "one\ntwo\nthree\nfour\n"),
        ("on 2021-05-13 (b)", "on 2026-11-21 (b)\n"),
    ],
)
def test_documented_output_matches_the_real_output(shown: str, printed: str) -> None:
    assert is_printed(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("3 locations", "4 locations\n"),
        ("one", "one\ntwo\n"),
        ("one\nthree", "one\ntwo\nthree\n"),
        ("two\none", "one\ntwo\n"),
        ("wrote …/x.py", "wrote a/b/y.py\n"),
        ("on 2021-05-13", "on Thursday\n"),
        ("a.c", "abc\n"),
    ],
)
def test_outdated_documented_output_is_caught(shown: str, printed: str) -> None:
    assert not is_printed(shown, printed)
