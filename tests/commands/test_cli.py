"""The commands as an operator uses them. The demo's systems run on loopback; nothing else is requested."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.cli import main
from aggregator.commands import running, terminal
from aggregator.commands.running import answered
from aggregator.model import Outcome, Report
from aggregator.ops.source_health import health
from tests.commands.conftest import Command
from tests.support import snapshots
from tests.support.demo import SOURCES as DEMO_SOURCES
from tests.support.demo import demo_at
from tests.support.records import REGION, SOURCES, lock_holder, report

pytestmark = pytest.mark.usefixtures("few_zip_codes")


@pytest.fixture
def region_file(tmp_path: Path) -> Path:
    path = tmp_path / "alder.toml"
    path.write_text(REGION + SOURCES)
    return path


@pytest.fixture
def demo_file(tmp_path: Path) -> Iterator[str]:
    """The region file of the demo, whose systems are running."""
    with demo_at() as demo:
        demo.write_region(tmp_path / "demo.toml")
        yield str(tmp_path / "demo.toml")


@pytest.fixture
def placeholder(tmp_path: Path) -> Path:
    path = tmp_path / "placeholder.toml"
    path.write_text((REGION + SOURCES).replace("operator@alder-county.test", "operator@example.org"))
    return path


@pytest.fixture
def har(tmp_path: Path) -> Path:
    """A recording in which the county's search is down."""
    entry = {
        "startedDateTime": "2021-05-13T14:00:00Z",
        "request": {"method": "GET", "url": "https://book.example.org/search?q=&page=1"},
        "response": {"status": 503, "headers": [], "content": {"text": "down"}},
    }
    path = tmp_path / "down.har"
    path.write_text(json.dumps({"log": {"entries": [entry]}}))
    return path


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[int]:
    """The id of another process that holds the database's lock."""
    with lock_holder(tmp_path / "data/aggregator.db") as process:
        yield process.pid


def published(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(Path("public", name).read_bytes())
    return found


# --- each command -----------------------------------------------------------------------------------------------------


def test_poll_stores_and_publish_publishes(aggregator: Command, demo_file: str) -> None:
    assert aggregator("poll", "--region", demo_file)[0] == 90
    assert not Path("public").exists()
    code, out, _ = aggregator("publish", "--region", demo_file)
    assert code == 0
    assert "Published " in out
    assert Path("public/index.html").is_file()


def test_status_shows_the_health_of_each_source(aggregator: Command, demo_file: str) -> None:
    before = aggregator("status", "--region", demo_file)[1]
    assert before.count("not visited") == DEMO_SOURCES
    assert aggregator("run", "--quiet", "--region", demo_file)[0] == 90
    code, out, _ = aggregator("status", "--region", demo_file)
    assert code == 90
    assert "not visited" not in out
    row, *_, message = [line for line in out.splitlines() if line.startswith("island-hospital")]
    assert row.split()[:3] == ["island-hospital", "DOWN", "never"]
    assert "answers 503" in message


def test_sources_lists_the_url_and_adapter_of_each_source(
    aggregator: Command, demo_file: str, region_file: Path
) -> None:
    assert aggregator("sources", "--region", demo_file)[1].count("http://127.0.0.1:") == DEMO_SOURCES
    code, out, _ = aggregator("sources", "--region", str(region_file))
    assert code == 0
    assert "Alder County appointments (alder-county; MA)" in out
    for part in ("county ", "PrepMod clinic search", "120 s", "https://book.example.org/search"):
        assert part in out


def test_sources_marks_those_not_polled_today(aggregator: Command, region_file: Path) -> None:
    region_file.write_text(f"{REGION}{SOURCES}last_day = 2021-05-12")
    assert "not polled today, only from … to 2021-05-12" in aggregator("sources", "--region", str(region_file))[1]


def test_doctor_finds_no_problem_in_a_valid_setup(aggregator: Command, demo_file: str, region_file: Path) -> None:
    for region in (demo_file, str(region_file)):
        code, out, err = aggregator("doctor", "--region", region)
        assert (code, err) == (0, "")
        assert [line.split(":")[0] for line in out.splitlines()] == ["region", "database", "output"]


def test_doctor_refuses_a_user_name_or_password_in_a_url_and_does_not_show_it(
    aggregator: Command, region_file: Path
) -> None:
    region_file.write_text(f"{REGION}{SOURCES}".replace("https://book.", "https://someone:k3y5ecret@book."))
    code, out, err = aggregator("doctor", "--region", str(region_file))
    assert code == 2
    assert "sources[0] (county).url: 'https://book.example.org/search' has a user name or password" in err
    assert "k3y5ecret" not in out + err


# --- exit codes -------------------------------------------------------------------------------------------------------


def reports(*outcomes: Outcome) -> list[Report]:
    return [report(source=f"s{number}", outcome=outcome) for number, outcome in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ((), 0),
        ((Outcome.OK, Outcome.EMPTY), 0),
        ((Outcome.OK, Outcome.DOWN), 90),
        ((Outcome.BUSY, Outcome.BLOCKED, Outcome.CHANGED, Outcome.DOWN), 91),
    ],
)
def test_the_exit_code_shows_whether_all_some_or_no_sources_answered(outcomes: tuple[Outcome, ...], code: int) -> None:
    assert answered(reports(*outcomes)) == code


def test_a_run_in_which_no_source_answered_ends_with_91_and_still_publishes(
    aggregator: Command, region_file: Path, har: Path
) -> None:
    assert aggregator("run", "--region", str(region_file), "--replay", str(har))[0] == 91
    assert published("freshness.json")["generated_at"] == "2021-05-13T14:00:00+00:00"


def test_publishing_nothing_exits_with_92(aggregator: Command, demo_file: str) -> None:
    Path("public").write_text("somebody's file")
    code, _, err = aggregator("run", "--quiet", "--region", demo_file)
    assert code == 92
    assert "public: is not a release" in err


@pytest.mark.parametrize("command", ["run", "poll", "publish", "watch", "doctor"])
def test_a_second_process_stops_at_once_and_names_the_first(
    aggregator: Command, region_file: Path, holder: int, command: str
) -> None:
    code, out, err = aggregator(command, "--region", str(region_file))
    assert (code, out.count("Visiting")) == (92, 0)
    assert f"process {holder} is using this database" in err


@pytest.mark.parametrize("arguments", [(), ("fly",), ("run", "--port", "1"), ("serve", "--port", "http")])
def test_wrong_usage_exits_with_2(aggregator: Command, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as error:
        aggregator(*arguments)
    assert error.value.code == 2


@pytest.mark.parametrize("command", ["run", "poll", "publish", "status", "sources", "doctor"])
def test_a_missing_region_file_exits_with_2(aggregator: Command, command: str) -> None:
    code, _, err = aggregator(command, "--region", "nowhere.toml")
    assert code == 2
    assert "nowhere.toml: cannot be read" in err


@pytest.mark.parametrize("command", ["run", "watch", "poll", "publish", "status", "sources", "doctor", "rollback"])
def test_without_a_region_a_command_explains_how_to_create_one_and_writes_nothing(
    aggregator: Command, command: str
) -> None:
    code, out, err = aggregator(command)
    assert (code, out) == (2, "")
    for part in (
        "no region is given",
        "--region FILE",
        "AGGREGATOR_REGION",
        "`aggregator init`",
        "`aggregator demo run`",
    ):
        assert part in err
    assert not list(Path().iterdir())


def test_the_environment_may_name_a_default_region(
    aggregator: Command, region_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGGREGATOR_REGION", str(region_file))
    assert "Alder County appointments (alder-county; MA)" in aggregator("sources")[1]
    assert "nowhere.toml: cannot be read" in aggregator("sources", "--region", "nowhere.toml")[2]


def test_a_mistake_in_a_region_file_exits_with_2(aggregator: Command, region_file: Path) -> None:
    region_file.write_text((REGION + SOURCES).replace('"prepmod"', '"prepmot"'))
    code, _, err = aggregator("run", "--region", str(region_file))
    assert code == 2
    assert "provider 'prepmot' has no adapter" in err


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "cannot be read"),
        ("<har>", "is not JSON"),
        ("{}", "is not a HAR 1.2 recording"),
        ('{"log": {"entries": []}}', ""),
    ],
)
def test_a_file_that_is_not_a_recording_exits_with_2(
    aggregator: Command, tmp_path: Path, text: str | None, fault: str
) -> None:
    if text is not None:
        (tmp_path / "bad.har").write_text(text)
    code, _, err = aggregator("run", "--replay", "bad.har")
    assert code == 2
    assert f"bad.har: {fault}" in err


@pytest.mark.parametrize("name", [".", "..", "data"])
def test_a_folder_in_place_of_the_database_exits_with_92(aggregator: Command, region_file: Path, name: str) -> None:
    Path("data").mkdir()
    code, _, err = aggregator("poll", "--db", name, "--region", str(region_file))
    assert code == 92
    assert "--db" in err


# --- one region never replaces another --------------------------------------------------------------------------------


@pytest.fixture
def other_file(region_file: Path, tmp_path: Path) -> str:
    """A region file like `region_file`, for another region."""
    path = tmp_path / "birch.toml"
    path.write_text(region_file.read_text().replace('"alder-county"', '"birch-county"'))
    return str(path)


@pytest.mark.parametrize("command", ["poll", "publish", "doctor"])
def test_a_database_refuses_another_region(
    aggregator: Command, region_file: Path, other_file: str, command: str
) -> None:
    assert aggregator("publish", "--region", str(region_file))[0] == 0
    code, _, err = aggregator(command, "--region", other_file, "--out", "elsewhere")
    assert code == 2
    assert (
        "data/aggregator.db: this database belongs to region 'alder-county', but the region file is 'birch-county'"
        in err
    )
    assert "--db" in err
    assert not Path("elsewhere").exists()
    assert aggregator("publish", "--region", str(region_file))[0] == 0


@pytest.mark.parametrize("command", ["publish", "doctor"])
def test_a_region_does_not_replace_the_site_of_another(
    aggregator: Command, region_file: Path, other_file: str, command: str
) -> None:
    assert aggregator("publish", "--region", str(region_file))[0] == 0
    code, _, err = aggregator(command, "--region", other_file, "--db", "birch.db")
    assert code == 2
    assert "public: serves the site of region 'alder-county', which 'birch-county' must not replace" in err
    assert published("freshness.json")["region"] == "alder-county"


# --- live and replay --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "poll", "watch", "doctor"])
def test_a_live_run_refuses_the_placeholder_contact_before_any_request(
    aggregator: Command, placeholder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def unexpected(*arguments: object, **more: object) -> None:
        raise AssertionError("something was requested")

    monkeypatch.setattr(running, "visit", unexpected)
    monkeypatch.setattr(running, "Watch", unexpected)
    code, _, err = aggregator(command, "--region", str(placeholder))
    assert code == 2
    assert "placeholder.toml: contact is still the placeholder 'operator@example.org'" in err


def test_a_replay_accepts_the_placeholder_contact(aggregator: Command, placeholder: Path, har: Path) -> None:
    assert aggregator("run", "--region", str(placeholder), "--replay", str(har))[0] == 91


def test_a_replay_visits_every_source_even_if_it_is_not_due(aggregator: Command, region_file: Path, har: Path) -> None:
    for _ in range(2):
        _, out, _ = aggregator("run", "--region", str(region_file), "--replay", str(har))
        assert "Visiting 1 sources" in out
        assert "not due" not in out


def test_a_replay_skips_a_source_that_was_not_in_force_at_the_time(
    aggregator: Command, region_file: Path, har: Path
) -> None:
    region_file.write_text(f"{REGION}{SOURCES}last_day = 2021-05-12")
    code, out, _ = aggregator("run", "--region", str(region_file), "--replay", str(har))
    assert code == 0
    assert "Visiting 0 sources" in out


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("aggregator ")


def test_an_interrupted_command_exits_with_92_and_no_traceback(
    aggregator: Command, region_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupted(*arguments: object) -> list[Report]:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "visit", interrupted)
    code, _, err = aggregator("run", "--region", str(region_file))
    assert code == 92
    assert "interrupted" in err


def test_text_from_a_source_is_not_interpreted_as_markup(
    aggregator: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    state = snapshots.source("county", Outcome.DOWN, message="[red]boo[/red] [/]")
    terminal.status(health(snapshots.snapshot(sources=(state,)), snapshots.region(), None))
    assert "county: [red]boo[/red] [/]" in capsys.readouterr().out


def test_status_shows_the_estimated_wait_of_a_waiting_room(capsys: pytest.CaptureFixture[str]) -> None:
    state = snapshots.source("county", Outcome.BUSY, message="in a line", wait_minutes=45)
    terminal.status(health(snapshots.snapshot(sources=(state,)), snapshots.region(), None))
    assert "county: in a line\n  the site estimated a wait of 45 min (60 s ago)\n" in capsys.readouterr().out


@pytest.mark.skipif(not shutil.which("rsync"), reason="rsync is not installed")
def test_publish_reports_what_the_target_received(aggregator: Command, region_file: Path, tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    text = region_file.read_text()
    region_file.write_text(
        text.replace(SOURCES, "") + f'[target]\nkind = "rsync"\ndestination = "{tmp_path}/web/site"\n{SOURCES}'
    )

    code, out, _ = aggregator("publish", "--region", str(region_file))

    sent = re.search(r"^Sent (\d+) files \([\d,]+ bytes\) to the target and removed 0 there\.$", out, re.MULTILINE)
    assert (code, sent is not None) == (0, True)
    assert sent
    assert int(sent[1]) == sum(path.is_file() for path in (tmp_path / "web" / "site").resolve().rglob("*"))
