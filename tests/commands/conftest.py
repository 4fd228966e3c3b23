"""Fixtures shared by the tests of the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.cli import main
from aggregator.commands import terminal

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def aggregator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Calls a command in its own folder, without a terminal; returns exit code, standard output, and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AGGREGATOR_REGION", raising=False)
    for console in (terminal.console, terminal.errors):
        monkeypatch.setattr(console, "_width", 300)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return call
