"""One visit to one source: whatever happens, its report states what was read and whether that was everything."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest

from aggregator.adapter import Adapter, DataRow, Fetch, Page, SourceInfo
from aggregator.errors import (
    ConfigError,
    PageError,
    RecordError,
    Refused,
    Throttled,
    Unreachable,
    WaitingRoom,
)
from aggregator.model import Listing, LocationType, Outcome, Problem
from aggregator.visit import one_visit as collect
from tests.support.pages import (
    NOW,
    SEARCH,
    WAITING_ROOM,
    Reply,
    TableClient,
    answer,
    names,
    only_reading,
    source,
    visit,
)
from tests.support.small_adapters import LAST, Halls, Signs, ThreePages, halls, visit_with

# --- the outcome of a visit -----------------------------------------------------------------------------------------


def test_a_report_counts_requests_and_rows() -> None:
    body = halls("Gull", "skip", "Tern")
    report = visit_with(answer(body, cache_control="public, max-age=300"))

    assert (report.source, report.outcome, report.whole, report.message) == ("example", Outcome.OK, True, "")
    assert (names(report), report.rows, report.unread) == (["Gull", "Tern"], 3, 0)
    assert (report.requests, report.received, report.next_after) == (1, len(body), 300)
    assert (report.started_at, report.took) == (NOW, 0)


@pytest.mark.parametrize(
    ("error", "outcome", "wait"),
    [
        (Unreachable("timed out"), Outcome.DOWN, 0),
        (Throttled("429", retry_after=900), Outcome.BUSY, 900),
        (WaitingRoom("a line"), Outcome.BUSY, 0),
        (Refused("403"), Outcome.BLOCKED, 0),
        (PageError("404"), Outcome.CHANGED, 0),
    ],
)
def test_a_failed_request_sets_the_outcome_and_changes_no_answer(error: Reply, outcome: Outcome, wait: float) -> None:
    report = visit_with(error)
    assert (report.outcome, report.message, report.next_after) == (outcome, str(error), wait)
    assert (report.readings, report.whole, report.trusted_empty) == ((), False, False)


@pytest.mark.parametrize(
    ("body", "minutes"),
    [(WAITING_ROOM, 4), (halls("Gull"), None), ("<title>Access denied</title><p>Estimated wait: 4 minutes</p>", None)],
)
@pytest.mark.parametrize("adapter", [Halls(), Signs()])
def test_only_a_waiting_room_gives_a_report_an_estimated_wait(adapter: Adapter, body: str, minutes: int | None) -> None:
    assert visit_with(body, adapter).wait_minutes == minutes


@pytest.mark.parametrize(
    ("adapter", "body", "trusted"),
    [(Halls(), halls(), False), (Halls(), halls("skip"), False), (Signs(), "Halls: no halls", True)],
    ids=["an empty list", "rows of others only", "a page that says so"],
)
def test_an_empty_list_is_trusted_immediately_only_if_the_page_states_it(
    adapter: Adapter, body: str, trusted: bool
) -> None:
    report = visit_with(body, adapter)
    assert (report.outcome, report.whole, report.trusted_empty) == (Outcome.EMPTY, True, trusted)


@pytest.mark.parametrize(
    "body",
    ["", "null", "7", '"halls"', "[]", "{}", '{"halls": {}}', '{"halls": "Gull"}', '{"halls": null}', "{halls: []}",
     halls("Gull")[:-4], "[" * 100_000, "\x00", "Halls: no halls"],
)  # fmt: skip
def test_json_of_the_wrong_shape_is_never_an_empty_list(body: str) -> None:
    report = visit_with(body)
    assert (report.outcome, report.readings, report.whole) == (Outcome.CHANGED, (), False)
    assert report.message.startswith(SEARCH)


@pytest.mark.parametrize(
    "body", ["\ufeff" + halls("Gull"), '{"halls": ["Gull\t"]}'], ids=["byte order mark", "raw tab"]
)
def test_unusual_json_is_accepted(body: str) -> None:
    assert names(visit_with(body)) == ["Gull"]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (WAITING_ROOM, Outcome.BUSY),
        ("<title>Access denied</title>", Outcome.BLOCKED),
        ("<title>Application Error</title>", Outcome.DOWN),
        ("<title>Welcome</title>", Outcome.CHANGED),
    ],
)
@pytest.mark.parametrize("adapter", [Halls(), Signs()])
def test_a_web_page_other_than_the_expected_one_is_recognized(adapter: Adapter, body: str, outcome: Outcome) -> None:
    assert visit_with(body, adapter).outcome is outcome


# --- encodings ------------------------------------------------------------------------------------------------------

SIGN = "<meta charset='{}'>Halls: <h2>Café</h2>"


@pytest.mark.parametrize(
    ("body", "label", "expected"),
    [
        (SIGN.format("utf-8").encode(), "", "Café"),
        (SIGN.format("iso-8859-1").encode("latin-1"), "", "Café"),
        (SIGN.format("utf-8").encode("latin-1"), "text/html; charset=ISO-8859-1", "Café"),
        (SIGN.format("utf-8").encode(), "text/html; charset=ascii", "Café"),
        (SIGN.format("klingon").encode(), "text/html; charset=klingon", "Café"),
        (SIGN.format("utf-8").encode("latin-1"), "text/html; charset=utf-8", "Caf\ufffd"),
        (SIGN.format("klingon").encode("latin-1"), "text/html", "Café"),
        ("\ufeff".encode() + SIGN.format("iso-8859-1").encode(), "text/html; charset=iso-8859-1", "Café"),
    ],
    ids=["UTF-8", "named in the page", "the header before the page", "a wrong header", "a name of none",
         "a byte that is no text", "no UTF-8, and no name", "a byte order mark"],
)  # fmt: skip
def test_text_is_decoded_as_a_browser_would(body: bytes, label: str, expected: str) -> None:
    assert names(visit_with(answer(body, content_type=label), Signs())) == [expected]


@pytest.mark.parametrize("name", ["hz-gb-2312", "utf-16"])
def test_a_charset_label_that_garbles_a_page_does_not_make_it_empty(name: str) -> None:
    report = visit_with(answer("Halls: no halls!", content_type=f"text/html; charset={name}"), Signs())
    assert (report.outcome, report.whole) == (Outcome.CHANGED, False)


# --- rows -----------------------------------------------------------------------------------------------------------


def test_unreadable_rows_are_counted_shown_first_and_make_the_visit_partial() -> None:
    report = visit_with(halls("Gull of Elixir", 7, "Tern of Elixir", None, " "))

    assert names(report) == ["Gull of Elixir", "Tern of Elixir"]
    assert (report.outcome, report.rows, report.unread, report.whole) == (Outcome.CHANGED, 5, 3, False)
    assert report.message.startswith(f"{SEARCH}: 3 of 5 rows could not be read; the first: row: AttributeError")
    assert report.message.endswith("(seen: 7); correct the adapter if its page has changed")
    assert [problem.field for problem in report.problems] == ["row", "row", "name", "product"]
    assert report.problems[0] == Problem(
        field="row", value="7", reason="AttributeError: 'int' object has no attribute 'partition'"
    )


def test_many_problems_are_cut_but_the_failed_row_is_shown() -> None:
    report = visit_with(halls(*(f"Hall {n} of Elixir {n}" for n in range(200)), 7))
    assert (len(report.problems), report.problems[0].field, report.unread) == (50, "row", 1)
    assert report.outcome is Outcome.OK


class Raising(Halls):
    """Fails on the row "bad" with a given error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def listing(self, row: DataRow) -> Listing | None:
        if row.value == "bad":
            raise self.error
        return super().listing(row)


ERRORS = [
    ValueError("\u202e\x07\ud800 <b>" + "x" * 100_000),
    KeyError("hours"),
    StopIteration(),
    RecursionError(),
    MemoryError(),
    TimeoutError(),
    AssertionError(),
    PageError("not this page"),
    RecordError("count", "y" * 100_000, "is none"),
    ConfigError("no such option"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_adapter_error_on_a_row_loses_only_that_row(error: Exception) -> None:
    report = visit_with(halls("Gull", "bad", "Tern"), Raising(error))

    assert (names(report), report.outcome, report.unread) == (["Gull", "Tern"], Outcome.OK, 1)
    (problem,) = report.problems
    assert len(problem.value) <= 80
    assert len(problem.reason) <= 200
    assert problem.reason.isprintable()


def test_a_row_that_cannot_even_be_shown_is_lost_alone() -> None:
    class Hidden:
        def __repr__(self) -> str:
            raise RuntimeError

    class Odd(Halls):
        def rows_of(self, page: Page) -> Iterable[Any]:
            return ["Gull", Hidden(), "Tern"]

    report = visit_with(halls(), Odd())
    assert (names(report), report.unread) == (["Gull", "Tern"], 1)
    assert report.problems[0].value == "a Hidden that cannot be printed (RuntimeError)"


class Failing(ThreePages):
    """Fails at a given place."""

    def __init__(self, place: str, error: Exception) -> None:
        self.place, self.error = place, error

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        yield await fetch(source.url)
        self._fail("pages")
        yield await fetch(LAST)

    def rows_of(self, page: Page) -> Iterator[Any]:
        if page.url == LAST:
            self._fail("rows_of")
        yield from super().rows_of(page)
        if page.url == LAST:
            self._fail("the end of rows_of")

    def says_empty(self, page: Page) -> bool:
        self._fail("says_empty")
        return True

    def _fail(self, place: str) -> None:
        if place == self.place:
            raise self.error


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", ["pages", "rows_of", "the end of rows_of", "says_empty"])
def test_after_an_adapter_error_elsewhere_the_rows_read_before_count(place: str, error: Exception) -> None:
    replies: dict[str, Reply] = {SEARCH: halls("Gull"), LAST: halls() if place == "says_empty" else halls("Tern")}
    report = visit(Failing(place, error), source(), TableClient(replies))

    assert names(report) == (["Gull", "Tern"] if place == "the end of rows_of" else ["Gull"])
    assert report.outcome is (Outcome.DOWN if isinstance(error, TimeoutError) else Outcome.CHANGED)
    assert (report.whole, report.trusted_empty) == (False, False)
    assert 0 < len(report.message) <= 500
    assert report.message.isprintable()


def test_an_adapter_that_lists_endless_rows_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "MAX_ROWS", 10)

    class Endless(Halls):
        def rows_of(self, page: Page) -> Iterator[Any]:
            number = 0
            while True:
                number += 1
                yield f"Hall {number}"

    report = visit_with(halls(), Endless())
    assert (len(report.readings), report.outcome, report.whole) == (10, Outcome.CHANGED, False)
    assert report.message == f"{SEARCH} lists more than 10 rows; the rows after that were not read"


def test_the_region_files_location_type_overrides_the_adapters() -> None:
    client = TableClient({SEARCH: halls("Gull")})
    report = visit(Halls(), source(location_type=LocationType.MASS_VAX), client)
    assert only_reading(report).location.location_type is LocationType.MASS_VAX


def test_an_adapter_that_fails_on_a_page_names_it_and_the_next_step() -> None:
    replies: dict[str, Reply] = {SEARCH: halls("Gull"), LAST: halls("Tern")}
    report = visit(Failing("rows_of", KeyError("town")), source(), TableClient(replies))
    assert report.outcome is Outcome.CHANGED
    assert report.message.startswith(f"{LAST} is not the page that halls knows (KeyError: 'town'); look at it")
