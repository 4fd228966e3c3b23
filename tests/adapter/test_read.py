"""Reading fields of a row and of a page: missing data is reported and counted, never read as empty."""

import re
from typing import Any

import pytest

from aggregator.adapter import Available, Html, Page, PageError, RecordError, line, read
from tests.support.pages import SEARCH, answer, source

STORE: dict[str, Any] = {"n": "Gull Pharmacy", "a1": "1 Kite St", "a2": None, "zip": None}


def test_fields_are_copied_unchanged_and_several_keys_become_lines() -> None:
    assert read.copied(STORE, name="n", address=("a1", "a2"), postal_code="zip") == {
        "name": "Gull Pharmacy",
        "address": ("1 Kite St", ""),
        "postal_code": None,
    }


def test_a_missing_required_field_fails_the_row_and_an_optional_one_is_empty() -> None:
    with pytest.raises(KeyError, match="city"):
        read.copied(STORE, city="city")
    assert read.given(STORE, city="city", postal_code="zip", name="n") == {
        "city": "",
        "postal_code": "",
        "name": "Gull Pharmacy",
    }


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"lat": 42.1, "lng": -71.2}, (42.1, -71.2)),
        ({"lat": "42.1", "lng": "-71.2"}, ("42.1", "-71.2")),
        ({"lat": 0, "lng": 0}, (0, 0)),  # `normalize` reports that it is not an inhabited place
        ({"lat": 42.1, "lng": None}, None),
        ({"lat": "", "lng": ""}, None),
        ({"lat": 42.1}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_position_needs_both_numbers(row: dict[str, Any] | None, found: object) -> None:
    assert read.point(row, "lat", "lng") == found


@pytest.mark.parametrize("damaged", [None, "true", 1, 0, ""])
def test_an_invalid_flag_is_not_a_no(damaged: object) -> None:
    assert (read.flag({"open": True}, "open"), read.flag({"open": False}, "open")) == (True, False)
    with pytest.raises(RecordError, match="neither true nor false"):
        read.flag({"open": damaged}, "open")


def test_an_unexpected_answer_is_unknown() -> None:
    words = {word: read.answer(word, "Available", "Full") for word in ("Available", "Full", "Soon")}
    assert words == {"Available": Available.YES, "Full": Available.NO, "Soon": Available.UNKNOWN}
    assert [read.answer(value) for value in (True, False, None, "true")] == ["YES", "NO", "UNKNOWN", "UNKNOWN"]


def test_a_word_without_a_meaning_is_an_error_that_lists_the_known_words() -> None:
    meanings = {"phone": "Call", "": "Look"}
    assert [read.meaning({"how": word}, "how", meanings) for word in ("phone", "")] == ["Call", "Look"]
    with pytest.raises(RecordError, match=r"how: is not one of phone; it may be empty.*fax"):
        read.meaning({"how": "fax"}, "how", meanings)


def test_only_non_empty_texts_become_lines() -> None:
    assert read.lines("Entrance A", "", None, "Walk-in") == "Entrance A\nWalk-in"


def test_a_row_without_its_state_fails_instead_of_being_skipped() -> None:
    ours = source(states=("MA", "RI"))
    assert (read.in_states("RI", ours), read.in_states("NH", ours)) == (True, False)
    for missing in (None, "", "Suffolk", 7):
        with pytest.raises(RecordError, match="whether the place is in MA or RI"):
            read.in_states(missing, ours)


@pytest.mark.parametrize(
    ("written", "found"),
    [("ri", True), ("R.I.", True), ("Rhode Island", True), ("New Hampshire", False), ("n.h.", False)],
)
def test_a_state_filter_accepts_every_spelling(written: str, found: bool) -> None:
    assert read.in_states(written, source(states=("MA", "RI"))) is found


def test_a_table_keyed_by_state_accepts_every_spelling() -> None:
    assert [read.of_state({key: 1}, "RI") for key in ("RI", "ri", "Rhode Island")] == [1, 1, 1]
    with pytest.raises(KeyError):
        read.of_state({"MA": 1}, "RI")


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("1 Kite St, Gull Bay, RI, 02903", "RI"),
        ("1 Kite St, Gull Bay, r.i. 2903 (rear)", "RI"),
        ("1 Kite St, Gull Bay, Rhode Island, US", "RI"),
        ("1 Kite St, Gull Bay", ""),
    ],
)
def test_the_state_is_read_from_the_end_of_an_address(address: str, state: str) -> None:
    assert read.state_at_end(address) == state


def test_a_number_is_read_as_text_and_a_list_is_not() -> None:
    assert [read.plain(value) for value in ("a", 12, 12.0, None)] == ["a", "12", "12", ""]
    with pytest.raises(RecordError, match="is a list; expected text"):
        read.plain([1])


def test_page_text_is_read_as_one_line() -> None:
    assert line(Html("<p>Gull\n   Hall <b>\nat noon</b></p>").css_first("p")) == "Gull Hall at noon"
    assert line(None) == ""


def test_text_in_scripts_and_templates_is_ignored() -> None:
    hidden = "<script>Sold out</script><style>p {}</style><template><p>Closed</p></template>"
    page = Page(answer(f"<body>{hidden}<p>Open\n from <br>nine</p></body>"))

    assert page.shown == "Open from nine"
    assert page.html.css_matches("template")


def test_a_page_without_its_expected_text_is_a_changed_page() -> None:
    page = Page(answer('<script>{"buildId": "b7"}</script>'))
    assert page.found(re.compile(r'"buildId": "(\w+)"'))[1] == "b7"
    with pytest.raises(PageError, match=f"{SEARCH} contains nothing that matches 'oSlt'; it begins .*; look at it"):
        page.found(re.compile("oSlt"))


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ('"<ul class="a"><li>Moderna, Pfizer</li></ul>"', '<ul class="a"><li>Moderna, Pfizer</li></ul>'),
        ('"<ul class=""a""><li>Moderna, Pfizer</li></ul>"', '<ul class="a"><li>Moderna, Pfizer</li></ul>'),
        ('"Moderna, Pfizer"', "Moderna, Pfizer"),
        ("Moderna", "Moderna"),
    ],
)
def test_unescaped_quotes_in_a_csv_do_not_truncate_its_cells(written: str, cell: str) -> None:
    (row,) = Page(answer(f"name,vaccines,free\nGull Hall,{written},2\n")).csv
    assert row == {"name": "Gull Hall", "vaccines": cell, "free": "2"}
