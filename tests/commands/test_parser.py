"""The command line: quick to build, with reliable help."""

import shlex
import shutil
import subprocess
import sys
import tomllib

import pytest
import shtab

from aggregator.cli import main
from aggregator.commands.help_texts import DOCS, HELP, PROGRAM, CommandHelp
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


def test_completion_imports_only_the_library_that_writes_the_script() -> None:
    assert imported("completion", "bash") == {"shtab"}


def test_every_command_has_its_function() -> None:
    parsers = [parser for parser in parsers_of(command_line()) if parser.get_default("command")]
    functions = [load(parser.parse_args(words_of(parser.prog))) for parser in parsers]

    assert len(set(functions)) == len(parsers) > 10
    assert all(map(callable, functions))


def words_of(prog: str) -> list[str]:
    """The minimum arguments of the command."""
    least = {"new": ["a", "--har", "a.har"], "explain": ["1"], "completion": ["bash"]}
    least["import-cassette"] = ["a.yaml", "--out", "a.har"]
    command = prog.split()[-1]
    return least.get(command, ["a"] if command in {"capture", "try"} else [])


def test_shtab_supports_all_offered_shells() -> None:
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


def test_every_help_text_belongs_to_a_command() -> None:
    names = {parser.prog.removeprefix("aggregator").strip() for parser in parsers_of(command_line())}
    assert names == {"", *HELP}


@pytest.mark.parametrize(("name", "text"), [("", PROGRAM), *HELP.items()])
def test_help_fits_a_terminal_and_has_examples_exit_codes_and_a_link(
    name: str, text: CommandHelp, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main([*name.split(), "--help"])
    printed = capsys.readouterr().out
    assert "\nexamples:\n  aggregator " in printed
    assert "\nexit codes:\n  0 " in printed
    assert f"\ndocs: {DOCS}/{text.page}\n" in printed
    assert not text.page or (ROOT / "docs" / text.page).is_file()
    assert max(map(len, text.details.splitlines())) < 80


@pytest.mark.parametrize("example", [example for text in (PROGRAM, *HELP.values()) for example in text.examples])
def test_every_example_is_a_valid_command(example: str) -> None:
    program, *words = shlex.split(example.replace("COMMAND --help", "status"))
    assert program == "aggregator"
    assert command_line().parse_args(words).command


def test_the_help_links_to_the_docs_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["urls"]["Documentation"] == DOCS
