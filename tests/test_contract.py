"""The contract of adapters (`aggregator.testing`) on every adapter; bad adapters show that it catches what is bad."""

import random
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aggregator import registry, testing
from aggregator.adapter import Adapter, Available, JsonAdapter, Listing, Page, SlotListing, SourceInfo
from aggregator.region import Source
from aggregator.web.har import Recording, load_recording
from tests.conftest import CAPTURES
from tests.test_providers import CASES, source_of

PROVIDERS = Path(__file__).parent.parent / "providers"
FILES = sorted(PROVIDERS.glob("[a-z]*.py"))


@cache
def case_of(path: Path) -> tuple[Source, Recording]:
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    if "capture" in given and not CAPTURES.is_dir():
        pytest.skip("the recordings of real booking systems (../shared/captures) are not here")
    recording = CAPTURES / given["capture"] if "capture" in given else path.parent / given["har"]
    return source_of(path, given), load_recording([recording])


def fresh(path: Path) -> tuple[Source, type[Adapter], Recording]:
    """Source, adapter and recording of a case."""
    source, recording = case_of(path)
    return source, registry.load(source.provider), recording


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_class_header_and_imports_are_as_they_should_be(file: Path) -> None:
    adapter = registry.load(file.stem)

    assert [*testing.name_faults(adapter, file), *testing.header_faults(file), *testing.import_faults(file)] == []
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 150


IDS = [f"{case.parent.name}/{case.stem}" for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_what_is_not_a_page_is_never_an_answer(case: Path) -> None:
    source, adapter, recording = fresh(case)
    assert list(testing.not_a_page_faults(source, adapter, recording)) == []


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_order_of_rows_does_not_matter_and_fewer_give_fewer(case: Path) -> None:
    source, adapter, recording = fresh(case)
    assert list(testing.order_faults(source, adapter, recording)) == []


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_two_visits_give_the_same_locations(case: Path) -> None:
    source, adapter, recording = fresh(case)
    assert list(testing.identity_faults(source, adapter, recording)) == []


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_value_is_within_its_bounds(case: Path) -> None:
    source, adapter, recording = fresh(case)
    assert list(testing.bound_faults(testing.replayed(source, adapter(), recording))) == []


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_damaged_answers_lose_places_with_a_word_and_turn_none_round(case: Path) -> None:
    source, adapter, recording = fresh(case)
    assert list(testing.damage_faults(source, adapter, recording)) == []


# --- the twins: bad adapters that each rule catches -------------------------------------------------------------------

STORES = '{"stores": [{"n": "North", "free": 2}, {"n": "South", "free": 0}]}'


class Good(JsonAdapter):
    name = "good"
    title = "Good stores"
    rows = "stores"

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing | None:
        slot = SlotListing(start="2021-05-20", count=row["free"])
        return Listing(name=row["n"], id=row["n"], slots=(slot,))


@pytest.fixture
def visit(tmp_path: Path) -> tuple[Source, Recording]:
    har = tmp_path / "stores.har"
    url = "https://stores.example.org/stores.json"
    text = STORES.replace('"', '\\"')
    har.write_text(
        '{"log": {"entries": [{"startedDateTime": "2021-05-13T14:00:00Z", '
        f'"request": {{"method": "GET", "url": "{url}"}}, '
        f'"response": {{"status": 200, "content": {{"text": "{text}"}}}}}}]}}}}'
    )
    source = Source(name="stores", provider="good", url=url, time_zone="America/New_York", states=("MA",))
    return source, load_recording([har])


CHECKS = (
    testing.not_a_page_faults,
    testing.order_faults,
    testing.identity_faults,
    testing.damage_faults,
)


def test_a_good_adapter_has_no_faults(visit: tuple[Source, Recording]) -> None:
    source, recording = visit
    report = testing.replayed(source, Good(), recording)

    assert [location.location.name for location in report.readings] == ["North", "South"]
    assert [fault for check in CHECKS for fault in check(source, Good, recording)] == []
    assert list(testing.bound_faults(report)) == []


class ReadsAnythingAsNothing(Good):
    """Two peers did this: what is not the page is "no appointments"."""

    def rows_of(self, page: Page) -> Iterable[Any]:
        try:
            return super().rows_of(page)
        except Exception:
            return []


class CountsRows(Good):
    """The place depends on where its row stands."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing | None:
        self.number += 1
        return Listing(name=row["n"], id=f"{row['n']} {self.number}", available=Available.YES)


class MakesUpIds(Good):
    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing | None:
        return Listing(name=row["n"], id=str(random.random()), available=Available.YES)


class TakesMissingForNone(Good):
    """A number that is not there is "none"."""

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing | None:
        said = Available.YES if isinstance(row["free"], int) and row["free"] else Available.NO
        return Listing(name=row["n"], id=row["n"], available=said)


@pytest.mark.parametrize(
    ("adapter", "check", "fault"),
    [
        (ReadsAnythingAsNothing, testing.not_a_page_faults, "a waiting room gives EMPTY"),
        (CountsRows, testing.order_faults, "another order"),
        (MakesUpIds, testing.identity_faults, "different locations"),
        (TakesMissingForNone, testing.damage_faults, "numbers as text: id:North turns from YES to NO"),
    ],
)
def test_a_bad_adapter_is_caught(visit: tuple[Source, Recording], adapter: type[Good], check: Any, fault: str) -> None:
    source, recording = visit
    assert any(fault in found for found in check(source, adapter, recording)), list(check(source, adapter, recording))


@pytest.mark.parametrize(
    ("text", "check", "fault"),
    [
        ("import httpx\n", testing.import_faults, "imports httpx"),
        ("from aggregator.web.client import Client\n", testing.import_faults, "imports aggregator.web.client"),
        ("import urllib.request\n", testing.import_faults, "imports urllib.request"),
        ("import datetime\nx = datetime.date.today()\n", testing.import_faults, "asks the clock"),
        ('"""A system."""\n', testing.header_faults, "does not say what it fills in"),
    ],
)
def test_a_bad_file_is_caught(tmp_path: Path, text: str, check: Any, fault: str) -> None:
    file = tmp_path / "bad.py"
    file.write_text(text)

    assert any(fault in found for found in check(file))


def test_a_bad_name_is_caught() -> None:
    assert any("rename one of them" in fault for fault in testing.name_faults(Good, Path("better.py")))
