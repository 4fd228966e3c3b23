"""Visits in part: pages that do not come, deadlines, and whole visits that list too little to be believed."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from weakref import ref

import pytest

from aggregator.adapter import Fetch, Node, Page, SourceInfo
from aggregator.collect import judged
from aggregator.errors import PageError, Refused, Throttled, Unreachable
from aggregator.model import Answer, Outcome, Reading, Report, Request
from aggregator.region import Pace
from tests.halls import LAST, MORE, Halls, Several, Signs, halls
from tests.pages import (
    NOW,
    SEARCH,
    WAITING_ROOM,
    Reply,
    TableClient,
    clinic,
    names,
    read_search,
    source,
    visit,
)

# --- pages that may be missing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Unreachable("timed out"), Outcome.DOWN),
        (Refused("403"), Outcome.BLOCKED),
        (PageError("404"), Outcome.CHANGED),
        (WAITING_ROOM, Outcome.BUSY),
    ],
)
def test_a_visit_goes_on_without_a_page_it_can_miss_and_is_one_in_part(reply: Reply, outcome: Outcome) -> None:
    client = TableClient({SEARCH: halls("Gull"), MORE: reply, LAST: halls("Tern")})
    report = visit(Several(), source(), client)
    assert client.asked == [SEARCH, MORE, LAST]
    assert (names(report), report.outcome, report.whole) == (["Gull", "Tern"], outcome, False)
    assert report.wait_minutes == (4 if outcome is Outcome.BUSY else None)


def test_a_host_that_asks_us_to_slow_down_is_not_asked_again_in_this_visit() -> None:
    reply = Throttled("429", retry_after=900)
    client = TableClient({SEARCH: halls("Gull"), MORE: reply, LAST: halls("Tern")})
    report = visit(Several(), source(), client)
    assert client.asked == [SEARCH, MORE]
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.BUSY, False)
    assert report.next_after == 900


def test_a_visit_ends_at_a_page_it_cannot_miss_and_what_was_read_counts() -> None:
    client = TableClient({SEARCH: halls("Gull"), MORE: halls("Auk"), LAST: Unreachable("timed out")})
    report = visit(Several(), source(), client)
    assert (names(report), report.outcome, report.whole) == (["Gull", "Auk"], Outcome.DOWN, False)


def test_a_page_that_was_read_is_let_go_before_the_next_one_is_asked_for() -> None:
    read: list[ref[Page]] = []

    class Paged(Signs):
        next_page = "a"

        def rows_of(self, page: Page) -> Iterable[Node]:
            read.append(ref(page))
            return super().rows_of(page)

    class Watching(TableClient):
        async def get(self, request: Request) -> Answer:
            assert [page() for page in read] == [None] * len(self.asked)
            return await super().get(request)

    sign = "<p>Halls:</p><h2>{}</h2>"
    pages = {SEARCH: sign.format("Gull") + f"<a href='{MORE}'>", MORE: sign.format("Tern")}
    assert visit(Paged(), source(), Watching(pages)).whole
    assert len(read) == 2


# --- the deadline ---------------------------------------------------------------------------------------------------

SHORT = Pace(deadline=0.2)


class HangingClient(TableClient):
    """Never answers for an address that is not in its table."""

    async def get(self, request: Request) -> Answer:
        if request.url not in self.replies:
            self.asked.append(request.url)
            await asyncio.Event().wait()
        return await super().get(request)


def test_at_the_deadline_nothing_more_is_asked_for_and_what_was_read_counts() -> None:
    client = HangingClient({SEARCH: halls("Gull"), LAST: halls("Tern")})
    report = visit(Several(), source(pace=SHORT), client)

    assert client.asked == [SEARCH, MORE]
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.DOWN, False)
    assert "the visit took longer than 0.2 s" in report.message
    assert report.requests == 2


def test_an_adapter_that_joins_all_its_files_at_the_end_still_reports_those_that_came() -> None:
    class Joining(Several):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            first = await fetch(source.url)
            for url in (MORE, LAST):
                assert await fetch.or_none(url) is None
            yield first

    client = HangingClient({SEARCH: halls("Gull"), LAST: halls("Tern")})
    report = visit(Joining(), source(pace=SHORT), client)

    assert client.asked == [SEARCH, MORE]
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.DOWN, False)


def test_a_damaged_file_makes_the_visit_partial_and_is_named_without_its_query() -> None:
    class Damaged(Halls):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            page = await fetch(source.url)
            for name in ("a", "b"):
                fetch.damaged(f"https://user:key@gull.example/{name}.ndjson?sig=secret", "is empty")
            yield page

    report = visit(Damaged(), source(), TableClient({SEARCH: halls("Gull")}))
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.CHANGED, False)
    assert report.message == "https://gull.example/a.ndjson is empty"
    assert [(one.value, one.reason) for one in report.problems] == [
        ("'https://gull.example/a.ndjson'", "is empty"),
        ("'https://gull.example/b.ndjson'", "is empty"),
    ]


def test_an_adapter_that_waits_for_anything_else_is_stopped() -> None:
    class Waiting(Halls):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            yield await fetch(source.url)
            await asyncio.Event().wait()

    report = visit(Waiting(), source(pace=SHORT), TableClient({SEARCH: halls("Gull")}))
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.DOWN, False)


# --- implausible visits ---------------------------------------------------------------------------------------------

READINGS: tuple[Reading, ...] = read_search(*(clinic(f"Hall {n} on 05/20/2021") for n in range(4))).readings


def report_of(found: int, *, whole: bool = True, trusted_empty: bool = False) -> Report:
    return Report(
        source="example",
        outcome=Outcome.OK if found else Outcome.EMPTY,
        started_at=NOW,
        took=1.0,
        readings=READINGS[:found],
        whole=whole,
        trusted_empty=trusted_empty,
    )


@pytest.mark.parametrize(
    ("report", "expected", "doubted"),
    [
        (report_of(4), 4, 0),
        (report_of(2), 4, 0),
        (report_of(4), 0, 0),
        (report_of(0), 0, 0),
        (report_of(1), 4, 2),
        (report_of(0, trusted_empty=True), 4, 0),
        (report_of(1, whole=False), 4, 0),
        (report_of(0, whole=False), 4, 0),
    ],
    ids=["as many", "just half", "a first visit", "a first visit to nothing", "said for the third time",
         "a page that says it is empty", "in part", "nothing, in part"],
)  # fmt: skip
def test_a_plausible_report_is_taken_as_it_is(report: Report, expected: int, doubted: int) -> None:
    assert judged(report, expected, doubted) is report


@pytest.mark.parametrize(("found", "doubted"), [(1, 0), (1, 1), (0, 0), (0, 1)])
def test_fewer_than_half_of_the_locations_change_nothing_and_are_said_to(found: int, doubted: int) -> None:
    judgement = judged(report_of(found), 4, doubted)
    assert (judgement.outcome, judgement.readings, judgement.whole) == (Outcome.CHANGED, (), False)
    assert judgement.message.startswith(f"lists {found} locations where 4 were expected")
    assert f"visit {doubted + 1} of 3" in judgement.message
