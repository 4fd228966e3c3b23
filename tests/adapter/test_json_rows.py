"""Where a JsonAdapter finds its rows."""

import json
from typing import Any

import pytest

from aggregator.adapter import DataRow, JsonAdapter, Listing, Page, PageError
from aggregator.model import Answer
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
