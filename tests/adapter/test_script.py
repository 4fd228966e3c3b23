"""JSON in a variable of a script: read from its bracket to the matching one, and refused where it is unclear."""

from typing import Any

import pytest

from aggregator.adapter import Page, PageError
from aggregator.adapter.limits import JSON
from tests.support.pages import answer


def page(script: str) -> Page:
    return Page(answer(f"<html><body><script>{script}</script></body></html>"))


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("var places = [1, 2];", [1, 2]),
        ("var places = [1, 2]\nvar others = [3]", [1, 2]),
        ('let  places={"a": "];</b>", "b": [{}]};', {"a": "];</b>", "b": [{}]}),
        ("const places =\n  []", []),
        ('var places = ["a\tb"]', ["a\tb"]),  # a raw tab in a string
        ("var morePlaces = [1]; var places2 = [2]; var places = [3]", [3]),
        ("var places = null; places = [1]; var places = [2]", [2]),
    ],
)
def test_the_value_is_read_by_a_decoder_and_what_follows_does_not_matter(script: str, value: Any) -> None:
    assert page(script).script_json("places") == value


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("", "has no list or object in a script variable places"),
        ("var places = null;", "has no list or object"),
        ("places = [1];", "has no list or object"),
        ("var places = [1]; var places = [2];", "declares the script variable places 2 times"),
        ("var places = [1, 2", "has no JSON in the script variable places"),
        ("var places = [{a: 1}];", "has no JSON in the script variable places"),
        (f"var places = {'[' * 200}{']' * 200};", "nests lists or objects deeper than 100 levels"),
        (f"var places = {'[' * 100_000};", "nests lists or objects deeper than 100 levels"),
    ],
)
def test_a_variable_that_cannot_be_read_is_an_error_of_the_page(script: str, reason: str) -> None:
    with pytest.raises(PageError, match=reason):
        page(script).script_json("places")


def test_a_page_beyond_the_limits_of_json_is_not_read() -> None:
    with pytest.raises(PageError, match="may have at most"):
        page("var places = [" + "," * JSON.rows + "]").script_json("places")
