"""Which responses are read in this process, and which in a worker."""

import pytest

from aggregator.model import Answer
from aggregator.visit.long_visits import IN_PROCESS
from aggregator.visit.reading_time import reading_time
from tests.support.records import NOW


def answer(body: str, kind: str = "") -> Answer:
    headers = {"content-type": kind} if kind else {}
    return Answer(url="https://a.example.org/", status=200, headers=headers, body=body.encode(), fetched_at=NOW)


def of_size(size: int, row: str, before: str = "") -> str:
    return before + row * ((size - len(before)) // len(row))


@pytest.mark.parametrize(
    ("size", "body"),
    [
        (150_000, of_size(150_000, "<p>Hours: 9 am to 5 pm, walk in\n", "<!doctype html>")),
        (250_000, of_size(250_000, '{"name": "Gull Hall", "address": "1 Kite St, Boston"},\n', "[")),
        (150_000, of_size(150_000, "Gull Hall,1 Kite St,Boston,yes\n")),
    ],
)
def test_an_ordinary_page_is_read_in_this_process_and_a_large_one_is_not(size: int, body: str) -> None:
    assert size * 0.9 < len(body) <= size
    assert reading_time(answer(body)) <= IN_PROCESS < reading_time(answer(body * 3))


def test_only_a_small_calendar_is_read_in_this_process_whatever_its_content_type() -> None:
    event = "BEGIN:VEVENT\nUID:1\nDTSTART:20260305T090000\nEND:VEVENT\n"
    assert reading_time(answer(event * 150), calendar=True) <= IN_PROCESS
    for before, kind in (("", "text/calendar"), ("<p>", "text/html"), ("[", "application/json")):
        assert reading_time(answer(before + event * 300, kind), calendar=True) > IN_PROCESS


def test_short_records_count_one_by_one() -> None:
    assert reading_time(answer("7\n" * 20_000)) <= IN_PROCESS < reading_time(answer("{}\n" * 50_000))
