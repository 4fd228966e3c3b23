"""Addresses as a careful person reads them. The odd one-line ones were published by state booking pages in 2021."""

import base64
import json

import pytest
from selectolax.lexbor import LexborHTMLParser

from aggregator.clean.address import Address, read_address, read_parts
from tests.support.paths import CAPTURES, NO_CAPTURES


@pytest.mark.parametrize(
    ("found", "lines", "city", "state", "postal_code"),
    [
        ("12 Example St, Haverhill MA, 01830", ("12 Example St",), "Haverhill", "MA", "01830"),
        (
            "300 Laurel Hill Avenue, Providence, RI, USA, Providence Rhode Island, 02909",
            ("300 Laurel Hill Avenue",),
            "Providence",
            "RI",
            "02909",
        ),
        (
            "Rukiya Center, 250 Prairie Ave, Providence 02905, 02905",
            ("Rukiya Center", "250 Prairie Ave"),
            "Providence",
            "RI",
            "02905",
        ),
        (
            "Roosevelt Avenue Bridge, 625 Roosevelt Avenue Central Falls , RI , Central Falls Rhode Island, 02863",
            ("Roosevelt Avenue Bridge", "625 Roosevelt Avenue"),
            "Central Falls",
            "RI",
            "02863",
        ),
        (
            "1524 Atwood Ave, Suite 125, Johnston StatePicklistChoiceSet.Rhode Island, 02919",
            ("1524 Atwood Ave", "Suite 125"),
            "Johnston",
            "RI",
            "02919",
        ),
        (
            "Neighborhood House High Point | 6400 sylvan way SW, seattle wa, 98126",
            ("Neighborhood House High Point", "6400 Sylvan Way SW"),
            "Seattle",
            "WA",
            "98126",
        ),
        (
            "13353 Bel Red Rd, Ste 105, Bellevue 98005, 98005",
            ("13353 Bel Red Rd", "Ste 105"),
            "Bellevue",
            "WA",
            "98005",
        ),
        (
            "602 North Havana Street, Spokane June 2, 2021, 99202",
            ("602 North Havana Street",),
            "Spokane",
            "WA",
            "99202",
        ),
        (
            "Tenino Farmers Market - 213 Sussex Ave. W, Tenino, WA 98589, Tenino Washington, 98589",
            ("Tenino Farmers Market", "213 Sussex Ave. W"),
            "Tenino",
            "WA",
            "98589",
        ),
        ("177 , Chehalis WA, 98532", ("177",), "Chehalis", "WA", "98532"),
        ("213 E. 3rd Street, Lovell Big Horn, 82431", ("213 E. 3rd Street",), "Lovell", "WY", "82431"),
    ],
)
def test_published_one_line_addresses_are_parsed_from_the_right(
    found: str, lines: tuple[str, ...], city: str, state: str, postal_code: str
) -> None:
    expected = Address(lines=lines, city=city, state=state, postal_code=postal_code)
    assert read_address(found, "MA") == expected


@pytest.mark.parametrize(
    ("found", "lines", "city", "state"),
    [
        # no street: kept; a caller that knows the venue's name drops it
        ("Gull's Malden, Malden MA, 02148", ("Gull's Malden",), "Malden", "MA"),
        # commas in the venue's name
        ("Gull Hall, Kite Street, Boston, MA, USA, Boston MA, 02120", ("Gull Hall", "Kite Street"), "Boston", "MA"),
        # space before the comma, double blanks
        ("1 Kite Rd, Topsfield MA , 01983", ("1 Kite Rd",), "Topsfield", "MA"),
        ("1 Kite Rd,  Providence  RI, 02907", ("1 Kite Rd",), "Providence", "RI"),
        # state in any form, or missing
        ("1 Kite Rd, Boston Massachusetts, 02120", ("1 Kite Rd",), "Boston", "MA"),
        ("1 Kite Rd, Boston Ma, 02120", ("1 Kite Rd",), "Boston", "MA"),
        ("1 Kite Rd, Olympia WA - Washington, 98502", ("1 Kite Rd",), "Olympia", "WA"),
        ("1 Kite Rd, Olympia, 98502", ("1 Kite Rd",), "Olympia", "WA"),
        ("1 Kite Rd, New York, 10001", ("1 Kite Rd",), "New York", "NY"),
        ("1 Kite Rd, New York New York, 10001", ("1 Kite Rd",), "New York", "NY"),
        ("1 Kite Rd, Washington DC, 20001", ("1 Kite Rd",), "Washington", "DC"),
        ("1 Kite Rd, Boston, MA 02120-1234, USA", ("1 Kite Rd",), "Boston", "MA"),
        # typos in towns, and words that only look like a town
        ("1 Kite Rd, Johnstone RI, 02919", ("1 Kite Rd",), "Johnston", "RI"),
        ("1 Kite Rd, North Kingston Rhode Island , 02852", ("1 Kite Rd",), "North Kingstown", "RI"),
        ("1 Kite Rd Johnstone RI, 02919", ("1 Kite Rd",), "Johnston", "RI"),
        ("1 Kite Rd, North Providence RI, 02908", ("1 Kite Rd",), "North Providence", "RI"),
        ("1 Kite Rd, East Brookfield MA, 01585", ("1 Kite Rd",), "East Brookfield", "MA"),
        # capitals
        ("1 KITE RD, BELLEVUE WA, 98005", ("1 Kite Rd",), "Bellevue", "WA"),
        # name and street in one field
        ("Gull Mall - 625 Kite Boulevard Southwest, Olympia WA, 98502", ("Gull Mall", "625 Kite Boulevard Southwest"),
         "Olympia", "WA"),
        ("Gull Mall-400 Kite Road, Warwick RI, 02886", ("Gull Mall", "400 Kite Road"), "Warwick", "RI"),
        ("Gull Hall: 12 Kite Road, Warwick RI, 02886", ("Gull Hall", "12 Kite Road"), "Warwick", "RI"),
        ("Gull Fairgrounds 1410 Kite St., Mount Vernon WA, 98273", ("Gull Fairgrounds", "1410 Kite St."),
         "Mount Vernon", "WA"),
        ("3500 South Kite #845, Puyallup WA, 98373", ("3500 South Kite #845",), "Puyallup", "WA"),
        ("214 East State Route 397, Kennewick WA, 99337", ("214 East State Route 397",), "Kennewick", "WA"),
        ("60 Kite Rd - Suite 2, Warwick RI, 02886", ("60 Kite Rd", "Suite 2"), "Warwick", "RI"),
        ("1 Kite Rd Suite200, Warwick RI, 02886", ("1 Kite Rd", "Suite 200"), "Warwick", "RI"),
        ("1 Kite Rd, NW, Olympia WA, 98502", ("1 Kite Rd NW",), "Olympia", "WA"),
        # the state misspelled or missing, a street with a dash, a town without a comma before it
        ("1 Kite Rd, San Francisco, , 94103", ("1 Kite Rd",), "San Francisco", "CA"),
        ("1 Kite Rd, Anchorage, Ak, 99503", ("1 Kite Rd",), "Anchorage", "AK"),
        ("1490 - 16th Street, Denver, CO 80202", ("1490 - 16th Street",), "Denver", "CO"),
        ("1600 Gull - Cross Rd, Clementon, NJ 08021", ("1600 Gull - Cross Rd",), "Clementon", "NJ"),
        ("1 Kite Rd Pueblo, CO 81001", ("1 Kite Rd",), "Pueblo", "CO"),
        # a truncated ZIP, or one that lost its zeros
        ("1 Kite Rd, Anchorage, AK 99502-", ("1 Kite Rd",), "Anchorage", "AK"),
        ("1 Kite Rd, Boston, MA, 021201234", ("1 Kite Rd",), "Boston", "MA"),
        ("1 Kite Rd, Boston MA 2120", ("1 Kite Rd",), "Boston", "MA"),
        ("1 Kite Rd, Boston, 2120", ("1 Kite Rd",), "Boston", "MA"),
        ("1 Kite Rd, Dunellen, New Jersey 8812-1234", ("1 Kite Rd",), "Dunellen", "NJ"),
        ("1 Kite Rd, San Juan, PR 906", ("1 Kite Rd",), "San Juan", "PR"),
        # no comma at all
        ("1 Kite Road Boston MA 02120", ("1 Kite Road",), "Boston", "MA"),
    ],
)  # fmt: skip
def test_odd_one_line_addresses_are_read_as_a_person_would(
    found: str, lines: tuple[str, ...], city: str, state: str
) -> None:
    address = read_address(found, "MA")
    assert (address.lines, address.city, address.state) == (lines, city, state)
    assert len(address.postal_code) == 5


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("1 Kite Rd, Anytown MA", Address(lines=("1 Kite Rd",), city="Anytown", state="MA")),
        ("1 Kite Rd, Anytown", Address(lines=("1 Kite Rd",), city="Anytown", state="RI")),
        ("1 Kite Rd, Anytown RI, 00000", Address(lines=("1 Kite Rd",), city="Anytown", state="RI")),
        ("1 Kite Rd", Address(lines=("1 Kite Rd",), state="RI")),
        ("Utica, NY", Address(city="Utica", state="NY")),
        ("1 Kite Rd, Pueblo, CO, USA", Address(lines=("1 Kite Rd",), city="Pueblo", state="CO")),
        ("", Address(state="RI")),
    ],
)
def test_parts_missing_from_a_one_line_address_stay_empty(found: str, expected: Address) -> None:
    assert read_address(found, "RI") == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("1 Kite Rd, Lee, MA 0906", Address(lines=("1 Kite Rd",), city="Lee", state="MA", refused="0906")),
        ("1 Kite Rd, Boston MA, 98406", Address(lines=("1 Kite Rd",), city="Boston", state="MA", refused="98406")),
        ("1 Kite Rd, Keene, NH 2139", Address(lines=("1 Kite Rd",), city="Keene", state="NH", refused="2139")),
    ],
)
def test_a_zip_of_another_state_is_dropped_and_not_read_as_part_of_the_town(found: str, expected: Address) -> None:
    assert read_address(found, "MA") == expected


@pytest.mark.parametrize(
    ("code", "state", "kept", "refused"),
    [
        ("2120.0", "MA", "02120", ""),
        ("0906", "MA", "", "0906"),
        ("0906", "", "", "0906"),  # the source's own state decides
        ("98406", "MA", "", "98406"),
        ("Suffolk", "MA", "", "Suffolk"),
        ("00000", "MA", "", ""),
        ("", "MA", "", ""),
    ],
)
def test_a_zip_outside_the_state_is_refused_but_zeros_are_only_a_placeholder(
    code: str, state: str, kept: str, refused: str
) -> None:
    address = read_parts(("1 Kite Rd",), "Boston", state, code, "MA")
    assert (address.postal_code, address.refused, address.city, address.state) == (kept, refused, "Boston", "MA")


@pytest.mark.parametrize(
    ("lines", "city", "state", "postal_code", "expected"),
    [
        (("1 KITE RD",), "ANCHORAGE", "AK", "99503", (("1 Kite Rd",), "Anchorage", "AK", "99503")),
        (("1 Kite Rd, Boston, MA 02120",), "Boston", "MA", "02120", (("1 Kite Rd",), "Boston", "MA", "02120")),
        (("1 Kite Rd, Boston, MA, USA",), "Boston", "MA", "02120", (("1 Kite Rd",), "Boston", "MA", "02120")),
        (("Gull Hall\n1 Kite Rd",), "Boston", "MA", "02120", (("Gull Hall", "1 Kite Rd"), "Boston", "MA", "02120")),
        (("Gull Hall | 1 Kite Rd / Rear",), "Boston", "MA", "02120",
         (("Gull Hall", "1 Kite Rd", "Rear"), "Boston", "MA", "02120")),
        (("1 Kite Rd Bldg 4",), "Boston", "MA", "02120", (("1 Kite Rd", "Bldg 4"), "Boston", "MA", "02120")),
        (("1 Kite Rd PO Box 9",), "Boston", "MA", "02120", (("1 Kite Rd", "PO Box 9"), "Boston", "MA", "02120")),
        (("1 Kite Rd",), "Mount Holly", "NJ", "8060-3762", (("1 Kite Rd",), "Mount Holly", "NJ", "08060")),
        (("1 Kite Rd",), "Bantam", "CT", "6750", (("1 Kite Rd",), "Bantam", "CT", "06750")),
        (("1 Kite Rd",), "PITTSFIELD", "ma", "1201", (("1 Kite Rd",), "Pittsfield", "MA", "01201")),
        (("1 Kite Rd",), "Caguas", "PR", "PR00725", (("1 Kite Rd",), "Caguas", "PR", "00725")),
        (("1 KITE RD",), "GEORGETOWN", "Tx", "78628-0", (("1 Kite Rd",), "Georgetown", "TX", "78628")),
        (("1 Kite Rd",), "Rochester", "New York", "14618-1234", (("1 Kite Rd",), "Rochester", "NY", "14618")),
        (("1 Kite Rd",), "LOWELL", "MA", "  01854", (("1 Kite Rd",), "Lowell", "MA", "01854")),
        (("1 Kite Rd",), "Boston", "Suffolk", "02120", (("1 Kite Rd",), "Boston", "MA", "02120")),
        (("1 Kite Rd",), "Boston", "02120", "", (("1 Kite Rd",), "Boston", "MA", "02120")),
        (("1 Kite Rd",), "Boston, MA", "", "02120", (("1 Kite Rd",), "Boston", "MA", "02120")),
        (("1 Kite Rd",), "Boston", "MA", "98406", (("1 Kite Rd",), "Boston", "MA", "")),
        (("1 Kite Rd",), "Anytown", "June 2, 2021", "", (("1 Kite Rd",), "Anytown", "RI", "")),
        (("1 Kite Rd",), "Johnstone", "RI", "02919", (("1 Kite Rd",), "Johnston", "RI", "02919")),
        (("1 Kite Rd, Boston MA",), "", "", "02120", (("1 Kite Rd",), "Boston", "MA", "02120")),
        ((), "", "", "", ((), "", "RI", "")),
    ],
)  # fmt: skip
def test_address_parts_are_cleaned_and_fill_in_each_other(
    lines: tuple[str, ...],
    city: str,
    state: str,
    postal_code: str,
    expected: tuple[tuple[str, ...], str, str, str],
) -> None:
    address = read_parts(lines, city, state, postal_code, "RI")
    assert (address.lines, address.city, address.state, address.postal_code) == expected


@pytest.mark.parametrize(
    "ending",
    [
        "Boston, MA 02120, US",
        "Boston MA 02120 US",
        "Boston, MA 02120, USA",
        "Boston, MA 02120 U.S.",
        "Boston, MA 02120, U. S. A.",
        "Boston, MA 02120, United States of America",
        "Boston, MA, US, 02120",
        "Boston, MA USA 02120",
        "boston, ma 02120, us",
        "Boston, Mass. 02120",
        "Boston, Mass 02120",
        "Boston Mass. 02120, US",
        "Boston, MA. 02120",
        "Boston, MA (02120)",
        "Boston, MA02120",
        "Boston MA.02120",
        "Boston (02120)",
        "Boston, 02120, MA",
        "Boston 02120 Mass.",
        "Boston, 02120, Massachusetts, USA",
    ],
)
def test_an_address_may_end_with_a_zip_state_or_country_in_any_form(ending: str) -> None:
    found = read_address(f"Gull Hall, 1 Kite Rd, {ending}", "MA")
    assert (found.lines, found.city) == (("Gull Hall", "1 Kite Rd"), "Boston")
    assert (found.state, found.postal_code, found.refused) == ("MA", "02120", "")


@pytest.mark.parametrize(
    ("ending", "note"),
    [
        ("Boston, MA 02120 (rear entrance)", ("Rear Entrance",)),
        ("Boston, MA 02120 - 2nd floor", ("2nd Floor",)),
        ("Boston, MA 02120, Suite 4", ("Suite 4",)),
        ("Boston, MA 02120 Entrance B", ("Entrance B",)),
        ("Boston, MA 02120; use the side door", ("Use the Side Door",)),
        ("Boston, MA 02120. Park in back.", ("Park in back",)),
        ("Boston, MA 02120-1234 (gym)", ("Gym",)),
        ("Boston, MA 02120 (gym), USA", ("Gym",)),
        ("Boston, MA 02120, US (gym)", ("Gym",)),
        ("Boston, MA (gym) 02120", ("Gym",)),
        ("Boston (gym), MA 02120", ("Gym",)),
        ("Boston, MA 2120 (gym)", ("Gym",)),
        ("Boston 02120 - gym", ("Gym",)),
        ("Boston, MA 02120, June 2, 2021", ()),
        ("Boston, MA 02120 - 617-555-0107", ()),
        ("Boston, MA 02120 https://gull.example.org/map", ()),
        ("Boston, MA 02120, Suffolk County", ()),
        ("Boston, MA 02120 (" + "park behind the church, " * 5 + ")", ()),
    ],
)
def test_a_note_after_the_zip_becomes_a_line_or_is_dropped(ending: str, note: tuple[str, ...]) -> None:
    found = read_address(f"1 Kite Rd, {ending}", "MA")
    assert (found.lines, found.city, found.state, found.postal_code) == (("1 Kite Rd", *note), "Boston", "MA", "02120")


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        ("1 Kite Rd, Boston, MA (gym)", ("1 Kite Rd", "Gym")),
        ("1 Kite Rd, Boston, MA - 2nd floor", ("1 Kite Rd", "2nd Floor")),
        ("1 Kite Rd, Boston, MA, Suite 4", ("1 Kite Rd", "Suite 4")),
        ("12345 Kite Rd, Boston, MA", ("12345 Kite Rd",)),
        ("Route US, Boston, MA", ("Route US",)),
    ],
)
def test_a_note_after_the_state_becomes_a_line_and_a_house_number_is_not_a_zip(
    found: str, lines: tuple[str, ...]
) -> None:
    assert read_address(found, "") == Address(lines=lines, city="Boston", state="MA")


@pytest.mark.parametrize(
    ("lines", "city", "state", "postal_code", "expected"),
    [
        (("1 Kite Rd, Boston, MA 02120 (gym)",), "Boston", "MA", "", (("1 Kite Rd", "Gym"), "Boston", "MA", "02120")),
        (("1 Kite Rd, Boston, MA 02120, Unit 4",), "Boston", "MA", "02120",
         (("1 Kite Rd", "Unit 4"), "Boston", "MA", "02120")),
        (("1 Kite Rd", "Boston, MA 02120, US"), "Boston", "", "", (("1 Kite Rd",), "Boston", "MA", "02120")),
        (("1 Kite Rd",), "Boston, MA 02120, US", "", "", (("1 Kite Rd",), "Boston", "MA", "02120")),
        (("1 Kite Rd",), "Boston", "MA 02120", "", (("1 Kite Rd",), "Boston", "MA", "02120")),
        (("1 Kite Rd",), "Boston, US", "Mass.", "02120 US", (("1 Kite Rd",), "Boston", "MA", "02120")),
        (("1 Kite Rd",), "Boston (gym)", "MA", "02120", (("1 Kite Rd", "Gym"), "Boston", "MA", "02120")),
        (("1 Kite Rd",), "Boston Mass.", "", "", (("1 Kite Rd",), "Boston", "MA", "")),
        (("1 Kite Rd",), "Mount Washington", "", "", (("1 Kite Rd",), "Mount Washington", "RI", "")),
        (("PO Box 10001",), "Boston", "MA", "", (("PO Box 10001",), "Boston", "MA", "")),
    ],
)  # fmt: skip
def test_address_parts_may_contain_notes_countries_and_other_parts(
    lines: tuple[str, ...], city: str, state: str, postal_code: str, expected: tuple[tuple[str, ...], str, str, str]
) -> None:
    address = read_parts(lines, city, state, postal_code, "RI")
    assert (address.lines, address.city, address.state, address.postal_code) == expected


def published_addresses() -> list[str]:
    found = []
    for file in sorted((CAPTURES / "prepmod").glob("*.har")):
        for entry in json.loads(file.read_text(encoding="utf-8"))["log"]["entries"]:
            content = entry["response"]["content"]
            body = content.get("text", "")
            if content.get("encoding") == "base64":
                body = base64.b64decode(body).decode("utf-8", "replace")
            if "<html" in body[:500].lower():
                found += [node.text() for node in LexborHTMLParser(body).css(".text-xl.font-black + *")]
    return found


@pytest.mark.skipif(not CAPTURES.is_dir(), reason=NO_CAPTURES)
def test_every_address_in_the_captures_has_a_town_state_and_zip() -> None:
    texts = [text for text in published_addresses() if text.strip()]
    assert len(texts) > 100
    incomplete = [
        text for text in texts if not ((a := read_address(text, "")).lines and a.city and a.state and a.postal_code)
    ]
    assert incomplete == []


@pytest.mark.parametrize(("text", "code"), [("1 Kite Rd, 02120, MA", "02120"), ("PO Box 02120, MA", "")])
def test_a_number_before_the_state_is_a_zip_if_it_stands_alone(text: str, code: str) -> None:
    found = read_address(text, "")
    assert (found.city, found.state, found.postal_code) == ("", "MA", code)
