"""Small visits that once went wrong, with the correct values: replayed through the whole job, in this process.

The cases are next to the checkout (../shared/cases) and not part of this repository; without them the test is skipped.
"""

import importlib.util
import io
import subprocess
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aggregator.cli import main
from tests.support.paths import SHARED

pytestmark = pytest.mark.usefixtures("few_zip_codes")

CASES = SHARED / "cases"
FOLDERS = sorted(file.parent for file in CASES.glob("*/case.toml"))


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    """The cases' own `run.py`, which checks them."""
    spec = importlib.util.spec_from_file_location("shared_cases_run", CASES / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_this_process(command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[str]:
    """A replacement for `subprocess.run` without the second that starting Python takes."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(command[1:])
        except Exception:
            traceback.print_exc()
            code = 1
    return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())


@pytest.mark.skipif(not FOLDERS, reason="the cases (../shared/cases) are not here")
@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: case.name)
def test_a_shared_case_gives_its_expected_values(
    case: Path, runner: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner.subprocess, "run", in_this_process)
    assert runner.run(case, "aggregator", None) == []
