"""Lists of records: which JSON is one, and what a visit does when one is not."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from aggregator.adapter import Fetch, Listing, Page, PageAdapter, PageError, RecordError, Row, SourceInfo, read
from aggregator.errors import Unreachable
from tests.support.pages import SITE, TableClient, answer, source, visit


def page(value: Any) -> Page:
    return Page(answer(value if isinstance(value, str) else json.dumps(value)))


@pytest.mark.parametrize(
    "value", [[{"date": "d"}, {"date": "e", "more": 1}], {"value": [{"date": "d"}]}, [], {"dates": []}]
)
def test_a_list_of_records_may_be_wrapped_in_an_object_that_holds_nothing_else(value: Any) -> None:
    expected = value if isinstance(value, list) else next(iter(value.values()))
    assert page(value).records("date") == expected


@pytest.mark.parametrize(
    "value",
    [
        {"errorMessage": "closed"},
        {"value": [], "errorMessage": "closed"},
        {},
        None,
        "<html>Maintenance</html>",
        ["2026-10-06"],
        [{"day": "d"}],
        [{"date": "d"}, {"date": None}],
    ],
)
def test_anything_else_is_an_error_and_never_an_empty_list(value: Any) -> None:
    with pytest.raises(PageError):
        page(value).records("date")


class Lists(PageAdapter):
    """Reads two lists; the first may be missing."""

    name = "lists"
    title = "Lists"

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        found = await read.try_records(fetch, f"{SITE}/first", "date", params={"a": "1"})
        yield (await fetch(f"{SITE}/second")).with_context(found)

    def listing(self, row: Row) -> Listing:
        return Listing(name=f"found {row.context}", count=1)


@pytest.mark.parametrize(
    ("first", "name", "outcome"),
    [
        ('[{"date": "d"}]', "found [{'date': 'd'}]", "OK"),
        ("[]", "found []", "OK"),
        ('{"errorMessage": "closed"}', "found None", "CHANGED"),
        (Unreachable("broken; wait"), "found None", "DOWN"),
    ],
)
def test_a_list_that_cannot_be_read_makes_the_visit_partial_and_is_not_empty(
    first: Any, name: str, outcome: str
) -> None:
    report = visit(Lists(), source(), TableClient({f"{SITE}/first?a=1": first, f"{SITE}/second": "{}"}))
    assert [reading.location.name.lower() for reading in report.readings] == [name.lower()]
    assert (report.outcome, report.whole) == (outcome, outcome == "OK")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"names": {"en": "North"}}', {"names": {"en": "North"}}),
        ("[1]", {}),
        ("North", {}),
        ("", {}),
        (None, {}),
        ({"a": 1}, {}),
        ("[" * 100_000, {}),
    ],
)
def test_nested_reads_an_object_in_a_text_and_takes_anything_else_for_none(text: object, found: dict[str, Any]) -> None:
    assert read.nested(text) == found


def test_translated_gives_the_language_or_the_only_one() -> None:
    assert read.translated({"pl": "Port", "en": "Harbor"}, "en") == "Harbor"
    assert read.translated({"pl": "Port"}, "en") == "Port"
    assert read.translated({"pl": "Port", "uk": "Порт"}, "en") is None
    assert read.translated({"en": "", "pl": "Port"}, "en") is None
    assert read.translated("Port", "en") is None
    assert read.translated({}, "en") is None


@pytest.mark.parametrize(
    ("start", "minutes", "found"),
    [
        ("2026-09-15T23:50", 15, "2026-09-16T00:05:00"),
        ("2026-10-31T20:30:00.000-04:00", 30, "2026-10-31T21:00:00-04:00"),
        ("2026-09-15T22:00:00.000Z", 30, "2026-09-15T22:30:00+00:00"),
        ("20260915T00:00", 545, "2026-09-15T09:05:00"),
    ],
)
def test_later_adds_minutes_to_an_iso_time(start: str, minutes: int, found: str) -> None:
    assert read.later(start, minutes) == found


@pytest.mark.parametrize(("start", "minutes"), [("Tuesday", 5), ("", 5), ("2026-09-15T09:00", 10**12), (None, 5)])
def test_later_loses_the_row_of_a_time_that_it_cannot_read(start: Any, minutes: int) -> None:
    with pytest.raises(RecordError):
        read.later(start, minutes)
