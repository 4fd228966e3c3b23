"""What is written down is true: keys, tables, fields, commands, links."""

import argparse
import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec
import pytest

from aggregator.commands.parser import command_line
from aggregator.config.region import Pace, Region, Source
from aggregator.config.region_checks import FILLED_IN
from aggregator.exports.tables import TableRow
from aggregator.exports.univaf import AvailabilityData, LocationData, SlotData
from aggregator.kit.provider_docs import catalogue
from aggregator.store.store import Store
from tests.support.paths import ROOT

DOCS = sorted((ROOT / "docs").glob("**/*.md"))
PROSE = sorted({*ROOT.glob("*.md"), *DOCS})
# by the program, not in the tree
MADE = {"data/aggregator.db", "data/demo.db", "data/history", "data/pace", "public", "public.releases", ".venv"}
MODULES = sorted(chain(*((ROOT / room).rglob("*.py") for room in ("aggregator", "providers", "tests"))))
COMMANDS = next(a for a in command_line()._actions if isinstance(a, argparse._SubParsersAction)).choices


def doc(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next one."""
    return re.split(r"^#+ ", text.split(f"# {title}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text: str) -> Iterator[str]:
    """The names in code in the first cell of each row of a table; of `a`, `b` both."""
    for cell in re.findall(r"^\|([^|]*)\|", text, re.MULTILINE):
        yield from re.findall(r"`(\w+)`", cell)


def table_under(text: str, heading: str) -> list[str]:
    """As `first_cells`, of the table whose head begins with `heading`."""
    return list(first_cells(text.split(f"| {heading} |")[1].split("\n\n")[0]))


# --- contracts --------------------------------------------------------------------------------------------------------


def test_exactly_the_keys_of_a_region_file_are_documented() -> None:
    text = doc("region-file.md")
    assert sorted(first_cells(section(text, "The region"))) == sorted(Region.__struct_fields__)
    keys = set(Source.__struct_fields__) - set(FILLED_IN)
    assert sorted(first_cells(section(text, "A source"))) == sorted(keys)
    pace = re.search(r"^`pace` = `\{(.*)\}`", text, re.MULTILINE)
    assert pace is not None
    assert sorted(re.findall(r"(\w+) =", pace[1])) == sorted(Pace.__struct_fields__)


@pytest.mark.parametrize("record", [Region, Source])
def test_documented_defaults_match_the_code(record: type[msgspec.Struct]) -> None:
    defaults = dict(zip(record.__struct_fields__[::-1], record.__struct_defaults__[::-1], strict=False))
    rows = re.findall(r"^\| `(\w+)` \| no \|.*default `?\[?\"?([\w-]+)", doc("region-file.md"), re.MULTILINE)
    filled_in = {"country"} if record is Source else set()
    stated = {key: value for key, value in rows if key in defaults and value and key not in filled_in}
    real = {key: defaults[key][0] if isinstance(defaults[key], tuple) else defaults[key] for key in stated}
    assert stated
    assert {key: f"{value:g}" if isinstance(value, float) else str(value) for key, value in real.items()} == stated


def test_every_database_table_is_documented_with_its_columns() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\|(.*)\|$", doc("store.md"), re.MULTILINE))
    with Store(":memory:") as store:
        tables = {
            t.name: {c.name for c in t.columns} for t in store.db.tables if not t.name.startswith(("_", "sqlite"))
        }
    assert set(rows) == set(tables)
    own = {"id", "location_id", "name"}  # a row's own number, and the key that the table is named after
    for table, columns in tables.items():
        documented = set(re.findall(r"`(\w+)`", rows[table]))
        assert columns - documented <= own, table
        assert documented <= columns, table


@pytest.mark.parametrize(
    ("record", "heading"),
    [
        (LocationData, "field of a location"),
        (AvailabilityData, "field of `availability`"),
        (SlotData, "field of a slot"),
        (TableRow, "column of the tables (CSV, GeoJSON)"),
    ],
)
def test_exactly_the_published_fields_are_documented(record: type[msgspec.Struct], heading: str) -> None:
    assert sorted(table_under(doc("published-contract.md"), heading)) == sorted(record.__struct_fields__)


def test_the_architecture_lists_every_package_in_layer_order() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = [set(layer.split(" | ")) for layer in tools["importlinter"]["contracts"][0]["layers"]]
    rooms = {path.parent.name for path in (ROOT / "aggregator").glob("*/__init__.py")}
    documented = [
        rooms & set(re.findall(r"`(\w+)`", row.split("|")[1])) for row in table_of_rooms(doc("architecture.md"))
    ]
    expected = [{name for name in rooms if f"aggregator.{name}" in layer} for layer in layers]
    assert list(filter(None, documented)) == list(filter(None, expected))


def table_of_rooms(text: str) -> list[str]:
    """The rows of the table under "The rooms", without its head."""
    return [row for row in section(text, "The rooms").splitlines() if row.startswith("|")][2:]


# --- what a reader types ----------------------------------------------------------------------------------------------


def in_code(text: str) -> Iterator[str]:
    """The pieces of a text that are set as code."""
    fenced = re.compile(r"```.*?```", re.DOTALL)
    yield from fenced.findall(text)
    yield from re.findall(r"`([^`\n]+)`", fenced.sub("", text))


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_every_make_target_in_the_docs_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for code in in_code(path.read_text()) for name in re.findall(r"\bmake ([a-z-]+)", code)}
    assert named <= targets


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_every_command_and_option_in_the_docs_exists(path: Path) -> None:
    lines = [line for code in in_code(path.read_text()) for line in code.splitlines()]
    for command, rest in re.findall(r"(?:^|/|\s)aggregator ([a-z]+)\b([^|;&#\n]*)", "\n".join(lines)):
        assert command in COMMANDS, f"aggregator {command}"
        options = set(re.findall(r"(?:^|[\s\[])(--[a-z-]+)", rest))
        assert options <= set(COMMANDS[command]._option_string_actions), f"aggregator {command}{rest}"


def test_every_makefile_target_has_a_description() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(re.findall(r"^([a-z-]+):.*## \w", text, re.MULTILINE))


# --- links and files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_every_relative_link_has_a_target(path: Path) -> None:
    targets = re.findall(r"\]\(([^)\s#]+)[^)]*\)", path.read_text())
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (path.parent / target).exists()] == []


def anchors(path: Path) -> set[str]:
    """The anchors that a hosting site makes from the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_every_link_to_a_heading_has_a_target(path: Path) -> None:
    links = re.findall(r"\]\(([^)\s#:]*)#([^)\s]+)\)", path.read_text(encoding="utf-8"))
    missing = [
        f"{target}#{anchor}" for target, anchor in links if anchor not in anchors(path.parent / (target or path.name))
    ]
    assert missing == []


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_every_file_in_the_docs_exists(path: Path) -> None:
    rooms = "aggregator|providers|site_templates|data|docs|tests|benchmarks|deploy|requirements"
    named = {name for code in in_code(path.read_text()) for name in re.findall(rf"^((?:{rooms})/[\w./-]+)$", code)}
    missing = {name for name in named if not (ROOT / name.rstrip("/.")).exists()}
    assert {name for name in missing if not any(name.startswith(made) for made in MADE) and "NAME" not in name} == set()


def test_the_changelog_describes_unreleased_changes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(r"^##+ .+\n\n- \S", text, re.MULTILINE)


# --- the code itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_has_a_docstring(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not source or ast.get_docstring(ast.parse(source))


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    rooms = (
        "aggregator",
        "providers",
        "site_templates",
        "tests",
        "benchmarks",
        "docs",
        "deploy",
        "data/regions",
        ".ci",
    )
    files = [path for path in chain(ROOT.iterdir(), *((ROOT / room).rglob("*") for room in rooms)) if path.is_file()]
    private = re.compile(r"(?:^|[\s\"'`(=])/(?:" + "|".join(("home", "root", "work", "Users")) + r")/\w")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files
        if path.suffix in {".py", ".md", ".toml", ".html", ".js", ".css", ".txt", ".yml", ""}
        for line in path.read_text("utf-8").splitlines()
        if private.search(line)
    ]
    assert found == []


def test_the_providers_page_is_up_to_date() -> None:
    assert doc("providers.md") == catalogue(), "run `make providers`"
