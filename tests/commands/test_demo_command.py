"""`aggregator demo` as a newcomer uses it."""

import argparse
import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest

from aggregator.cli import main
from aggregator.commands import running
from aggregator.commands.parser import command_line
from aggregator.demo import servers
from aggregator.model import Outcome, Report
from tests.commands.conftest import Command
from tests.support.demo import SOURCES as DEMO_SOURCES
from tests.support.demo import STATE_WITH_ONE_ZIP, demo_at
from tests.support.records import REGION, SOURCES, report


@pytest.fixture
def demo(aggregator: Command) -> Command:
    """Calls a demo command on free ports."""
    return lambda *arguments: aggregator("demo", *arguments, "--first-port", "0")


@pytest.fixture
def few_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moves the demo region to a state with one ZIP code, so that a release is built quickly."""
    file = tmp_path / "harbor_county.toml"
    file.write_text(servers.REGION_FILE.read_text().replace('"MA"', STATE_WITH_ONE_ZIP))
    monkeypatch.setattr(servers, "REGION_FILE", file)


def published(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(Path("public", name).read_bytes())
    return found


def test_a_first_run_visits_the_systems_publishes_and_shows_a_table(demo: Command) -> None:
    code, out, err = demo("run")
    assert (code, err.count('"event": "visit"'), err.count('"event": "cycle"')) == (0, DEMO_SOURCES, 1)
    header = next(line for line in out.splitlines() if line.startswith("source"))
    assert header.split() == ["source", "outcome", "locations", "with", "appointments", "took"]
    outcomes = dict(line.split()[:2] for line in out.splitlines() if line.endswith(" s") and not line.startswith(" "))
    assert outcomes == {
        "county-clinics": "OK",
        "town-clinics": "BUSY",
        "lighthouse-health": "OK",
        "harbor-drug": "OK",
        "island-hospital": "DOWN",
        "mobile-van": "EMPTY",
    }
    assert "Published " in out
    assert "failed on purpose" in out
    assert "`aggregator demo serve`" in out
    assert Path("public/index.html").is_file()
    assert len(published("api/v1/locations.json")["data"]) > 20  # type: ignore[arg-type]
    assert published("freshness.json")["made_up"] is True
    for page in ("public/index.html", "public/status/index.html"):
        assert "that the wait was about 4 minutes" in Path(page).read_text()


@pytest.mark.usefixtures("few_pages")
def test_quiet_prints_nothing_if_nobody_has_to_act(demo: Command) -> None:
    assert demo("run", "--quiet") == (0, "", "")


@pytest.mark.usefixtures("few_pages")
def test_running_again_shows_what_changed_in_the_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = command_line().parse_args(["demo", "run", "--quiet"])
    for tick in range(3):
        with demo_at(tick=tick) as systems:
            running.cycle(arguments, systems.region())
    histories = [json.loads(path.read_bytes())["history"] for path in Path("public/api/v1/places").glob("*.json")]
    assert max(len(history) for history in histories) > 1


def test_a_demo_run_with_unexpected_results_has_the_usual_exit_code(
    demo: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cycle(*arguments: object) -> list[Report]:
        return [report(source="harbor-drug"), report(source="mobile-van", outcome=Outcome.DOWN)]

    monkeypatch.setattr(running, "cycle", cycle)
    assert demo("run") == (90, "", "")


@pytest.mark.usefixtures("few_pages")
def test_every_booking_button_leads_to_a_page_while_the_demo_is_served(
    demo: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with demo_at() as systems:  # any demo command that runs; the following ones use its systems
        monkeypatch.setattr(
            "aggregator.commands.demo.chosen_ports",
            lambda given: [int(base.rpartition(":")[2]) for base in systems.bases.values()],
        )
        assert demo("run", "--quiet")[0] == 0
        links = re.findall(r'<a [^>]*href="(http://127[^"]+)"[^>]*>\s*Book', Path("public/index.html").read_text())
        opened: list[str] = []

        def look(arguments: argparse.Namespace) -> int:
            for link in links:
                with urlopen(link.replace("&amp;", "&"), timeout=5) as page:
                    opened.append(page.read().decode())
            return 0

        monkeypatch.setattr(running, "serve", look)
        assert demo("serve")[0] == 0
    assert len(opened) > 5
    assert all("This is a made-up booking site of the demo." in page for page in opened)


def test_serving_before_the_first_run_explains_what_to_do(demo: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "serve", lambda arguments: 0)
    assert "public does not exist yet: `aggregator demo run`" in demo("serve")[1]


@pytest.mark.usefixtures("few_pages")
def test_the_demo_never_replaces_the_site_or_the_database_of_a_region(demo: Command, tmp_path: Path) -> None:
    region = tmp_path / "alder.toml"
    region.write_text(REGION + SOURCES)
    assert main(["publish", "--quiet", "--region", str(region)]) == 0
    code, _, err = demo("run", "--quiet")
    assert code == 2
    assert "public: serves the site of region 'alder-county', which 'demo' must not replace" in err
    code, _, err = demo("run", "--quiet", "--out", "elsewhere", "--db", "data/aggregator.db")
    assert code == 2
    assert "data/aggregator.db: this database belongs to region 'alder-county'" in err


@pytest.mark.usefixtures("few_pages")
def test_a_region_replaces_the_demo_and_the_demo_does_not_replace_it(
    demo: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    region = tmp_path / "alder.toml"
    region.write_text(REGION + SOURCES)
    assert demo("run", "--quiet")[0] == 0
    assert main(["publish", "--quiet", "--region", str(region)]) == 0
    assert published("freshness.json")["region"] == "alder-county"
    assert main(["rollback", "--region", str(region)]) == 2
    assert "belongs to region 'demo', so 'alder-county' can't go back to it" in capsys.readouterr().err
    assert published("freshness.json")["region"] == "alder-county"


def test_the_help_names_the_default_first_port(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo", "run", "--help"])
    assert "or else 28701" in re.sub(r"\s+", " ", capsys.readouterr().out)
