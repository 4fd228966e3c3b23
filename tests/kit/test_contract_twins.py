"""Bad adapters: each rule of the contract (`aggregator.kit.contract`) catches what it is for."""

import json
import random
import socket
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from aggregator.adapter import (
    Adapter,
    Available,
    DataRow,
    Fetch,
    HtmlAdapter,
    HtmlRow,
    JsonAdapter,
    Listing,
    Page,
    Pages,
    SlotListing,
    SourceInfo,
)
from aggregator.config.region import Source
from aggregator.har.document import Content, Entry, RecordedRequest, RecordedResponse
from aggregator.har.recording import Recording
from aggregator.kit import contract
from aggregator.kit.contract import FOREIGN, Subject

URL = "https://stores.example.org/stores.json"
ROWS = [{"n": "North", "free": 2, "on": "2021-05-20"}, {"n": "South", "free": 0, "on": "2021-05-20"}]
HALLS = "<html><body><p>Ask us!</p><div class='hall'>Gull Hall</div></body></html>"


def subject(adapter: Callable[[], Adapter], body: str = json.dumps({"stores": ROWS})) -> Subject:
    """A visit to one page."""
    source = Source(name="stores", provider="good", url=URL, time_zone="America/New_York", states=("MA",), country="US")
    request = RecordedRequest(method="GET", url=URL)
    answer = RecordedResponse(status=200, content=Content(text=body))
    at = datetime(2021, 5, 13, 14, tzinfo=UTC)
    return Subject(source, adapter, Recording((Entry(started_date_time=at, request=request, response=answer),)))


class Good(JsonAdapter):
    name = "good"
    title = "Good stores"
    rows = "stores"

    def listing(self, row: DataRow) -> Listing | None:
        return Listing(name=row["n"], id=row["n"], slots=(SlotListing(start=row["on"], count=row["free"]),))


class GoodHalls(HtmlAdapter):
    name = "good_halls"
    title = "Good halls"
    rows = "div.hall"
    expects = ("Ask us!",)
    empty_marker = "No halls."

    def listing(self, row: HtmlRow) -> Listing | None:
        return Listing(name=row.text(), available=Available.YES)


def test_good_adapters_have_no_faults() -> None:
    assert len(subject(Good).report().readings) == 2
    assert list(contract.visit_faults(subject(Good))) == []
    assert list(contract.visit_faults(subject(GoodHalls, HALLS))) == []


class ReadsAnythingAsNothing(Good):
    """Two other aggregators did this: any other page is "no appointments"."""

    def rows_of(self, page: Page) -> Iterable[Any]:
        try:
            return super().rows_of(page)
        except Exception:
            return []


class TakesAnyRow(Good):
    def rows_of(self, page: Page) -> Iterable[Any]:
        return page.json if isinstance(page.json, list) else super().rows_of(page)

    def listing(self, row: DataRow) -> Listing | None:
        return Listing(name=str(row.value), available=Available.NO)


class CountsRows(Good):
    """The place depends on the position of its row."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def listing(self, row: DataRow) -> Listing | None:
        self.number += 1
        return Listing(name=row["n"], id=f"{row['n']} {self.number}", available=Available.YES)


class FirstIsOpen(CountsRows):
    """The answer depends on the position of its row."""

    def listing(self, row: DataRow) -> Listing | None:
        self.number += 1
        return Listing(name=row["n"], id=row["n"], available=Available.YES if self.number == 1 else Available.NO)


class MakesUpIds(Good):
    def listing(self, row: DataRow) -> Listing | None:
        return Listing(name=row["n"], id=str(random.random()), available=Available.YES)


class IsTheWholeRow(Good):
    """The id changes with every field of the row."""

    def listing(self, row: DataRow) -> Listing | None:
        return Listing(name=row["n"], id=json.dumps(row.value), available=Available.YES)


class TakesMissingForNone(Good):
    """A missing number counts as "none"."""

    def listing(self, row: DataRow) -> Listing | None:
        available = Available.YES if isinstance(row["free"], int) and row["free"] else Available.NO
        return Listing(name=row["n"], id=row["n"], available=available)


class TakesAnythingForSome(Good):
    def listing(self, row: DataRow) -> Listing | None:
        return Listing(name=row["n"], id=row["n"], available=Available.YES if row["free"] else Available.NO)


class SkipsWhatItCannotRead(Good):
    """An unreadable row counts as outside the region; a made-up one keeps the visit from being empty."""

    def listing(self, row: DataRow) -> Listing | None:
        return super().listing(row) if isinstance(row["n"], str) else None

    def rows_of(self, page: Page) -> Iterable[Any]:
        return [*super().rows_of(page), {"n": "Pier", "free": 1, "on": "2021-05-20"}]


class ForgetsItsDates(Good):
    """Leaves out past times and still states YES."""

    def listing(self, row: DataRow) -> Listing | None:
        slots = tuple(SlotListing(start=row["on"], count=2) for _ in range(row["on"] > "2021-05-13"))
        return Listing(name=row["n"], id=row["n"], available=Available.YES, slots=slots)


class TakesAMissingKeyForNone(Good):
    """A missing key counts as "none left"."""

    def listing(self, row: DataRow) -> Listing | None:
        return Listing(name=row["n"], id=row["n"], count=row.get("free", 0))


class TakesAMissingKeyForAbsence(Good):
    """One of three places has a key that the others lack: too small a change to be doubted."""

    def listing(self, row: DataRow) -> Listing | None:
        free = (*row.get("free", "x") * 2, *row.get("left", ()))
        slots = tuple(SlotListing(start=row["on"], count=1) for _ in free)
        return Listing(name=row["n"], id=row["n"], no_if_empty=True, slots=slots)


@pytest.mark.parametrize(
    ("adapter", "check", "fault"),
    [
        (TakesAMissingKeyForNone, contract.missing_faults, "'free' renamed: id:North turns from YES to NO (stated)"),
        (ReadsAnythingAsNothing, contract.not_a_page_faults, "a waiting room gives EMPTY"),
        (TakesAnyRow, lambda of: contract.foreign_faults(of, FOREIGN), "a bare list: "),
        (ReadsAnythingAsNothing, lambda of: contract.foreign_faults(of, FOREIGN), "without a word"),
        (CountsRows, contract.order_faults, "rows in another order"),
        (FirstIsOpen, contract.cut_faults, "half of the places"),
        (MakesUpIds, contract.identity_faults, "two visits to the same pages: different locations"),
        (IsTheWholeRow, contract.identity_faults, "an unknown field: different locations"),
        (TakesMissingForNone, contract.damage_faults, "numbers as text: id:North turns from YES to NO"),
        (SkipsWhatItCannotRead, contract.damage_faults, "texts as numbers: a whole visit with 2 places fewer"),
        (TakesAnythingForSome, contract.field_faults, "free one deeper: id:South turns from NO to YES"),
        (ForgetsItsDates, contract.past_faults, "id:North is YES without the slots that it had"),
    ],
)
def test_a_bad_adapter_is_caught(adapter: type[Good], check: Callable[[Subject], Iterable[str]], fault: str) -> None:
    found = list(check(subject(adapter)))
    assert any(fault in sentence for sentence in found), found


def test_a_missing_key_read_as_absence_is_caught_even_if_it_changes_little() -> None:
    rows = [{"n": name, "free": "ab", "on": "2021-05-20"} for name in ("North", "South")]
    rows.append({"n": "Pier", "free": "", "left": "c", "on": "2021-05-20"})
    found = list(contract.missing_faults(subject(TakesAMissingKeyForAbsence, json.dumps({"stores": rows}))))
    assert found == ["'left' renamed: id:Pier turns from YES to NO (by absence)"]


def test_a_visit_that_keeps_none_of_its_rows_reports_it() -> None:
    class KeepsNothing(Good):
        def listing(self, row: DataRow) -> Listing | None:
            return None

    assert "none of 2 rows is in this region" in subject(KeepsNothing).report().message


class RemembersRows(Good):
    """Keeps a list on the class."""

    names: ClassVar[list[str]] = []

    def listing(self, row: DataRow) -> Listing | None:
        self.names.append(row["n"])
        return super().listing(row)


class RemembersInASet(Good):
    def __init__(self) -> None:
        self.seen: set[str] = set()

    def listing(self, row: DataRow) -> Listing | None:
        self.seen.add(row["n"])
        return super().listing(row)


class RemembersItsStore(Good):
    """Keeps the subject of a page on itself, for `listing` to read."""

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        self.store = "North"
        yield await fetch(source.url)


@pytest.mark.parametrize(
    ("adapter", "name"),
    [(CountsRows, "number"), (RemembersRows, "names"), (RemembersInASet, "seen"), (RemembersItsStore, "store")],
)
def test_an_adapter_that_keeps_state_between_two_calls_is_caught(adapter: type[Good], name: str) -> None:
    (fault,) = contract.state_faults(subject(adapter))
    assert fault.startswith(f"a visit changes self.{name}; send it along with the page")


class IsAlwaysEmpty(GoodHalls):
    """Its empty marker is on every page."""

    empty_marker = "Ask us!"


class NeedsNoMarker(GoodHalls):
    def says_empty(self, page: Page) -> bool:
        return True


@pytest.mark.parametrize("adapter", [IsAlwaysEmpty, NeedsNoMarker])
def test_an_adapter_that_reads_a_page_without_rows_as_empty_is_caught(adapter: type[GoodHalls]) -> None:
    assert any("says it has none" in fault for fault in contract.empty_faults(subject(adapter, HALLS)))


def reads_a_file(page: Page) -> object:
    return Path(__file__).read_text(encoding="utf-8")


def opens_a_socket(page: Page) -> object:
    with socket.socket() as opened:
        return opened.fileno()


def walks(page: Page) -> object:
    return [len(str(number)) for number in range(10_000)]


@pytest.mark.parametrize(
    ("does", "fault"),
    [
        (reads_a_file, "does I/O (open "),
        (opens_a_socket, "does I/O (socket."),
        (lambda page: time.time(), "asks the clock (time)"),
        (lambda page: date.today(), "asks the clock (date.today)"),  # noqa: DTZ011
        (lambda page: datetime.now(UTC), "asks the clock (datetime.now)"),
        (lambda page: json.loads(page.text), "parse a page once"),
        (lambda page: Page(page.answer).html, "parse a page once"),
        (walks, "calls a row"),
    ],
)
def test_a_listing_method_that_does_more_than_read_its_row_is_caught(
    does: Callable[[Page], object], fault: str
) -> None:
    class Bad(Good):
        def listing(self, row: DataRow) -> Listing | None:
            does(row.page)
            return super().listing(row)

    many = json.dumps({"stores": [{"n": f"Store {number}", "free": 1, "on": "2021-05-20"} for number in range(5)]})
    found = list(contract.work_faults(subject(Bad, many)))

    assert any(fault in sentence for sentence in found), found
