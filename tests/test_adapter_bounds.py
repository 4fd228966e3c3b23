"""Pages that are built to stall a parser are refused; every other page is read."""

import pytest

from aggregator.adapter import Page, PageError
from aggregator.adapter.bounds import too_much
from aggregator.model import Answer
from tests.records import NOW

MANY = 40_000


def page(text: str) -> Page:
    return Page(Answer(url="https://a.example.org/", status=200, headers={}, body=text.encode(), fetched_at=NOW))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<b>" * MANY, "has 40000 elements inside one another"),
        ("<div>" * MANY + "</div>" * MANY, "has 40000 elements inside one another"),
        ("<DIV x=1>" * MANY, "has 40000 elements inside one another"),
        ("<a " + "b " * 200_000 + ">x</a>", "has an element with 200002 attributes"),
    ],
)
def test_a_page_that_would_stall_the_parser_is_refused(text: str, why: str) -> None:
    assert too_much(text) == why
    with pytest.raises(PageError, match="no page for people does"):
        _ = page(text).html


@pytest.mark.parametrize(
    "text",
    [
        "<ul>" + "<li>one<p>two" * MANY + "</ul>",
        "<p>1 < 2" * MANY,
        "<div>x</div>" * MANY,
        "<table>" + "<tr><td>1<td>2" * MANY + "</table>",
        "<script>" + "var a = 1; " * MANY + "</script>",
        '<img src="data:image/png;base64,' + "A b " * MANY + '">',
    ],
)
def test_a_long_page_is_read(text: str) -> None:
    assert too_much(text) == ""
