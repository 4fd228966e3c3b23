"""What a source keeps between visits (`Fetch.keep`), and pages that are changes (`changes_only`)."""

from collections.abc import AsyncIterator, Callable, Mapping

import pytest
from msgspec.structs import replace

from aggregator.adapter import DataRow, Fetch, Listing, Page, SourceInfo
from aggregator.errors import Unreachable
from aggregator.model import Available, Outcome, Report
from aggregator.visit import kept
from aggregator.visit.one_visit import collect
from aggregator.visit.plausibility import Expected, judged
from tests.support.memory_hosts import HandClock, run
from tests.support.pages import NOW, SEARCH, Reply, TableClient, source
from tests.support.small_adapters import MORE, Halls, halls

DOWN = Unreachable("no answer; the next visit tries again")
Steps = Callable[[Fetch], None]


class Keeping(Halls):
    """Keeps something before its first page, and something before its second."""

    changes_only = True

    def __init__(self, first: Steps, second: Steps = lambda fetch: None) -> None:
        self.first, self.second = first, second

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        page = await fetch(source.url)
        self.first(fetch)
        yield page
        self.second(fetch)
        yield await fetch(MORE)

    def listing(self, row: DataRow) -> Listing | None:
        found = super().listing(row)
        return found and replace(found, gone=found.name.startswith("closed"))


def visit(
    first: Steps, second: Steps = lambda fetch: None, before: Mapping[str, str] | None = None, **replies: Reply
) -> Report:
    client = TableClient({SEARCH: replies.get("page", halls("A")), MORE: replies.get("more", halls("B"))})
    return run(collect(source(), Keeping(first, second), client, HandClock(NOW), kept=before or {}))


def keep(**texts: str) -> Steps:
    def steps(fetch: Fetch) -> None:
        for key, text in texts.items():
            fetch.keep(key, text)

    return steps


def test_a_report_has_what_changed_and_an_empty_text_removes_a_key() -> None:
    found = visit(keep(cursor="2", old="", same="x"), keep(cursor="3"), {"cursor": "1", "old": "o", "same": "x"})
    assert dict(found.kept) == {"cursor": "3", "old": ""}


def test_an_adapter_sees_what_earlier_visits_kept() -> None:
    seen: list[str] = []
    visit(lambda fetch: seen.append(fetch.kept["cursor"]), before={"cursor": "1"})
    assert seen == ["1"]


def test_what_was_kept_for_a_page_that_never_came_is_lost_with_it() -> None:
    found = visit(keep(cursor="2"), keep(cursor="3"), more=DOWN)
    assert (found.outcome, dict(found.kept)) == (Outcome.DOWN, {"cursor": "2"})


def test_what_was_kept_for_a_page_that_cannot_be_read_is_lost_with_it() -> None:
    assert visit(keep(cursor="2"), page="<p>Something else</p>").kept == ()


def test_a_source_that_keeps_too_much_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_KEPT", 20)
    assert visit(keep(a="123456789", b="123456789")).kept == (("a", "123456789"), ("b", "123456789"))
    found = visit(keep(a="1234567890", b="123456789"))
    assert (found.outcome, found.kept, found.readings) == (Outcome.CHANGED, (), ())
    assert "would keep more than" in found.message
    assert "split it into several sources" in found.message


def test_what_is_replaced_or_removed_no_longer_counts_as_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_KEPT", 20)
    found = visit(keep(a="", b="12345678901234"), keep(b="1234567890123456789"), {"a": "1234567890123456789"})
    assert dict(found.kept) == {"a": "", "b": "1234567890123456789"}


def test_a_place_that_the_source_states_is_gone_is_no_reading_even_in_a_partial_visit() -> None:
    found = visit(keep(), page=halls("A", "closed C"), more=DOWN)
    assert ([one.location.name for one in found.readings], found.gone) == (["A"], ("id:closed C",))


def test_a_place_that_is_listed_is_not_gone() -> None:
    found = visit(keep(), page=halls("A", "closed C"), more=halls("closed C"))
    assert found.gone == ("id:closed C",)
    twice = replace(found, changes_only=True)
    assert judged(twice, Expected({"x": True}, {"x": 9}), 0) is twice


def test_a_doubted_visit_keeps_nothing_so_that_the_next_one_begins_where_it_began() -> None:
    found = replace(visit(keep(cursor="2"), page=halls("A", "closed C")), changes_only=False)
    doubted = judged(found, Expected({f"id:{n}": True for n in range(9)}, {}), 0)
    assert (doubted.outcome, doubted.kept, doubted.gone) == (Outcome.CHANGED, (), ())


def test_changes_are_never_doubted_for_what_they_leave_out() -> None:
    found = visit(keep(cursor="2"))
    expected = Expected({f"id:{n}": True for n in range(9)}, {f"id:{n}": 3 for n in range(9)})
    assert judged(found, expected, 0) is found
    assert all(one.availability and one.availability.available is Available.YES for one in found.readings)
