"""States in every form that sources use, and whether a place is in the region."""

import time

import pytest

from aggregator.clean.state import read_state, state_is_in, take_state, up_to_state


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ("MA", "MA"),
        ("Ma", "MA"),
        (" wa ", "WA"),
        ("Rhode Island", "RI"),
        ("r.i.", "RI"),
        ("R. I.", "RI"),
        ("R I", "RI"),
        ("Mass.", "MA"),
        ("calif", "CA"),
        ("Penn.", "PA"),
        ("Penna.", "PA"),
        ("W.Va.", "WV"),
        ("W. Va.", "WV"),
        ("N.Mex.", "NM"),
        ("So. Dakota", "SD"),
        ("N. Carolina", "NC"),
        ("U.S. Virgin Islands", "VI"),
        ("WA - Washington", "WA"),
        ("Rhode Island (RI)", "RI"),
        ("Rhode Island, USA", "RI"),
        ("Washington State", "WA"),
        ("US-RI", "RI"),
        ("Commonwealth of Massachusetts", "MA"),
        ("StatePicklistChoiceSet.Rhode Island", "RI"),
        ("D.C.", "DC"),
        ("Washington, D.C.", "DC"),
        ("West Virginia", "WV"),
        ("RI - Massachusetts", ""),
        ("Big Horn", ""),
        ("02905", ""),
        ("June 2, 2021", ""),
        ("", ""),
    ],
)
def test_state_fields_are_read_in_every_known_form(found: str, code: str) -> None:
    assert read_state(found) == code


@pytest.mark.parametrize(
    ("line", "rest", "code"),
    [
        ("Wheeling West Virginia", "Wheeling", "WV"),
        ("Gull Bay, R.I.", "Gull Bay", "RI"),
        ("Gull Bay R. I.", "Gull Bay", "RI"),
        ("Albany, N Y", "Albany", "NY"),
        ("Worcester Mass", "Worcester", "MA"),
        ("Chicago, Ill", "Chicago", "IL"),
        ("Chicago Ill.", "Chicago", "IL"),
        ("Charleston, W. Va.", "Charleston", "WV"),
        ("Washington, D.C.", "Washington", "DC"),
        ("Mount Penn", "Mount Penn", ""),  # a town
        ("John Gull, M.D.", "John Gull, M.D.", ""),
        ("1 Kite Ave N.E.", "1 Kite Ave N.E.", ""),
    ],
)
def test_a_state_is_read_from_the_end_of_a_line_but_lookalike_words_are_not(line: str, rest: str, code: str) -> None:
    assert take_state(line) == (rest, code)


@pytest.mark.parametrize("spelling", ["RI", "ri", "RI ", "r.i.", "R. I.", "Rhode Island", "rhode  island", "RI, USA"])
def test_a_filter_treats_every_spelling_of_a_state_alike(spelling: str) -> None:
    assert (state_is_in(spelling, ("MA", "RI")), state_is_in(spelling, ("MA",))) == (True, False)


def test_a_french_department_is_compared_by_its_number() -> None:
    assert [state_is_in(state, ("01", "2A", "974")) for state in ("01", "2a", "974", "69", "2B")] == [
        True, True, True, False, False
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [("ON", False), ("", None), ("Suffolk", None), ("US", None), ("N/A", None)]
)
def test_a_province_is_outside_the_states_and_other_text_is_unknown(text: str, expected: bool | None) -> None:
    assert state_is_in(text, ("RI",)) is expected


@pytest.mark.parametrize(
    ("text", "states", "expected"),
    [
        ("1 Kite St\r\nJoliet IL 60433\r\nEnter at the back", ("IL",), "1 Kite St\r\nJoliet IL 60433"),
        ("Illinois Ave, Joliet, Ill. Ask for Ann", ("IL",), "Illinois Ave, Joliet, Ill. "),
        ("1 Kite St, joliet il 60433, in the hall", ("IL",), "1 Kite St, joliet il 60433"),
        ("1 Kite St, Salem, R.I. 02903-1234 or by phone", ("RI", "OR"), "1 Kite St, Salem, R.I. 02903-1234"),
        ("In the hall or outside", ("OR", "IN"), ""),
        ("Ask the ill", ("IL",), ""),
        ("", ("IL",), ""),
    ],
)
def test_the_last_state_and_zip_in_an_address_win(text: str, states: tuple[str, ...], expected: str) -> None:
    assert up_to_state(text, states) == expected


@pytest.mark.parametrize("text", [", " * 250 + "x", "." * 500 + "x", "x" + " ." * 200, "mass " * 100 + "x"])
def test_a_line_designed_to_stall_the_parser_is_read_quickly(text: str) -> None:
    began = time.perf_counter()
    take_state(text)
    assert time.perf_counter() - began < 0.1
