"""Towns with several spellings get one name: that of the ZIP code table."""

import pytest

from aggregator.clean.address import read_address, read_parts


@pytest.mark.parametrize(
    ("written", "code", "state", "town"),
    [
        ("S Hadley", "01075", "MA", "South Hadley"),
        ("So. Hadley", "01075", "MA", "South Hadley"),
        ("S. HADLEY", "01075", "MA", "South Hadley"),
        ("South Hadley", "01075", "MA", "South Hadley"),
        ("E Longmeadow", "01028", "MA", "East Longmeadow"),
        ("W. Springfield", "01089", "MA", "West Springfield"),
        ("So Hadley Falls", "01075", "MA", "South Hadley Falls"),
        ("South Attleboro", "02703", "MA", "South Attleboro"),  # the table has only "S Attleboro"
        ("S. Attleboro", "02703", "MA", "South Attleboro"),
        ("Mt Vernon", "98273", "WA", "Mount Vernon"),
        ("Mt. Vernon", "98273", "WA", "Mount Vernon"),
        ("St. Louis", "63101", "MO", "Saint Louis"),
        ("ST LOUIS", "63101", "MO", "Saint Louis"),
        ("Ft Worth", "76102", "TX", "Fort Worth"),
        ("Winston-Salem", "27101", "NC", "Winston Salem"),
        ("Roxbury Xing", "02120", "MA", "Roxbury Crossing"),
        ("Middleboro", "02346", "MA", "Middleborough"),
        ("City of Lowell", "01852", "MA", "Lowell"),
        ("Spokane Valley", "99216", "WA", "Spokane Valley"),
        ("S Hadley", "", "MA", "South Hadley"),  # without a ZIP, a town of the state
        ("St. Louis", "", "MO", "Saint Louis"),
        ("N Gulltown", "", "MA", "N Gulltown"),  # no such town
        ("E Hadley", "01075", "MA", "E Hadley"),  # not South Hadley
    ],
)
def test_a_town_has_the_same_name_from_parts_and_from_one_line(written: str, code: str, state: str, town: str) -> None:
    parts = read_parts(("1 Kite Rd",), written, state, code, "")
    line = read_address(f"1 Kite Rd, {written}, {state} {code}", "")

    assert (parts.city, line.city) == (town, town)
    assert (parts.lines, line.lines) == (("1 Kite Rd",), ("1 Kite Rd",))
    assert (parts.postal_code, line.postal_code) == (code, code)


def test_an_abbreviated_town_right_after_the_street_is_recognized() -> None:
    found = read_address("1 Kite Rd S Hadley MA 01075", "MA")
    assert (found.lines, found.city) == (("1 Kite Rd",), "South Hadley")
