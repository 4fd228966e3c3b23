"""CSV: rows by their header, and truncated files."""

import csv
from contextlib import suppress
from time import perf_counter

import pytest

from aggregator.adapter import CsvAdapter, DataRow, Listing
from aggregator.adapter.table import read_csv
from aggregator.model import Outcome
from tests.support.pages import SEARCH, TableClient, names, source, visit

HALLS = 'name,town,note\r\nGull Hall,Salem,"ring, then wait"\r\nTern Hall,Lynn,\r\n'


class List(CsvAdapter):
    name = "list"
    title = "List"

    def listing(self, row: DataRow) -> Listing:
        return Listing(name=row["name"], city=row["town"])


@pytest.mark.parametrize(
    "text",
    [
        HALLS,
        HALLS.rstrip(),
        HALLS.replace("\r\n", "\n"),
        HALLS.replace("\r\n", "\r"),
        HALLS + "\r\n\r\n",
        HALLS.replace("Lynn,\r\n", "Lynn\r\n"),
        HALLS.replace("Lynn,\r\n", "Lynn,,,\r\n"),
        HALLS.replace("Lynn,", 'Lynn,"a\r\nb"'),
        "name,town,note\nGull Hall,Salem\nTern Hall,Lynn",
    ],
    ids=["as written", "no last line break", "LF", "CR", "blank lines", "a short line", "a long line",
         "a line in a cell", "short lines all along"],
)  # fmt: skip
def test_a_complete_list_is_read_completely(text: str) -> None:
    report = visit(List(), source(), TableClient({SEARCH: text}))
    assert (names(report), report.outcome, report.whole) == (["Gull Hall", "Tern Hall"], Outcome.OK, True)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("Auk Hall,Bos", "fewer than 3 cells"),
        ("Auk", "fewer than 3 cells"),
        ('Auk Hall,Boston,"ri', "a quote that is never closed"),
        ('"Auk Hall,Boston,ring\r\nSkua Hall,Boston,\r\n', "a quote that is never closed"),
    ],
)
def test_a_truncated_last_row_is_dropped_and_the_visit_is_partial(end: str, reason: str) -> None:
    report = visit(List(), source(), TableClient({SEARCH: HALLS + end}))
    assert (names(report), report.outcome, report.whole) == (["Gull Hall", "Tern Hall"], Outcome.OK, False)
    assert (report.rows, report.unread) == (3, 1)
    assert reason in report.problems[0].reason
    assert "Auk" in report.problems[0].value


def test_a_list_whose_only_row_is_truncated_is_not_an_empty_list() -> None:
    report = visit(List(), source(), TableClient({SEARCH: "name,town,note\nGull"}))
    assert (report.outcome, report.whole, report.trusted_empty) == (Outcome.CHANGED, False, False)


@pytest.mark.parametrize("unit", ['"', ',"', '\n"', 'a"b,"', '"a"b,', '\n"a""'])
def test_unclosed_quotes_take_only_linear_time(unit: str) -> None:
    started = perf_counter()
    with suppress(csv.Error):  # a field that is too long
        read_csv("name,town\n" + unit * (300_000 // len(unit)))
    assert perf_counter() - started < 5
