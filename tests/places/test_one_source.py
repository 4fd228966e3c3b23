"""A venue spelled in two ways by a source without ids is one place, listed together or one after the other.

The rows are made up in the shapes of PrepMod's pages, and were labeled by hand.
"""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from aggregator.clean.listing import Context, normalize
from aggregator.model import Listing, Location, LocationType
from aggregator.places.grouping import Decisions, Member, group
from tests.support.docs import table_row
from tests.support.records import NOW

CONTEXT = Context(
    source="made",
    base_url="https://made.example.org/",
    time_zone="America/New_York",
    state="RI",
    location_type=LocationType.CLINIC,
)
LIBRARY = "Elm Library", "12 Larch Street, Providence RI, 02903"
SAME = {
    "abbreviated": (LIBRARY, ("Elm Library", "12 Larch St., Providence RI, 02903")),
    "its ZIP twice": (LIBRARY, ("Elm Library", "12 Larch St, Providence 02903, 02903")),
    "another ZIP of its town": (LIBRARY, ("Elm Library", "12 Larch Street, Providence RI, 02904")),
    "a ZIP of nowhere near": (LIBRARY, ("Elm Library", "12 Larch Street, Providence Rhode Island, 98406")),
    "no ZIP": (LIBRARY, ("Elm Library", "12 Larch St, Providence RI")),
    "a comma behind the number": (LIBRARY, ("Elm Library", "12, Larch St, Providence RI, 02903")),
    "a comma and a part of the house": (LIBRARY, ("Elm Library", "12 Larch St., Suite 2, Providence RI, 02903")),
    "all of it twice": (
        LIBRARY,
        ("Elm Library", "12 Larch St, Providence, RI, USA, Providence Rhode Island, 02903"),
    ),
    "the house's name before it": (LIBRARY, ("Elm Library", "Quince Mall - 12 Larch St, Providence RI, 02903")),
    "the house's number in words": (LIBRARY, ("Elm Library", "One Quince Mall-12 Larch St, Providence RI, 02903")),
    "where at the house": (LIBRARY, ("Elm Library", "12 Larch Street Parking Lot, Providence RI, 02903")),
    "a direction of one only": (
        ("Elm Hall", "14 Larch Avenue South, Kent WA, 98032"),
        ("Elm Hall", "14 LARCH AVE S, Kent WA, 98030"),
    ),
    "a hyphen in the street": (
        ("Elm Hall", "14 Bel Oak Rd, Ste 105, Kent WA, 98032"),
        ("Elm Hall", "14 Bel-Oak Rd, Ste 105, Kent WA, 98032"),
    ),
    "a state's route": (
        ("Elm Hall", "321 Washington 20, Oak Harbor WA, 98277"),
        ("Elm Hall", "321 State Route 20, Oak Harbor WA, 98277"),
    ),
    "a street without a number": (
        ("Elm County - Clinic", "Larch Street Northwest, Kent WA, 98032"),
        ("Elm County - Clinic", "Larch st, Kent WA, 98032"),
    ),
    "the name's hyphen": (("Larch-POD ", LIBRARY[1]), ("Larch POD", "12 Larch St, Providence RI , 02903")),
    "a misspelt name": (("Quince Heritage Center", LIBRARY[1]), ("Quince Heritiage Center", LIBRARY[1])),
    "the town in the name": (("Elm Library", LIBRARY[1]), ("Elm Library - Providence", LIBRARY[1])),
    "the service in the name": (("Elm Library", LIBRARY[1]), ("Elm Library - COVID Vaccine Clinic", LIBRARY[1])),
}
DIFFERENT = {
    "the other end of a street": (
        ("Elm Hall", "12 N Larch St, Kent WA, 98032"),
        ("Elm Hall", "12 S Larch St, Kent WA, 98032"),
    ),
    "another kind of street": (LIBRARY, ("Elm Library", "12 Larch Court, Providence RI, 02903")),
    "another number": (LIBRARY, ("Elm Library", "21 Larch Street, Providence RI, 02903")),
    "another street": (LIBRARY, ("Elm Library", "12 Birch Street, Providence RI, 02903")),
    "another suite": (
        ("Elm Hall", "12 Larch Street, Suite 2, Providence RI, 02903"),
        ("Elm Hall", "12 Larch Street, Suite 3, Providence RI, 02903"),
    ),
    "a neighboring town": (LIBRARY, ("Elm Library", "12 Larch Street, Cranston RI, 02910")),
    "one name in another street and town": (LIBRARY, ("Elm Library", "40 Birch Road, Pawtucket RI, 02860")),
    "a street without a number in another town": (
        ("Elm County - Clinic", "Larch Street, Kent WA, 98032"),
        ("Elm County - Clinic", "Larch Street, Yakima WA, 98901"),
    ),
    "two streets without a number": (
        ("Elm County - Clinic", "Larch Street, Kent WA, 98032"),
        ("Elm County - Clinic", "Birch Street, Kent WA, 98032"),
    ),
    "a number in one only": (
        ("Elm County - Clinic", "Larch Street, Kent WA, 98032"),
        ("Elm County - Clinic", "4 Larch Street, Kent WA, 98032"),
    ),
    "two organizers": (LIBRARY, ("Mobile - National Guard", "12 Larch St., Providence RI, 02903")),
    "a part of the house": (LIBRARY, ("Elm Library Annex", LIBRARY[1])),
    "two halls": (("Elm School Gym", LIBRARY[1]), ("Elm School Cafeteria", LIBRARY[1])),
    "a first and a second dose": (("Elm Library - 1st Dose", LIBRARY[1]), ("Elm Library - 2nd Dose", LIBRARY[1])),
}
# listed together they are two; one after the other, the second continues the id of the first
LATER_SAME = {
    "a second dose": (LIBRARY, ("Elm Library - Dose 2", LIBRARY[1])),
    "a word more": (("Elm Stadium", LIBRARY[1]), ("Elm Stadium HDC", "12 Larch St, Providence RI, 02903")),
}

Row = tuple[str, str]


def read(row: Row) -> Location:
    reading, _ = normalize(Listing(name=row[0], address=row[1], count=1), CONTEXT, datetime(2021, 5, 13, tzinfo=UTC))
    return reading.location


def are_one(one: Row, other: Row, *, together: bool) -> bool:
    """Whether they are one place, by key or by matching."""
    first, second = read(one), read(other)
    if first.key == second.key:
        return True
    later = NOW + timedelta(hours=1)
    members = Member("a", "x", first, NOW, None if together else later), Member("b", "x", second, later)
    return len(group(members, Decisions({}, {})).groups) == 1


@pytest.mark.parametrize("together", [True, False], ids=["listed together", "one after the other"])
@pytest.mark.parametrize("rows", SAME.values(), ids=SAME)
def test_one_venue_in_two_spellings_is_one_place(rows: tuple[Row, Row], together: bool) -> None:
    assert are_one(*rows, together=together)
    assert are_one(*rows[::-1], together=together)


@pytest.mark.parametrize("together", [True, False], ids=["listed together", "one after the other"])
@pytest.mark.parametrize("rows", DIFFERENT.values(), ids=DIFFERENT)
def test_two_venues_stay_two_places(rows: tuple[Row, Row], together: bool) -> None:
    assert not are_one(*rows, together=together)
    assert not are_one(*rows[::-1], together=together)


@pytest.mark.parametrize("rows", LATER_SAME.values(), ids=LATER_SAME)
def test_a_similar_name_listed_later_at_the_same_address_is_the_same_place(rows: tuple[Row, Row]) -> None:
    assert not are_one(*rows, together=True)
    assert are_one(*rows, together=False)
    assert are_one(*rows[::-1], together=False)


def test_the_docs_have_the_figures_of_the_made_up_rows() -> None:
    one_place, two_places = len(SAME) + len(LATER_SAME), len(DIFFERENT)
    found = table_row("places.md", "made up, from one source, listed together or in turn")
    assert found == [str(one_place + two_places), str(one_place), str(two_places), "1.00", "1.00"]


def test_locations_with_different_ids_are_one_place_only_if_never_listed_together() -> None:
    first, second = (read(row) for row in (LIBRARY, ("Elm Library", "12 Larch St., Providence RI, 02903")))
    second = msgspec.structs.replace(second, key="id:8")
    gone = NOW + timedelta(hours=2)

    def groups(first_seen: datetime) -> int:
        members = Member("a", "x", first, NOW, gone), Member("b", "x", second, first_seen)
        return len(group(members, Decisions({}, {})).groups)

    assert groups(gone) == 1
    assert groups(gone - timedelta(hours=1)) == 2


def test_a_location_that_is_gone_does_not_join_another_source() -> None:
    first, second = (read(row) for row in (LIBRARY, ("Elm Library", "12 Larch St., Providence RI, 02903")))
    gone = Member("a", "x", first, NOW, NOW + timedelta(hours=1))
    assert len(group([gone, Member("b", "y", second, NOW)], Decisions({}, {})).groups) == 2


def test_a_location_that_is_gone_does_not_keep_others_apart() -> None:
    """The former one is in suite 1, so it cannot join, but the listed ones can."""
    hall = "Elm Hall", "12 Larch Street, Providence RI, 02903"
    later = NOW + timedelta(hours=1)
    gone = Member("a", "x", read((hall[0], "12 Larch St, Suite 1, Providence RI, 02903")), NOW, later)
    here = Member("b", "x", read((hall[0], "12 Larch St, Suite 2, Providence RI, 02903")), later)
    other = Member("c", "y", read(hall), later)
    assert group([gone, here, other], Decisions({}, {})).groups == (("a",), ("b", "c"))
