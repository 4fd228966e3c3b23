"""Where a JsonAdapter finds its rows and its next page."""

import json
from typing import Any

import pytest

from aggregator.adapter import DataRow, JsonAdapter, Listing, Page, PageError
from aggregator.model import Answer
from tests.support import pages
from tests.support.records import NOW


def rows(path: str, body: Any) -> list[Any]:
    class Stores(JsonAdapter):
        name = "stores"
        title = "Stores"
        rows = path

        def listing(self, row: DataRow) -> Listing | None:
            return None

    text = json.dumps(body).encode()
    page = Page(Answer(url="https://a.example.org/", status=200, headers={}, body=text, fetched_at=NOW))
    return list(Stores().rows_of(page))


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("", [1, 2], [1, 2]),
        ("data.stores", {"data": {"stores": [1]}}, [1]),
        ("data.stores", {"data": {"stores": []}}, []),
        ("stores.*", {"stores": {"7": 1, "8": 2}}, [1, 2]),
        ("*", {"7": 1}, [1]),
        ("towns.*.stores", {"towns": [{"stores": [1, 2]}, {"stores": []}, {"stores": [3]}]}, [1, 2, 3]),
        ("*.*", {"a": {"b": 1}, "c": [2]}, [1, 2]),
    ],
)
def test_rows_are_found_by_their_path(path: str, body: Any, expected: list[Any]) -> None:
    assert rows(path, body) == expected


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"a": []}),
        ("", "text"),
        ("data.stores", {"data": None}),
        ("data.stores", {"data": {"stores": {"7": 1}}}),
        ("stores.*", {"stores": "text"}),
        ("towns.*.stores", {"towns": [{"stores": [1]}, {}]}),
    ],
)
def test_a_missing_list_is_not_an_empty_list(path: str, body: Any) -> None:
    with pytest.raises(PageError, match="has no list at"):
        rows(path, body)


class Paged(JsonAdapter):
    """Reads a list of names; the link to the next page is optional."""

    name = "paged"
    title = "Paged"
    rows = "halls"
    next_page = "links.next"

    def listing(self, row: DataRow) -> Listing:
        return Listing(name=row.value)


def visit(*answers: Any) -> Any:
    """The report of a visit to pages 1, 2, …, with these answers."""
    urls = [pages.SEARCH, *(f"{pages.SEARCH}?page={number}" for number in range(2, len(answers) + 1))]
    client = pages.TableClient({url: json.dumps(one) for url, one in zip(urls, answers, strict=True)})
    return pages.visit(Paged(), pages.source(), client)


@pytest.mark.parametrize(
    "last", [{}, {"links": None}, {"links": {}}, {"links": {"next": None}}, {"links": {"next": ""}}]
)
def test_pages_are_read_until_one_names_no_next_page(last: dict[str, Any]) -> None:
    report = visit({"halls": ["A"], "links": {"next": "?page=2"}}, {"halls": ["B"], **last})
    assert (pages.names(report), report.whole) == (["A", "B"], True)


@pytest.mark.parametrize(("link", "reason"), [("?page=2", "loops endlessly"), (7, "expected the URL of its next page")])
def test_a_pager_that_loops_or_is_none_makes_the_visit_partial(link: Any, reason: str) -> None:
    report = visit({"halls": ["A"], "links": {"next": "?page=2"}}, {"halls": ["B"], "links": {"next": link}})
    assert (pages.names(report), report.whole) == (["A", "B"], False)
    assert reason in report.message
