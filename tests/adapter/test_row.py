"""What a row gives `listing`: its own values, and its page, source, and context."""

import json

import pytest

from aggregator.adapter import DataRow, Html, HtmlRow, Page, Row, read
from tests.support.pages import answer, source

HALL = """<li class="hall"><h2>Gull
  Hall</h2><p><strong>Hours :</strong> 9 - 5</p><a class="book" href="/book/7">Book</a><i>full</i></li>"""


def hall() -> HtmlRow:
    (node,) = Html(HALL).css("li")
    return HtmlRow(node, Page(answer(HALL)), source())


def store(record: object) -> DataRow:
    return DataRow(record, Page(answer(json.dumps(record))), source())


def test_an_html_row_reads_texts_attributes_and_labels() -> None:
    row = hall()
    assert (row.line("h2"), row.text("a"), row.attr("a.book", "href")) == ("Gull Hall", "Book", "/book/7")
    assert row.labelled() == {"hours": "9 - 5"}
    assert [node.tag for node in row.css("h2, i")] == ["h2", "i"]
    assert (row.has("i"), row.has("b")) == (True, False)


def test_missing_parts_of_an_html_row_are_empty() -> None:
    row = hall()
    assert (row.text("b"), row.line("b"), row.attr("b", "href"), row.attr("a", "title")) == ("", "", "", "")


def test_a_data_row_can_be_read_like_a_mapping() -> None:
    row = store({"name": "Gull Hall", "town": "Boston", "phone": None})
    assert (row["name"], row.get("phone", "none"), row.get("zip", "none")) == ("Gull Hall", None, "none")
    assert ("town" in row, "zip" in row, list(row), len(row)) == (True, False, ["name", "town", "phone"], 3)
    assert read.copied(row, name="name", city="town") == {"name": "Gull Hall", "city": "Boston"}
    with pytest.raises(KeyError, match="zip"):
        row["zip"]


@pytest.mark.parametrize("value", [None, 7, "Gull Hall", ["Gull Hall"]])
def test_a_row_that_is_not_a_record_fails_when_it_is_read(value: object) -> None:
    with pytest.raises((TypeError, AttributeError)):
        store(value)["name"]
    with pytest.raises((TypeError, AttributeError)):
        store(value).get("name")


def test_a_row_gives_access_to_its_page_and_source() -> None:
    page, where = Page(answer("{}")), source(options={"place": "Gull Hall"})
    row = Row("7", page, where)
    assert (row.value, row.page, row.source.options, row.context) == ("7", page, {"place": "Gull Hall"}, None)


def test_a_page_context_is_passed_to_the_rows_of_that_page_only() -> None:
    page = Page(answer('{"stores": [7]}'))
    north, south = page.with_context("North"), page.with_context("South")
    contexts = [Row(7, each, source()).context for each in (north, page, south)]
    assert contexts == ["North", None, "South"]


def test_a_page_with_a_context_is_not_parsed_again() -> None:
    page = Page(answer("<p>Gull Hall</p>"))
    tree = page.html
    assert page.with_context("North").html is tree
