"""The command line is put together without importing what the commands need."""

import shutil
import subprocess
import sys

import pytest
import shtab

from aggregator.cli import main
from aggregator.commands.parser import SHELLS, command_line, load, parsers_of
from tests.support.paths import ROOT

IMPORTED = """
print(*{name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names, file=sys.stderr)
"""


def imported(*words: str) -> set[str]:
    """The libraries that a command line imports beyond what Python starts with."""
    run = f"from aggregator.cli import main\ntry: main({list(words)})\nexcept SystemExit: pass"
    with_nothing, with_command = (
        subprocess.run(
            [sys.executable, "-c", f"import sys\n{code}\n{IMPORTED}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stderr.split()
        for code in ("", run)
    )
    return set(with_command) - set(with_nothing) - {"aggregator"}


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["--version"]], ids=" ".join)
def test_help_imports_no_library(words: list[str]) -> None:
    assert imported(*words) == set()


def test_completion_imports_only_what_writes_the_script() -> None:
    assert imported("completion", "bash") == {"shtab"}


def test_every_command_has_its_function() -> None:
    parsers = [parser for parser in parsers_of(command_line()) if parser.get_default("command")]
    functions = [load(parser.parse_args(words_of(parser.prog))) for parser in parsers]

    assert len(set(functions)) == len(parsers) > 10
    assert all(map(callable, functions))


def words_of(prog: str) -> list[str]:
    """The least that the command takes."""
    least = {"new": ["a", "--har", "a.har"], "explain": ["1"], "completion": ["bash"]}
    command = prog.split()[-1]
    return least.get(command, ["a"] if command in {"capture", "try"} else [])


def test_the_shells_are_ones_that_the_library_knows() -> None:
    assert set(SHELLS) <= set(shtab.SUPPORTED_SHELLS)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_completion_script_names_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for parser in parsers_of(command_line()):
        assert parser.prog.split()[-1] in script


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("pub", ["publish"]),
        ("places e", ["explain"]),
        ("run --re", ["--region", "--replay"]),
        ("serve --db a", ["a.db"]),
    ],
)
def test_bash_completes_commands_options_and_files(
    typed: str, offered: list[str], capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    bash = shutil.which("bash")
    assert bash, "bash is needed to test its completion"
    main(["completion", "bash"])
    folder = tmp_path_factory.mktemp("typed")
    (folder / "a.db").touch()
    words = ["aggregator", *typed.split()]
    ask = f"""
COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}
_shtab_aggregator aggregator {words[-1]} {words[-2]}
echo "${{COMPREPLY[@]}}"
"""
    script = capsys.readouterr().out + ask
    done = subprocess.run([bash, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split() == offered, done.stderr
