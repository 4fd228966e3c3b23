"""Which locations become one place: constraints of a group, ties, manual decisions."""

from itertools import permutations
from typing import Any

import pytest

from aggregator.places.grouping import Bond, Decisions, Grouping, Member, group
from tests.support.records import location

NONE = Decisions({}, {})
HALL = {"name": "Alder Hall", "address_lines": ("14 Main St",), "city": "Ashby", "state": "MA", "postal_code": "01431"}


def member(id: str, source: str, **fields: Any) -> Member:
    return Member(id, source, location(id, **(HALL | fields)))


def store(id: str, source: str, number: str, **fields: Any) -> Member:
    return member(id, source, name="CVS Pharmacy", external_ids=(("cvs", number),), **fields)


def grouped(*members: Member, decisions: Decisions = NONE) -> tuple[tuple[str, ...], ...]:
    return group(members, decisions).groups


def between(found: Grouping, one: str, other: str) -> Bond:
    (bond,) = [bond for bond in found.bonds if (bond.one, bond.other) == (one, other)]
    return bond


def test_locations_of_three_sources_become_one_place() -> None:
    members = member("a", "x"), member("b", "y"), member("c", "z"), member("d", "z", name="Birch House")
    assert grouped(*members) == (("a", "b", "c"), ("d",))


def test_the_order_of_the_locations_does_not_matter() -> None:
    members = [
        member("a", "x"),
        member("b", "y", address_lines=("14 Main Street", "Suite 1")),
        member("c", "z", address_lines=("14 Main Street", "Suite 2")),
        store("d", "x", "7"),
        store("e", "z", "007"),
    ]
    found = {grouped(*order) for order in permutations(members)}
    assert len(found) == 1


def test_two_locations_of_one_source_stay_two_despite_equal_names_and_addresses() -> None:
    assert grouped(member("a", "x"), member("b", "x")) == (("a",), ("b",))


def test_three_spellings_of_a_venue_in_a_source_without_ids_are_one_place() -> None:
    def row(id: str, *lines: str, **fields: Any) -> Member:
        return Member(id, "x", location(f"at:{lines}", **(HALL | {"address_lines": lines} | fields)))

    spelt = row("a", "14 Main St"), row("b", "14 Main Street"), row("c", "14 Main St.,", postal_code="")
    others = row("d", "99 Main St"), row("e", "14 Main St", name="Alder Hall Annex"), row("f", "14 Oak St")
    assert grouped(*spelt, *others) == (("a", "b", "c"), ("d",), ("e",), ("f",))
    assert grouped(spelt[0], member("id:2", "x", address_lines=("14 Main Street",))) == (("a",), ("id:2",))


def test_two_locations_of_one_source_with_equal_store_number_and_address_are_one() -> None:
    children = store("b", "x", "7", description="for children")
    assert grouped(store("a", "x", "07"), children) == (("a", "b"),)
    elsewhere = store("b", "x", "7", address_lines=("90 Main St",))
    assert grouped(store("a", "x", "07"), elsewhere) == (("a",), ("b",))


def test_a_location_that_fits_two_of_a_source_equally_well_stays_alone_with_a_reason() -> None:
    found = group([member("a", "x"), member("b", "y"), member("c", "y")], NONE)
    assert found.groups == (("a",), ("b",), ("c",))
    assert between(found, "a", "b").refused == "ambiguous: a fits 2 locations of y equally well"


def test_of_two_matches_the_better_one_wins() -> None:
    found = group([member("a", "x"), member("b", "y"), member("c", "y", name="Alder Hall Annexe Room")], NONE)
    assert found.groups == (("a", "b"), ("c",))
    assert between(found, "a", "c").refused == "b and c prevent it: y itself lists them as two places"


def test_the_same_phone_number_decides_between_two_matches() -> None:
    phones = {"info_phone": "+19785550100"}
    assert grouped(member("a", "x", **phones), member("b", "y"), member("c", "y", **phones)) == (("a", "c"), ("b",))


def test_a_location_that_matches_two_conflicting_places_joins_only_one() -> None:
    one = member("a", "x", address_lines=("14 Main St", "Suite 1"))
    between_them = member("b", "y", info_phone="+19785550100")
    other = member("c", "z", address_lines=("14 Main St", "Suite 2"), booking_phone="+19785550100")
    found = group([one, between_them, other], NONE)
    assert found.groups == (("a",), ("b", "c"))
    assert between(found, "a", "b").refused == "a and c prevent it: one is in unit 1, the other in 2"


@pytest.mark.parametrize("why", ["moved next door"])
def test_a_same_place_decision_overrides_every_rule(why: str) -> None:
    apart = member("a", "x"), member("b", "x", state="RI", postal_code="02801")
    found = group(apart, Decisions({("a", "b"): why}, {}))
    assert found.groups == (("a", "b"),)
    assert between(found, "a", "b").finding.reason == "decided by hand: moved next door"


def test_a_not_same_place_decision_overrides_every_rule_and_a_same_place_decision() -> None:
    alike = store("a", "x", "7"), store("b", "y", "7")
    for same in ({}, {("a", "b"): "one"}):
        assert grouped(*alike, decisions=Decisions(same, {("a", "b"): "two"})) == (("a",), ("b",))


def test_places_kept_apart_by_a_decision_are_not_joined_through_a_third() -> None:
    members = member("a", "x"), member("b", "y"), member("c", "z")
    found = grouped(*members, decisions=Decisions({}, {("a", "c"): "two"}))
    assert ("a", "c") not in found
    assert sorted(map(len, found)) == [1, 2]


def test_a_decision_about_an_unknown_id_changes_nothing() -> None:
    assert grouped(member("a", "x"), decisions=Decisions({("a", "zz"): "one"}, {("a", "yy"): "two"})) == (("a",),)
