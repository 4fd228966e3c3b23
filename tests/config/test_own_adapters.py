"""An operator's own adapters: from `providers/` next to the region file, and from packages with an entry point."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator import adapter_files, bundled, registry
from aggregator.cli import main
from aggregator.config.region import Source, load_region
from aggregator.errors import AdapterError, ConfigError
from aggregator.model import Answer, Outcome, Request
from aggregator.visit.long_visits import LongVisits
from tests.support.made_up_project import ADAPTER, URL, har, store, stores
from tests.support.memory_hosts import HandClock
from tests.support.records import NOW, REGION

SOURCES = f'[[sources]]\nname = "kites"\nprovider = "kites"\nurl = "{URL}"\n'
HEADER = '"""Kite stores. Fills in: everything. It cannot tell doses apart."""\n'
CASE = f'har = "visit.har"\nurl = "{URL}"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a region file and an adapter for its source; commands run in another folder."""
    home, elsewhere = tmp_path / "county", tmp_path / "elsewhere"
    for folder in (home / "providers", elsewhere):
        folder.mkdir(parents=True)
    (home / "region.toml").write_text(REGION + SOURCES)
    (home / "providers" / "kites.py").write_text(HEADER + ADAPTER)
    monkeypatch.chdir(elsewhere)
    yield home
    adapter_files._entry_points.cache_clear()
    for name in [name for name in sys.modules if name.startswith("kite_adapters")]:
        del sys.modules[name]


def the_source(home: Path) -> Source:
    return load_region(home / "region.toml").sources[0]


def with_case(root: Path, body: str) -> None:
    folder = root / "tests" / "providers" / "kites"
    folder.mkdir(parents=True)
    (folder / "visit.har").write_text(har(body))
    (folder / "visit.toml").write_text(CASE)


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, adapter: str = ADAPTER) -> None:
    """Installs a package that provides the adapter, by putting it on the path."""
    (folder / "kite_adapters").mkdir(parents=True)
    (folder / "kite_adapters" / "__init__.py").touch()
    (folder / "kite_adapters" / "stores.py").write_text(HEADER + adapter)
    information = folder / "kite_adapters-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: kite-adapters\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[{adapter_files.GROUP}]\nkites = kite_adapters.stores\n")
    monkeypatch.syspath_prepend(folder)
    adapter_files._entry_points.cache_clear()


def test_an_adapter_next_to_the_region_file_reads_its_source(home: Path) -> None:
    source = the_source(home)
    assert registry.of(source).title == "Kite stores"
    registry.check([source])
    with pytest.raises(ConfigError, match="'kites' has no adapter"):
        registry.load("kites")


def test_a_region_file_cannot_name_the_adapter_folder(home: Path) -> None:
    (home / "region.toml").write_text(f"{REGION}{SOURCES}adapters = '/etc'\n")
    with pytest.raises(ConfigError, match="adapters: is taken from the region"):
        the_source(home)


def test_an_installed_package_can_provide_an_adapter(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install(tmp_path / "site", monkeypatch)
    assert registry.load("kites").__module__ == "kite_adapters.stores"
    assert registry.origin("kites").path == tmp_path / "site" / "kite_adapters" / "stores.py"


def test_a_package_that_cannot_be_imported_is_reported_as_one_broken_adapter(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install(tmp_path / "site", monkeypatch, "1 / 0")
    with pytest.raises(AdapterError, match=r"kite_adapters/stores\.py:2: ZeroDivisionError"):
        registry.load("kites")


def test_an_operators_adapter_overrides_a_package_and_a_package_overrides_ours(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / "kites.py").write_text(ADAPTER.replace("Kite stores", "Ours"))
    monkeypatch.setattr(bundled, "PROVIDERS", ours)
    assert registry.load("kites").title == "Ours"
    install(tmp_path / "site", monkeypatch, ADAPTER.replace("Kite stores", "Theirs"))
    assert registry.load("kites").title == "Theirs"
    assert registry.of(the_source(home)).title == "Kite stores"


def test_sources_names_the_file_of_each_adapter(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "--region", str(home / "region.toml")]) == 0
    assert "Kite stores (providers/kites.py), every" in capsys.readouterr().out


def test_an_operators_adapter_works_in_the_process_for_large_pages(home: Path) -> None:
    class Site:
        async def get(self, request: Request) -> Answer:
            body = (stores(store(1, "2021-05-20T10:00")) + " " * 2_000_000).encode()
            return Answer(url=request.url, status=200, headers={}, body=body, fetched_at=NOW)

        def reject(self, url: str) -> None:
            pass

    source = the_source(home)
    report = asyncio.run(LongVisits().visit(source, registry.of(source)(), Site(), HandClock(NOW)))
    assert (report.outcome, len(report.readings)) == (Outcome.OK, 1)


# --- aggregator check -------------------------------------------------------------------------------------------------


def test_check_tests_every_adapter_of_the_operator_against_the_contract(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_case(home, stores(store(1, "2021-05-20T10:00"), store(2)))
    assert main(["check", "--region", str(home / "region.toml")]) == 0
    assert capsys.readouterr().out.split("\n")[1:] == ["kites", "keeps the contract", ""]
    monkeypatch.chdir(home)
    assert main(["check", "kites"]) == 0


def test_check_names_the_broken_rule(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_case(home, stores(store(1, "2021-05-20T10:00"), store(2)))
    adapter = (HEADER + ADAPTER).replace("\n\nclass", "\nimport socket\n\nclass", 1).replace('row["id"]', "id(row)")
    (home / "providers" / "kites.py").write_text(adapter)
    assert main(["check", "--region", str(home / "region.toml")]) == 1
    output = capsys.readouterr().out
    assert "imports socket; an adapter does no I/O" in " ".join(output.split())
    assert "two visits give the same locations" in output
    assert "breaks the contract" in output


@pytest.mark.parametrize(("adapter", "fault"), [(ADAPTER, "has no case with its"), ("1 / 0", "ZeroDivisionError")])
def test_check_requires_a_case_and_a_file_that_runs(
    home: Path, capsys: pytest.CaptureFixture[str], adapter: str, fault: str
) -> None:
    (home / "providers" / "kites.py").write_text(HEADER + adapter)
    assert main(["check", "--region", str(home / "region.toml")]) == 1
    assert fault in " ".join(capsys.readouterr().out.split())


def test_check_finds_the_cases_for_a_packaged_adapter_in_the_operators_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "providers" / "kites.py").unlink()
    install(tmp_path / "site", monkeypatch)
    with_case(home, stores(store(1, "2021-05-20T10:00"), store(2)))
    assert main(["check", "--region", str(home / "region.toml")]) == 0
    assert "keeps the contract" in capsys.readouterr().out


def test_check_with_nothing_to_check_reports_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 2
    assert "found no adapters of your own" in " ".join(capsys.readouterr().err.split())
