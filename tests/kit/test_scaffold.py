"""A new adapter is a template made from a recorded visit: it passes the contract and reads the recording."""

import importlib.util
import inspect
import json
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.adapter import Adapter
from aggregator.commands import authoring
from aggregator.commands.parser import command_line
from aggregator.config.region import Source, load_region
from aggregator.errors import ConfigError
from aggregator.har.recording import load_recording
from aggregator.har.writer import Exchange
from aggregator.kit import contract
from aggregator.kit.new_adapter import Scaffold, scaffold
from aggregator.model import Answer, Report
from aggregator.model.wire_request import WireRequest
from tests.support.paths import ROOT

HOME = ROOT
SITE = "https://book.example.org/clinics"
REGION = """# Alder County, kept by hand
name = "alder-county"
title = "Alder County"
states = ["MA", "RI"]
time_zone = "America/New_York"
contact = "desk@alder-county.test" # we answer within a day

[[sources]]
name = "county" # the old one
provider = "prepmod"
url = "https://old.example.org/"
"""
STORES = [
    {
        "storeNumber": 7, "storeName": "Gull Hall", "address1": "1 Kite St", "address2": None, "city": "Boston",
        "state": "MA", "zip": "02120", "phone": "617-555-0100", "geo": {"lat": 42.33, "lng": -71.1},
        "bookingUrl": "/book/7", "availableCount": 12, "vaccines": ["Moderna"], "notes": "Ring", "color": "red",
    },
    {
        "storeNumber": 8, "storeName": "Tern Hall", "address1": "2 Kite St", "address2": "Floor 2", "city": "Boston",
        "state": "MA", "zip": "02120", "phone": "617-555-0101", "geo": {"lat": 42.34, "lng": -71.1},
        "bookingUrl": "/book/8", "availableCount": 0, "vaccines": [], "notes": None, "color": "blue",
    },
]  # fmt: skip
TIMES = [
    {"id": "a", "name": "Gull Hall", "zip": "02120", "openings": [{"date": "2021-05-20", "times": ["09:00"]}]},
    {"id": "b", "name": "Tern Hall", "zip": "02120", "openings": []},
]
WORDS = [
    {"id": "a", "name": "Gull Hall", "zip": "02120", "available": "Yes"},
    {"id": "b", "name": "Tern Hall", "zip": "02120", "available": "no"},
    {"id": "c", "name": "Egret Hall", "zip": "02120", "available": "call us"},
]
BY_TOWN = {"towns": [{"town": "Gullhaven", "sites": WORDS[:2]}, {"town": "Ternhaven", "sites": WORDS[2:]}]}
BY_ID = {"sites": {row["id"]: row | {"open": row["id"] == "a"} for row in WORDS}}
POINTS = {
    "type": "FeatureCollection",
    "features": [
        {"properties": {"name": name, "hasAppointments": free}, "geometry": {"coordinates": [-71.1, 42.3]}}
        for name, free in (("Gull Hall", True), ("Tern Hall", False))
    ],
}
HTML = """<html><head><title>Find a clinic</title></head><body><h1>Find a clinic</h1>
<div class="clinic"><h2>Gull Hall</h2><p class="address">1 Kite St, Boston MA, 02120</p><p class="date">05/20/2021</p>
<p class="phone">617-555-0100</p><p class="slots">12 appointments</p><a href="/book?clinic=7">Sign up</a></div>
<div class="clinic"><h2>Tern Hall</h2><p class="address">2 Kite St, Boston MA, 02120</p><p class="date">05/20/2021</p>
<p class="phone">617-555-0101</p><p class="slots">No appointments</p><a href="/book?clinic=8">Sign up</a></div>
</body></html>"""
CSV = "date,Location Name,Address,ZIP,Appts,Vaccine\r\n" + "".join(
    f'2021-05-20,{name},"1 Kite St",02120,{count},Moderna\r\n' for name, count in (("Gull Hall", 12), ("Tern Hall", 0))
)


def answer(body: Any, url: str = SITE, sent: str = "", kind: str = "") -> Exchange:
    request = WireRequest(
        url=url, max_bytes=0, method="POST" if sent else "GET", content=sent.encode(), content_type=kind
    )
    text = body if isinstance(body, str) else json.dumps(body)
    mime = "application/json" if text[0] in "{[" else "text/html" if text[0] == "<" else "text/csv"
    at = datetime(2021, 5, 13, 14, tzinfo=UTC)
    return Exchange(
        request, Answer(url=url, status=200, headers={"content-type": mime}, body=text.encode(), fetched_at=at)
    )


JSON_FORM, WEB_FORM = "application/json", "application/x-www-form-urlencoded"
VISITS = {
    "stores": answer({"data": {"stores": STORES}}),
    "times": answer(TIMES),
    "words": answer(WORDS),
    "by_id": answer(BY_ID),
    "by_town": answer(BY_TOWN),
    "points": answer(POINTS),
    "web_page": answer(HTML),
    "lines": answer(CSV),
    "searched": answer({"stores": STORES}, sent='{"query": "{ stores { id } }", "page": null}', kind=JSON_FORM),
    "form_sent": answer(HTML, sent="town=&page=1", kind=WEB_FORM),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout without any adapter."""
    (tmp_path / "providers").mkdir()
    return tmp_path


def module_of(made: Scaffold) -> Path:
    return made.files[0]


def adapter_of(made: Scaffold) -> type[Adapter]:
    spec = importlib.util.spec_from_file_location(f"drafted_{module_of(made).stem}", module_of(made))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (found,) = [each for _, each in inspect.getmembers(module, inspect.isclass) if each.__module__ == spec.name]
    assert issubclass(found, Adapter)
    return found


def source_of(made: Scaffold) -> Source:
    """The source of the first case."""
    case = tomllib.loads(made.files[2].read_text())
    zone = "America/New_York"
    return Source(
        name="case", provider="case", url=case["url"], options=case.get("options", {}), time_zone=zone, country="US"
    )


def report_of(made: Scaffold) -> Report:
    """The first case, replayed."""
    return contract.replayed(source_of(made), adapter_of(made)(), load_recording([made.files[1]]))


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scaffold]:
    """Each of VISITS as an adapter with that name."""
    root = tmp_path_factory.mktemp("drafted")
    (root / "providers").mkdir()
    return {name: scaffold(name, (visit,), root) for name, visit in VISITS.items()}


# --- unchanged templates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VISITS)
def test_a_new_template_passes_the_contract(drafted: dict[str, Scaffold], name: str) -> None:
    file, adapter = module_of(drafted[name]), adapter_of(drafted[name])
    assert list(contract.file_faults(adapter, file)) == []
    assert "Shape seen on 2021-05-13." in " ".join(file.read_text().split())


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "format", "--check", "--config", str(HOME / "pyproject.toml")],
        ["ruff", "check", "--ignore", "RUF012", "--config", str(HOME / "pyproject.toml")],
        ["mypy", "--strict", "--follow-imports=silent"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_new_templates_pass_the_formatter_linter_and_type_checker(
    drafted: dict[str, Scaffold], command: list[str]
) -> None:
    files = [str(module_of(made)) for made in drafted.values()]
    done = subprocess.run([sys.executable, "-m", *command, *files], cwd=HOME, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", VISITS)
def test_a_template_reads_names_and_leaves_availability_unknown(drafted: dict[str, Scaffold], name: str) -> None:
    report = report_of(drafted[name])
    assert (report.outcome, report.problems) == ("OK", ()), report.message
    assert [each.location.name for each in report.readings][:2] == ["Gull Hall", "Tern Hall"]
    assert not any(each.availability for each in report.readings)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "stores",
            [
                'row["storeName"]    Gull Hall',
                'row["geo"]["lat"]    42.33',
                'row["availableCount"]  12',
                'row["notes"]  Ring',
            ],
        ),
        ("web_page", ['row.text("p.slots")  12 appointments', 'row.attr("a[href]", "href")  /book?clinic=7']),
        ("lines", ['row["Location Name"]  Gull Hall', 'row["Appts"]  12']),
    ],
)
def test_a_template_lists_the_code_that_reads_each_field(
    drafted: dict[str, Scaffold], name: str, lines: list[str]
) -> None:
    text = [" ".join(line.split()) for line in module_of(drafted[name]).read_text().splitlines()]
    assert [line for line in lines if f"# {' '.join(line.split())}" not in text] == []


def test_a_field_missing_in_some_rows_is_read_as_optional(root: Path) -> None:
    made = scaffold("gull", (answer([WORDS[0], WORDS[1] | {"phone": "617-555-0100"}]),), root)
    assert '#   row.get("phone")  617-555-0100' in module_of(made).read_text()


def test_other_candidates_for_the_rows_are_in_a_comment(root: Path) -> None:
    made = scaffold("gull", (answer({"stores": STORES, "regions": [{"code": 1}, {"code": 2}, {"code": 3}]}),), root)
    text = module_of(made).read_text()
    assert '    rows = "stores"  # finds 2\n' in text
    assert '    # rows = "regions"  # finds 3\n' in text


@pytest.mark.parametrize(("name", "rows"), [("by_id", "sites.*"), ("by_town", "towns.*.sites")])
def test_rows_in_several_lists_become_a_wildcard_path(drafted: dict[str, Scaffold], name: str, rows: str) -> None:
    assert f'    rows = "{rows}"  # finds 3\n' in module_of(drafted[name]).read_text()


def test_a_template_expects_text_that_a_waiting_room_lacks(drafted: dict[str, Scaffold]) -> None:
    assert adapter_of(drafted["web_page"]).expects == ("Find a clinic",)
    assert adapter_of(drafted["lines"]).expects == ("date,Location Name,Address",)


@pytest.mark.parametrize("name", VISITS)
def test_a_new_template_misreports_no_altered_page(drafted: dict[str, Scaffold], name: str) -> None:
    made = drafted[name]
    subject = contract.Subject(source_of(made), adapter_of(made), load_recording([made.files[1]]))
    assert list(contract.visit_faults(subject)) == []


ODD_KEYS = ('a"b', "a'b", "a\"b'c", "a\\b", "a\nb", "ключ", "a" * 300, '"""', "{x}", "name ", "\u202eevil", "class")


def test_unusual_keys_give_a_valid_template(root: Path) -> None:
    for number, key in enumerate(ODD_KEYS):
        rows = [{"name": "Gull Hall", "zip": "02120", key: "x"}, {"name": "Tern Hall", "zip": "02120", key: "y"}]
        assert len(report_of(scaffold(f"odd_{number}", (answer({"clinics": rows}),), root)).readings) == 2, key
    for check in (["ruff", "format", "--check"], ["ruff", "check", "--ignore", "RUF012"]):
        command = [sys.executable, "-m", *check, "--config", str(HOME / "pyproject.toml"), str(root / "providers")]
        assert subprocess.run(command, capture_output=True).returncode == 0


def test_a_json_table_is_read_by_column(root: Path) -> None:
    made = scaffold(
        "gull", (answer({"table": [["name", "zip"], ["Gull Hall", "02120"], ["Tern Hall", "02120"]]}),), root
    )
    assert "#   row.value[0]  name: Gull Hall\n" in module_of(made).read_text()
    assert [each.location.name for each in report_of(made).readings] == ["Name", "Gull Hall", "Tern Hall"]


def test_rows_without_a_name_field_fail_with_the_reason(root: Path) -> None:
    deep = {"a" * 50: {"b" * 50: "x"}}
    report = report_of(scaffold("odd", (answer({"clinics": [deep, deep]}),), root))
    assert (report.rows, report.unread) == (2, 2)
    assert {problem.field for problem in report.problems} == {"name"}


# --- what is written, and what is not -------------------------------------------------------------------------------


def test_the_most_likely_response_is_read_unless_another_is_chosen(root: Path) -> None:
    colours = answer([{"colour": "red", "size": 1}, {"colour": "blue", "size": 2}], "https://book.example.org/colours")
    made = scaffold("one", (colours, VISITS["stores"]), root)
    assert made.picked.exchange == VISITS["stores"]
    assert len(load_recording([made.files[1]]).entries) == 2
    assert scaffold("two", (colours, VISITS["stores"]), root, read=colours).picked.exchange == colours


def test_the_source_is_appended_to_the_region_file_and_comments_are_kept(root: Path) -> None:
    region = root / "alder.toml"
    region.write_text(REGION)
    made = scaffold("gull_halls", (VISITS["searched"],), root, region=region)
    assert region.read_text() == f"{REGION}\n{made.entry}"
    found = load_region(region).sources[1]
    assert (found.name, found.provider, found.title, found.url) == ("gull-halls", "gull_halls", "Gull Halls", SITE)
    assert json.loads(found.options["asked"]) == {"query": "{ stores { id } }", "page": None}
    case = tomllib.loads(made.files[2].read_text())
    assert (case["states"], case["time_zone"], case["har"]) == (["MA", "RI"], "America/New_York", "visit.har")
    assert sorted(path.name for path in root.iterdir()) == ["alder.toml", "providers", "tests"]


def test_a_source_can_be_added_to_a_region_file_with_an_inline_list(root: Path) -> None:
    region = root / "alder.toml"
    region.write_text(REGION.partition("[[sources]]")[0] + "sources = [] # none yet\n")
    scaffold("gull_halls", (VISITS["stores"],), root, region=region)
    assert [source.name for source in load_region(region).sources] == ["gull-halls"]
    assert "# none yet" in region.read_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("GullHall", "small letters"), ("gull-hall", "small letters"), ("gull hall", "small letters"),
        ("7gulls", "small letters"), ("_gull", "small letters"), ("gull__hall", "small letters"), ("", "small letters"),
        ("möwe", "small letters"), ("../gull", "small letters"), ("g" * 65, "small letters"),
        ("class", "is already a name"), ("json", "is already a name"), ("none", "is already a name"),
        ("page", "is already a name"), ("any", "is already a name"), ("html_adapter", "is already a name"),
    ],
)  # fmt: skip
def test_an_invalid_adapter_name_is_refused(root: Path, name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as wrong:
        scaffold(name, (VISITS["stores"],), root)
    assert repr(name) in str(wrong.value)
    assert files_in(root) == []


@pytest.mark.parametrize("taken", ["providers/gull.py", "tests/providers/gull/other.toml"])
def test_existing_files_are_not_overwritten(root: Path, taken: str) -> None:
    (root / taken).parent.mkdir(parents=True, exist_ok=True)
    (root / taken).write_text("mine")
    with pytest.raises(ConfigError, match="exists and is not overwritten; take another name"):
        scaffold("gull", (VISITS["stores"],), root)
    assert files_in(root) == [taken]
    assert (root / taken).read_text() == "mine"


def test_a_source_name_already_in_use_changes_nothing(root: Path) -> None:
    region = root / "alder.toml"
    region.write_text(REGION)
    with pytest.raises(ConfigError, match="'county' is used twice"):
        scaffold("county", (VISITS["stores"],), root, region=region)
    assert files_in(root) == ["alder.toml"]
    assert region.read_text() == REGION


def test_if_one_file_cannot_be_written_none_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    region = root / "alder.toml"
    region.write_text(REGION)

    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device", "alder.toml")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(ConfigError, match=r"alder\.toml: cannot be written \(No space left.*nothing was written"):
        scaffold("gull", (VISITS["stores"],), root, region=region)
    assert files_in(root) == ["alder.toml"]
    assert not (root / "tests").exists()
    assert region.read_text() == REGION


def test_responses_without_rows_are_described(root: Path) -> None:
    with pytest.raises(ConfigError) as wrong:
        scaffold("gull", (answer('{"count": 3}'), answer("<html><title>Hello</title></html>", f"{SITE}/b")), root)
    assert "none of the 2 responses has rows" in str(wrong.value)
    assert "titled 'Hello'" in str(wrong.value)
    assert files_in(root) == []


def files_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


# --- the command ----------------------------------------------------------------------------------------------------


def test_new_reports_what_it_kept_dropped_scrubbed_and_wrote(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def entry(url: str, body: str, mime: str) -> dict[str, Any]:
        request = {"method": "GET", "url": url, "headers": [{"name": "X-Key", "value": "k"}]}
        content = {"mimeType": mime, "text": body}
        return {
            "startedDateTime": "2021-05-13T14:00:00Z",
            "request": request,
            "response": {"status": 200, "headers": [], "content": content},
        }

    har = root / "evening.har"
    stores = entry(f"{SITE}?token=abc123XYZ9", json.dumps(STORES), "application/json")
    times = entry(f"{SITE}/times", json.dumps(TIMES), "application/json")
    har.write_text(json.dumps({"log": {"entries": [stores, times, entry(f"{SITE}/a.png", "x", "image/png")]}}))
    monkeypatch.chdir(root)
    arguments = parsed("new", "gull", "--har", str(har))
    assert authoring.new_adapter(arguments) == 0
    output = capsys.readouterr().out
    for words in (
        "kept 2 responses; dropped 1: 1 images",
        "scrubbed: unusual request headers (2), tokens (1)",
        "the browser also sent x-key;",
        f"{SITE} is JSON of",
        '  rows = "" finds 2; a row has:',
        '    row["storeName"]       Gull Hall',
        "a value in that request was scrubbed",
        f"another response with rows: --url {SITE}/times, 2 rows",
        f"wrote {root}/providers/gull.py",
        'provider = "gull"',
        "tests/providers/gull now holds a recording of somebody else's page: before you commit it, read",
        "next: aggregator try gull",
    ):
        assert words in output
    assert "abc123XYZ9" not in output + "".join(
        (root / path).read_text() for path in files_in(root) if "evening" not in path
    )


def parsed(*words: str) -> Any:
    """The arguments as the command line gives them."""
    return command_line().parse_args(words)
