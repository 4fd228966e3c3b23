"""A new adapter is drafted from a recorded visit: it keeps the contract as written and reads what was recorded."""

import importlib.util
import inspect
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.adapter import Adapter
from aggregator.commands import authoring
from aggregator.commands.parser import command_line
from aggregator.config.region import Source, load_region
from aggregator.errors import ConfigError
from aggregator.kit import contract
from aggregator.kit.scaffold import Scaffold, scaffold
from aggregator.model import Answer, Available, Report
from aggregator.web.har import Exchange, load_recording
from aggregator.web.wire_request import Hop
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
    asked = Hop(url=url, max_bytes=0, method="POST" if sent else "GET", content=sent.encode(), content_type=kind)
    text = body if isinstance(body, str) else json.dumps(body)
    mime = "application/json" if text[0] in "{[" else "text/html" if text[0] == "<" else "text/csv"
    at = datetime(2021, 5, 13, 14, tzinfo=UTC)
    return Exchange(
        asked, Answer(url=url, status=200, headers={"content-type": mime}, body=text.encode(), fetched_at=at)
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
    """That of the first case."""
    case = tomllib.loads(made.files[2].read_text())
    zone = "America/New_York"
    return Source(name="case", provider="case", url=case["url"], options=case.get("options", {}), time_zone=zone)


def report_of(made: Scaffold) -> Report:
    """The first case, replayed."""
    return contract.replayed(source_of(made), adapter_of(made)(), load_recording([made.files[1]]))


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scaffold]:
    """Each of VISITS as an adapter of that name."""
    root = tmp_path_factory.mktemp("drafted")
    (root / "providers").mkdir()
    return {name: scaffold(name, (visit,), root) for name, visit in VISITS.items()}


# --- as written -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VISITS)
def test_a_draft_keeps_the_contract_as_written(drafted: dict[str, Scaffold], name: str) -> None:
    file, adapter = module_of(drafted[name]), adapter_of(drafted[name])
    faults = [*contract.name_faults(adapter, file), *contract.header_faults(file), *contract.import_faults(file)]
    assert faults == []
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
def test_drafts_are_formatted_linted_and_typed_as_written(drafted: dict[str, Scaffold], command: list[str]) -> None:
    files = [str(module_of(made)) for made in drafted.values()]
    done = subprocess.run([sys.executable, "-m", *command, *files], cwd=HOME, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("stores", {"Gull Hall": "YES", "Tern Hall": "NO"}),
        ("times", {"Gull Hall": "YES", "Tern Hall": "NO"}),
        ("words", {"Gull Hall": "YES", "Tern Hall": "NO", "Egret Hall": "UNKNOWN"}),
        ("by_id", {"Gull Hall": "YES", "Tern Hall": "NO", "Egret Hall": "UNKNOWN"}),
        ("by_town", {"Gull Hall": "YES", "Tern Hall": "NO", "Egret Hall": "UNKNOWN"}),
        ("points", {"Gull Hall": "YES", "Tern Hall": "NO"}),
        ("web_page", {"Gull Hall": "YES", "Tern Hall": "NO"}),
        ("lines", {"Gull Hall": "YES", "Tern Hall": "NO"}),
        ("searched", {"Gull Hall": "YES", "Tern Hall": "NO"}),
        ("form_sent", {"Gull Hall": "YES", "Tern Hall": "NO"}),
    ],
)
def test_a_draft_reads_what_was_recorded(drafted: dict[str, Scaffold], name: str, said: dict[str, str]) -> None:
    report = report_of(drafted[name])
    assert (report.outcome, report.problems) == ("OK", ()), report.message
    found = {each.location.name: each.availability.available for each in report.readings if each.availability}
    assert found == {name: Available(answer) for name, answer in said.items()}


def test_a_draft_fills_in_what_the_keys_name(drafted: dict[str, Scaffold]) -> None:
    report = report_of(drafted["stores"])
    place, said = report.readings[1].location, report.readings[0].availability
    assert (place.key, place.address_lines, place.city, place.state) == (
        "id:8",
        ("2 Kite St", "Floor 2"),
        "Boston",
        "MA",
    )
    assert (place.postal_code, place.info_phone) == ("02120", "617-555-0101")
    assert place.booking_url == "https://book.example.org/book/8"
    assert place.position and not place.position.approximate
    assert said and (said.count, said.products) == (12, ("Moderna",))
    text = module_of(drafted["stores"]).read_text()
    assert "# TODO: not used yet: 'color'\n" in text
    assert "Fills in: name, id, address, city, state," in text


@pytest.mark.parametrize(("name", "rows"), [("by_id", "sites.*"), ("by_town", "towns.*.sites")])
def test_rows_of_several_lists_are_a_path_of_the_draft(drafted: dict[str, Scaffold], name: str, rows: str) -> None:
    assert f'    rows = "{rows}"\n' in module_of(drafted[name]).read_text()
    assert drafted[name].choice.found.count == 3


def test_a_draft_expects_what_a_waiting_room_has_not(drafted: dict[str, Scaffold]) -> None:
    assert adapter_of(drafted["web_page"]).expects == ("Find a clinic",)
    assert adapter_of(drafted["lines"]).expects == ("date,Location Name,Address",)


CHECKS: tuple[Callable[[contract.Subject], Iterable[str]], ...] = (
    contract.not_a_page_faults,
    contract.empty_faults,
    contract.order_faults,
    contract.cut_faults,
    contract.identity_faults,
    contract.work_faults,
    contract.damage_faults,
    contract.field_faults,
    contract.missing_faults,
    contract.past_faults,
    lambda subject: contract.foreign_faults(subject, contract.FOREIGN),
    lambda subject: contract.bound_faults(subject.report()),
)


@pytest.mark.parametrize("name", VISITS)
def test_nothing_that_a_site_may_answer_makes_a_draft_lie(drafted: dict[str, Scaffold], name: str) -> None:
    made = drafted[name]
    subject = contract.Subject(source_of(made), adapter_of(made), load_recording([made.files[1]]))
    assert [fault for check in CHECKS for fault in check(subject)] == []


@pytest.mark.parametrize(
    "key", ['a"b', "a'b", "a\"b'c", "a\\b", "a\nb", "ключ", "a" * 300, '"""', "{x}", "name ", "\u202eevil", "class"]
)
def test_keys_of_any_kind_leave_the_draft_sound(root: Path, key: str) -> None:
    rows = [{"name": "Gull Hall", "zip": "02120", key: "x"}, {"name": "Tern Hall", "zip": "02120", key: "y"}]
    made = scaffold("odd", (answer({"clinics": rows}),), root)
    assert len(report_of(made).readings) == 2
    lint = [sys.executable, "-m", "ruff", "check", "--config", str(HOME / "pyproject.toml"), "--ignore", "RUF012"]
    assert subprocess.run([*lint, str(module_of(made))], capture_output=True).returncode == 0
    assert (
        subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                "format",
                "--check",
                "--config",
                str(HOME / "pyproject.toml"),
                module_of(made),
            ],
            capture_output=True,
        ).returncode
        == 0
    )


def test_rows_that_nothing_names_are_unread_with_the_reason(root: Path) -> None:
    deep = {"a" * 50: {"b" * 50: "x"}}
    report = report_of(scaffold("odd", (answer({"clinics": [deep, deep]}),), root))
    assert (report.rows, report.unread) == (2, 2)
    assert {problem.field for problem in report.problems} == {"name"}


# --- what is written, and what is not -------------------------------------------------------------------------------


def test_the_likeliest_answer_is_read_unless_another_is_asked_for(root: Path) -> None:
    colours = answer([{"colour": "red", "size": 1}, {"colour": "blue", "size": 2}], "https://book.example.org/colours")
    made = scaffold("one", (colours, VISITS["stores"]), root)
    assert made.choice.exchange == VISITS["stores"]
    assert len(load_recording([made.files[1]]).entries) == 2
    assert scaffold("two", (colours, VISITS["stores"]), root, read=colours).choice.exchange == colours


def test_the_source_goes_to_the_end_of_the_region_file_and_its_comments_stay(root: Path) -> None:
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


def test_a_region_file_with_its_sources_in_one_line_takes_another(root: Path) -> None:
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
        ("class", "means something else"), ("json", "means something else"), ("none", "means something else"),
        ("page", "means something else"), ("any", "means something else"), ("html_adapter", "means something else"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_an_adapters_is_refused(root: Path, name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as wrong:
        scaffold(name, (VISITS["stores"],), root)
    assert repr(name) in str(wrong.value)
    assert files_in(root) == []


@pytest.mark.parametrize("taken", ["providers/gull.py", "tests/providers/gull/other.toml"])
def test_nothing_that_exists_is_overwritten(root: Path, taken: str) -> None:
    (root / taken).parent.mkdir(parents=True, exist_ok=True)
    (root / taken).write_text("mine")
    with pytest.raises(ConfigError, match="exists and is not overwritten; take another name"):
        scaffold("gull", (VISITS["stores"],), root)
    assert files_in(root) == [taken]
    assert (root / taken).read_text() == "mine"


def test_a_source_name_that_is_taken_leaves_everything_as_it_was(root: Path) -> None:
    region = root / "alder.toml"
    region.write_text(REGION)
    with pytest.raises(ConfigError, match="'county' is used twice"):
        scaffold("county", (VISITS["stores"],), root, region=region)
    assert files_in(root) == ["alder.toml"]
    assert region.read_text() == REGION


def test_where_one_file_cannot_be_written_none_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_answers_without_rows_are_described(root: Path) -> None:
    with pytest.raises(ConfigError) as wrong:
        scaffold("gull", (answer('{"count": 3}'), answer("<html><title>Hello</title></html>", f"{SITE}/b")), root)
    assert "none of the 2 answers has rows" in str(wrong.value)
    assert "titled 'Hello'" in str(wrong.value)
    assert files_in(root) == []


def files_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


# --- the command ----------------------------------------------------------------------------------------------------


def test_new_says_what_it_kept_dropped_scrubbed_and_wrote(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def entry(url: str, body: str, mime: str) -> dict[str, Any]:
        asked = {"method": "GET", "url": url, "headers": [{"name": "X-Key", "value": "k"}]}
        content = {"mimeType": mime, "text": body}
        return {
            "startedDateTime": "2021-05-13T14:00:00Z",
            "request": asked,
            "response": {"status": 200, "headers": [], "content": content},
        }

    har = root / "evening.har"
    stores = entry(f"{SITE}?token=abc123XYZ9", json.dumps(STORES), "application/json")
    har.write_text(json.dumps({"log": {"entries": [stores, entry(f"{SITE}/a.png", "x", "image/png")]}}))
    monkeypatch.chdir(root)
    arguments = parsed("new", "gull", "--har", str(har), "--url", "token=abc123XYZ9")
    assert authoring.new_adapter(arguments) == 0
    said = capsys.readouterr().out
    for words in (
        "1 answer kept; dropped 1: 1 images",
        "scrubbed: tokens (1), unusual request headers (1)",
        "the browser also sent x-key;",
        f"reads 2 rows (the top) of GET {SITE}?token=scrubbed-1",
        "something in that request was scrubbed",
        f"wrote {root}/providers/gull.py",
        'provider = "gull"',
        "the recording in tests/providers/gull is somebody's page: before you commit it, read",
        "next: aggregator try gull",
    ):
        assert words in said
    assert "abc123XYZ9" not in said + "".join(
        (root / path).read_text() for path in files_in(root) if "evening" not in path
    )


def parsed(*words: str) -> Any:
    """The arguments as the command line gives them."""
    return command_line().parse_args(words)
