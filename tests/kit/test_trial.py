"""`aggregator try` as a volunteer uses it, on made-up adapters, cases, and recordings."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aggregator.commands import terminal, try_adapter
from aggregator.commands.parser import command_line
from aggregator.errors import ConfigError
from tests.support.demo import demo_at
from tests.support.made_up_project import ADAPTER, URL, Project, har, made_up_project, store, stores

MAY_20 = "2021-05-20T10:00"
Try = Callable[..., tuple[int, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    with made_up_project(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Try:
    """Calls the command; returns its exit code and its output on both streams."""

    def call(*arguments: str, width: int = 100) -> tuple[int, str]:
        for console in (terminal.console, terminal.errors):
            monkeypatch.setattr(console, "_width", width)
        parsed = command_line().parse_args(["try", *arguments])
        code = try_adapter.try_adapter(parsed)
        out, err = capsys.readouterr()
        return code, out + err

    return call


# --- what is printed --------------------------------------------------------------------------------------------------


def test_clean_values_are_shown_as_a_table_with_a_verdict(project: Project, tried: Try) -> None:
    project.case(body=stores(store(1, MAY_20, "2021-05-20T11:00"), store(2)))
    code, output = tried("kites")

    first, second = (line.split() for line in output.splitlines() if line.startswith("Kite 0"))
    assert first == ["Kite", "01", "Boston", "02120", "YES", "2", "2021-05-20", "10:00", "Moderna", "+16175550100"]
    assert second == ["Kite", "02", "Boston", "02120", "NO", "+16175550100"]
    assert "2 locations, 1 with appointments, 0 unknown, all times aware, 0 problems\n" in output
    assert "next: compare the table with the page, then run aggregator try kites --accept\n" in output
    assert code == 0


def test_a_narrow_terminal_shows_every_value(project: Project, tried: Try) -> None:
    name = "The Kite and Heron Community Hall of the Town of Boston"
    project.case(body=stores(store(1, MAY_20, name=name, vaccine="Pfizer bivalent (5-11)")))
    _, output = tried("kites", width=80)
    table = output.partition("name ")[2].partition("1 location,")[0]

    assert all(len(line) <= 80 for line in output.splitlines() if line.startswith(("name", "The", "Kite", "Heron")))
    assert all(word in table for word in (*name.split(), "02120", "YES", "2021-05-20", "10:00", "+16175550100"))


def test_of_many_places_only_the_first_40_are_printed(project: Project, tried: Try) -> None:
    project.case(body=stores(*(store(number) for number in range(1, 46))))

    _, output = tried("kites")
    assert "Kite 40" in output
    assert "Kite 41" not in output
    assert "… and 5 more; --all shows all of them" in output
    assert "Kite 45" in tried("kites", "--all")[1]


def test_unknown_products_are_listed_once_with_their_places(project: Project, tried: Try) -> None:
    project.case(body=stores(*(store(number, MAY_20, vaccine="Zeta shot") for number in (1, 2))))
    _, output = tried("kites")

    assert "unknown products:\n  'Zeta shot' (at 2 places)\n" in output


def test_failed_rows_are_shown_with_reason_and_line(project: Project, tried: Try) -> None:
    project.case(body=stores(store(1), {"name": "Tern"}, store(3, "next week")))
    _, output = tried("kites")

    assert "1 of 3 rows could not be read:\n  row: KeyError: 'times' (seen: " in output
    assert "1 × providers/kites.py:11: KeyError: 'times'\n    slots = tuple(" in output


def test_hostile_text_is_printed_as_plain_text(project: Project, tried: Try) -> None:
    project.case(body=stores(store(1, name="[red]Kite[/red]\x1b[2J\u202e Hall"), "\x1b[31m[bold]"))
    _, output = tried("kites")

    assert "[red]Kite[/red][2J Hall" in " ".join(output.split())
    assert "\x1b" not in output
    assert "\u202e" not in output


def test_if_nothing_is_found_the_page_is_described(project: Project, tried: Try) -> None:
    project.adapter(ADAPTER.replace('rows = "stores"', 'rows = "shops"'))
    project.case(body=stores(store(1), store(2)))
    code, output = tried("kites")

    assert "has no list at 'shops'" in output
    assert 'rows = "stores" finds 2; a row has:\n    row["name"] ' in output
    assert 'next: use JsonAdapter and set rows = "stores"' in output
    assert "0 locations, 0 with appointments, 0 unknown, all times aware, 0 problems - CHANGED: " in output
    assert code == 1


@pytest.mark.parametrize(
    ("listing", "step"),
    [
        (
            "return Listing(name=row['name'])",
            "let `listing` in providers/kites.py say what is free: the availability of ",
        ),
        ("return Listing(name='')", "correct `rows` or `listing` in providers/kites.py, so that every row can be read"),
        (
            "return Listing(name=row['title'])",
            "correct `rows` or `listing` in providers/kites.py, so that every row can be read",
        ),
    ],
)
def test_the_next_step_is_to_finish_the_listing(project: Project, tried: Try, listing: str, step: str) -> None:
    project.adapter(f"{ADAPTER.partition('        slots = ')[0]}        {listing}\n")
    project.case(body=stores(store(1), store(2)))

    assert f"next: {step}" in tried("kites", width=200)[1]


# --- accepted values --------------------------------------------------------------------------------------------------


def test_accepted_values_are_compared_from_then_on(project: Project, tried: Try) -> None:
    path = project.case(body=stores(store(1, MAY_20)))

    assert "accepted in" in tried("kites", "--accept")[1]
    assert "next: " not in tried("kites")[1]
    (project.cases / "visit.har").write_text(har(stores(store(1))))
    code, output = tried("kites")
    assert "differs from what was accepted:\n" in output
    assert "places: Kite 01: available is 'NO', accepted was 'YES'" in output
    assert "next: correct the adapter, or run aggregator try kites --accept if the new values are right\n" in output
    assert code == 1
    code, output = tried("kites", "--accept")
    assert (code, f"accepted in {path}, " in output, "values changed" in output) == (0, True, True)
    assert tried("kites")[0] == 0


def test_an_accepted_failure_is_not_an_error(project: Project, tried: Try) -> None:
    project.case('[expect]\noutcome = "CHANGED"\nlocations = 0\n', body='{"error": "no session"}')
    code, output = tried("kites")

    assert (code, "next: " in output) == (0, False)


def test_a_single_case_can_be_tried(project: Project, tried: Try) -> None:
    project.case(body=stores(store(1)))
    project.case(body=stores(store(2)), name="later")

    assert "Kite 01" in tried("kites")[1]
    _, output = tried("kites", "--case", "later")
    assert ("Kite 02" in output, "Kite 01" in output) == (True, False)


def test_a_case_with_a_missing_recording_is_skipped(project: Project, tried: Try) -> None:
    project.case().write_text(f'capture = "kites/of-2021.har"\nurl = "{URL}"\n')
    code, output = tried("kites")

    assert (code, "skipped because its recording is missing" in output) == (0, True)


# --- recordings without a case, and live visits -----------------------------------------------------------------------

REGION = """
name = "alder"
title = "Alder"
states = ["{state}"]
time_zone = "America/Chicago"
contact = "operator@alder-county.test"
[[sources]]
name = "kites-there"
provider = "kites"
url = "{url}"
"""


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (URL, "source: kites-there of the region file"),
        ("https://elsewhere.example.net/stores.json", "source: that of case kites/visit"),
    ],
)
def test_the_source_of_a_recording_is_chosen_by_its_host(
    project: Project, tried: Try, tmp_path: Path, url: str, origin: str
) -> None:
    project.case()
    region, recording = tmp_path / "alder.toml", tmp_path / "recorded.har"
    region.write_text(REGION.format(state="IL", url=url))
    recording.write_text(har(stores(store(7))))
    code, output = tried("kites", "--har", str(recording), "--region", str(region))

    assert (code, "Kite 07" in output, origin in output) == (0, True, True)


def test_without_a_source_the_most_likely_response_is_read(project: Project, tried: Try, tmp_path: Path) -> None:
    recording = tmp_path / "recorded.har"
    recording.write_text(har(stores(store(7))))
    code, output = tried("kites", "--har", str(recording))

    assert (code, "Kite 07" in output) == (0, True)
    assert f"source: the likeliest answer, {URL}; states MA, time zone America/New_York" in output


def test_a_live_visit_uses_the_sources_of_the_region(tried: Try, tmp_path: Path) -> None:
    region = tmp_path / "demo.toml"
    with demo_at() as demo:
        demo.write_region(region)
        code, output = tried("harbor_drug", "--live", "--region", str(region))

    assert (code, "Harbor Drug #" in output, "all times aware, 0 problems" in output) == (0, True, True)


# --- adapters that cannot be run, and wrong usage ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adapter", "expected"),
    [
        ("def broken(:\n    pass\n", "providers/kites.py:1: SyntaxError: invalid syntax\n    def broken(:"),
        ("import json\nROWS = json['stores']\n", "providers/kites.py:2: TypeError: 'module' object is not sub"),
        (
            "import no_such_module\n",
            "providers/kites.py:1: ModuleNotFoundError: No module named 'no_such_module'",
        ),
    ],
)
def test_a_file_that_cannot_be_run_is_reported_in_two_lines_with_its_line(
    project: Project, tried: Try, adapter: str, expected: str
) -> None:
    project.adapter(adapter)
    project.case()
    code, output = tried("kites", width=200)

    assert (code, expected in output, len(output.splitlines())) == (1, True, 2)


@pytest.mark.parametrize(
    "method",
    ["rows_of(self, page)", "listing(self, row)", "pages(self, source, fetch)"],
)
def test_an_adapter_error_is_reported_with_its_line(project: Project, tried: Try, method: str) -> None:
    project.adapter(f"{ADAPTER.partition('    def listing')[0]}    def listing(self, row): return None\n")
    with (project.adapters / "kites.py").open("a") as file:
        file.write(f"    def {method}:\n        raise NotImplementedError('to be written')\n")
    project.case()
    code, output = tried("kites")

    assert "1 × providers/kites.py:12: NotImplementedError: to be written\n    raise NotImplementedError(" in output
    assert "Traceback" not in output
    assert code == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["terns"], "provider 'terns' has no adapter"),
        (["kites"], "no case (cases: none)"),
        (["kites", "--live"], "--live needs a region file"),
        (["kites", "--har", "x.har", "--accept"], "does not work with --har or --live"),
        (["kites", "--har", "x.har"], "x.har: cannot be read"),
    ],
)
def test_wrong_usage_explains_what_to_do(project: Project, tried: Try, arguments: list[str], expected: str) -> None:
    with pytest.raises(ConfigError) as error:
        tried(*arguments)
    assert expected in str(error.value)


def test_with_the_placeholder_contact_nothing_is_requested(project: Project, tried: Try, tmp_path: Path) -> None:
    region = tmp_path / "alder.toml"
    region.write_text(REGION.format(state="IL", url=URL).replace("operator@alder-county.test", "me@example.org"))

    with pytest.raises(ConfigError, match="is still the placeholder"):
        tried("kites", "--live", "--region", str(region))
