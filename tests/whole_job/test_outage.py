"""Problems around the program: unexpected errors, broken adapters, full disks, damaged rows, shared folders.

A command ends with one line and its exit code; everything unaffected continues.
"""

import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aggregator import registry
from aggregator.cli import main
from aggregator.commands import running
from aggregator.config.region import parse_region
from aggregator.errors import AdapterError
from aggregator.places.assign_ids import update_place_ids
from aggregator.store.lock import exclusive
from aggregator.store.store import Store
from tests.commands.test_cli import har
from tests.support.records import NOW, REGION, SOURCES, damage, reading, report, save

__all__ = ["har"]

TEXT = REGION.replace('"MA"', '"AS"') + SOURCES
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Calls a command on the region of TEXT in its own folder; returns the exit code and the output."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alder.toml").write_text(TEXT)

    def call(name: str, *more: object) -> tuple[int, str]:
        code = main([name, "--region", "alder.toml", *map(str, more)])
        return code, "".join(capsys.readouterr())

    return call


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The database for the commands, with two visited sources, for tests to damage."""
    with Store(tmp_path / "data/aggregator.db") as store:
        save(store, report(reading("1"), reading("2")))
        update_place_ids(store, parse_region(TEXT, "alder.toml"), NOW)
    opened = sqlite3.connect(tmp_path / "data/aggregator.db", isolation_level=None)
    yield opened
    opened.close()


# --- unexpected errors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ZeroDivisionError("no luck"), KeyError("x"), RecursionError(), OSError(28, "full")])
def test_an_unexpected_error_ends_a_command_with_one_line_and_exit_code_92(
    command: Command, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def failing(*given: object) -> None:
        raise error

    monkeypatch.setattr(running, "make_release", failing)
    code, printed = command("publish")
    (line,) = printed.splitlines()
    assert (code, line.startswith("error: ")) == (92, True)
    assert type(error).__name__ in line
    assert ("please report it" in line) != isinstance(error, OSError)
    monkeypatch.setenv("AGGREGATOR_TRACEBACK", "1")
    code, printed = command("publish")
    assert code == 92 and "Traceback" in printed and "in failing" in printed


def test_interrupting_a_command_prints_one_plain_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "make_release", interrupted)
    code, printed = command("publish")
    assert (code, printed.count("\n")) == (92, 1) and "interrupted" in printed


# --- adapters ---------------------------------------------------------------------------------------------------------


def test_a_broken_adapter_stops_neither_a_cycle_nor_the_inspecting_commands(
    command: Command, monkeypatch: pytest.MonkeyPatch, har: Path
) -> None:
    load = registry.load

    def broken(name: str, folder: str) -> object:
        if name == "acuity":
            raise AdapterError("providers/acuity.py:12: SyntaxError: invalid syntax; correct the file")
        return load(name, folder)

    monkeypatch.setattr(registry, "load", broken)
    town = '[[sources]]\nname = "town"\nprovider = "acuity"\nurl = "https://town.example.org/"\noptions = {x = "1"}\n'
    Path("alder.toml").write_text(TEXT + town)
    code, printed = command("run", "--replay", har)
    assert code == 91 and Path("public/index.html").is_file()
    assert "providers/acuity.py:12" in Path("public/status/index.html").read_text()
    for name, expected in (("sources", 0), ("doctor", 90), ("status", 91)):
        code, printed = command(name)
        assert code == expected, printed
        assert "providers/acuity.py:12: SyntaxError" in printed
    Path("alder.toml").write_text(TEXT.replace("prepmod", "preepmod"))
    assert command("status")[0] == 2  # a missing file is a mistake in the region file


# --- disks ------------------------------------------------------------------------------------------------------------


FULL = """
import resource, sys
from aggregator.cli import main
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("name", ["run", "poll", "publish"])
@pytest.mark.parametrize("room", [0, 2048])
def test_a_full_disk_ends_a_command_with_one_line_and_exit_code_92(
    command: Command, har: Path, name: str, room: int
) -> None:
    assert command("run", "--replay", har)[0] == 91  # its source is down
    served = Path("public").resolve()
    replay = [] if name == "publish" else ["--replay", str(har)]
    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(room), name, "--quiet", "--region", "alder.toml", *replay],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 92, ended.stderr
    assert "error: " in ended.stderr
    assert Path("public").resolve() == served and (served / "index.html").is_file()
    assert command("run", "--replay", har)[0] == 91


def test_a_lock_holds_even_if_the_disk_is_too_full_to_write_its_holder(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with exclusive(tmp_path / "a.db"):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (tmp_path / "a.db.lock").read_text() == ""


# --- damaged rows -----------------------------------------------------------------------------------------------------


DAMAGES = [
    ("UPDATE sources SET attempted_at = 'yesterday'", "table sources, row 'county'"),
    ("UPDATE sources SET outcome = 'GREAT'", "table sources, row 'county'"),
    ("UPDATE checks SET checked_at = '2021-13-99'", "table answers (or checks), row "),
    ("UPDATE answers SET said = '{' WHERE location_id = 1", "table answers (or checks), row "),
    ("UPDATE answers SET changed_at = 7 WHERE location_id = 1", "table answers (or checks), row "),
    ("UPDATE locations SET facts = '[]' WHERE id = 1", "table locations, row "),
    ("UPDATE locations SET facts = CAST(x'ff7b' AS TEXT) WHERE id = 1", "table locations, row "),
    ("UPDATE changes SET at = '' WHERE location_id = 1", "table changes, row 'location_id 1'"),
    ("UPDATE changes SET available = 'MAYBE' WHERE location_id = 1", "table changes, row 'location_id 1'"),
]


@pytest.mark.parametrize(("statement", "message"), DAMAGES, ids=[made.removeprefix("UPDATE ") for made, _ in DAMAGES])
def test_a_damaged_row_is_skipped_and_reported_and_the_rest_is_published(
    command: Command, database: sqlite3.Connection, statement: str, message: str
) -> None:
    damage(database, statement)
    assert command("publish", "--quiet")[0] == 0
    assert message in Path("public/status/index.html").read_text().replace("&#39;", "'")
    _, printed = command("status")
    assert message in printed and "Traceback" not in printed
    shown = {place["name"] for place in json.loads(Path("public/api/v1/locations.json").read_bytes())["data"]}
    assert "Town hall 2" in shown
    assert ("Town hall 1" in shown) == ("locations" not in statement)  # its place is known, its answer is not


def test_a_command_that_needs_a_damaged_row_prints_a_line_that_names_it(
    command: Command, database: sqlite3.Connection
) -> None:
    damage(database, "UPDATE sources SET last_good_at = 'noon'")
    code, printed = command("doctor")
    assert code == 90 and "table sources, row 'county, column last_good_at': cannot be read (ValueError" in printed
    damage(database, "INSERT INTO aliases SELECT 'former', id, 'noon', '' FROM places LIMIT 1")
    assert main(["places", "list", "--region", "alder.toml"]) == 92
    assert command("publish", "--quiet")[0] == 0


def test_doctor_reports_rows_that_were_set_aside(command: Command, database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO set_aside VALUES ('answers', '{}')")
    code, printed = command("doctor")
    assert (
        code == 0
        and "1 rows could not be read when the file was migrated and are now in the table set_aside" in printed
    )


def test_a_place_with_only_damaged_rows_comes_back_with_the_next_visit(
    command: Command, database: sqlite3.Connection, tmp_path: Path
) -> None:
    damage(database, "UPDATE locations SET facts = '{' WHERE id = 1")
    damage(database, "UPDATE checks SET checked_at = 'noon'")
    with Store(tmp_path / "data/aggregator.db") as store:
        save(store, report(reading("1"), reading("2")))
    assert command("publish", "--quiet")[0] == 0
    assert "could not be published" not in Path("public/status/index.html").read_text()


# --- one output folder ------------------------------------------------------------------------------------------------


HOLDER = """
import sys
from pathlib import Path
from aggregator.release.publisher import only_publisher
with only_publisher(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_databases_cannot_publish_to_the_same_folder_at_once(command: Command, har: Path) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLDER, "public"], stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        for name in ("run", "publish", "rollback"):
            more = ["--replay", har] if name == "run" else []
            code, printed = command(name, "--db", "other.db", *more)
            assert code == 92
            assert f"public: process {holder.pid} is publishing there, perhaps from another database" in printed
        assert command("poll", "--replay", har)[0] == 91  # its source is down
        holder.kill()
    assert command("run", "--replay", har)[0] == 91
    assert Path("public.releases/.lock").read_text() == ""
