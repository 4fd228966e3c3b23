"""Which id a location keeps: no id moves to another address, and a returning venue gets its own back."""

from collections.abc import Iterator
from typing import Any

import pytest

from aggregator.model import Available, LocationType, Position
from aggregator.store.states import LocationAnswer
from aggregator.store.store import Store
from tests.support.records import DAY, HOUR, NOW, SOURCE, reading, report, save
from tests.support.stores import empty_store

ASHBY: dict[str, Any] = {
    "name": "Alder Hall",
    "address_lines": ("14 Chestnut St",),
    "city": "Ashby",
    "state": "MA",
    "postal_code": "01431",
}
IN_GROTON: dict[str, Any] = {"address_lines": ("90 Birch Rd",), "city": "Groton", "postal_code": "01450"}
EVENT = (("prepmod-clinics.example.org-clinic", "77"),)
MOBILE = LocationType.MOBILE_CLINIC


def at(north: float, **fields: Any) -> dict[str, Any]:
    """A position that many meters north of the first one."""
    return {**ASHBY, "position": Position(latitude=42.0 + north / 111_195, longitude=-71.8), **fields}


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        yield opened


def lists(db: Store, hours: int, places: dict[str, dict[str, Any]], whole: bool = True) -> None:
    """A visit `hours` after NOW that lists the locations given by key."""
    when = NOW + hours * HOUR
    save(db, report(*(reading(key, at=when, **fields) for key, fields in places.items()), at=when, whole=whole))


def listed(db: Store) -> dict[str, str]:
    """Key -> id of the locations in the last visit."""
    return {row.location.key: row.place_id for row in rows(db) if row.gone_at is None}


def rows(db: Store) -> list[LocationAnswer]:
    return db.locations([SOURCE], NOW - DAY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ASHBY, {**ASHBY, **IN_GROTON}),
        (ASHBY, {**ASHBY, "city": "Groton", "postal_code": "01450"}),
        ({"city": "Ashby"}, {"city": "Groton"}),
        ({"postal_code": "01431"}, {"postal_code": "01450"}),
        ({**ASHBY, "state": "RI", "postal_code": ""}, {**ASHBY, "state": "MA", "postal_code": ""}),
        (at(0), at(501, address_lines=("90 Birch Rd",))),
        (at(0, address_lines=("14 N Chestnut St",)), at(800, address_lines=("14 S Chestnut St",))),
        (at(0, address_lines=()), at(800, address_lines=())),
        (at(0, location_type=MOBILE), at(800, address_lines=("90 Birch Rd",))),
    ],
    ids=[
        "another street and town", "one street in two towns", "another town", "another postal code", "another state",
        "501 m", "the other side of town", "a position alone", "a mobile clinic that settles",
    ],
)  # fmt: skip
def test_a_source_id_reused_at_another_address_is_another_place(
    db: Store, before: dict[str, Any], after: dict[str, Any]
) -> None:
    lists(db, 0, {"id:7": before})
    old = listed(db)["id:7"]
    lists(db, 1, {"id:7": after})
    assert listed(db)["id:7"] != old
    assert [(row.place_id, row.gone_at) for row in rows(db) if row.gone_at] == [(old, NOW + HOUR)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (at(0), at(499, address_lines=("90 Birch Rd",))),
        (at(0), at(3000)),
        (at(0), at(3000, address_lines=("14 Chestnut Street", "Suite 2"))),
        (ASHBY, at(3000)),
        (at(0), at(9000, position=Position(latitude=42.5, longitude=-71.8, approximate=True))),
        (ASHBY, {**ASHBY, "address_lines": ("14 Chesnut St",)}),
        (ASHBY, {**ASHBY, "address_lines": ("90 Birch Rd",)}),
        (ASHBY, {**ASHBY, "city": "Ashbey"}),
        (ASHBY, {**ASHBY, "city": "West Ashby"}),
        (ASHBY, {**ASHBY, "postal_code": "01432"}),
        (ASHBY, {**ASHBY, "name": "Quince House"}),
        (at(0, location_type=MOBILE), at(9000, **IN_GROTON, location_type=MOBILE)),
    ],
    ids=[
        "499 m", "a position corrected", "an address respelled and its position corrected", "a first position",
        "the middle of a postal code", "a street misspelt", "another street of the town", "a town misspelt",
        "another name of the town", "another postal code of the town", "renamed", "a mobile clinic",
    ],
)  # fmt: skip
def test_a_source_id_with_a_plausible_new_address_keeps_its_place(
    db: Store, before: dict[str, Any], after: dict[str, Any]
) -> None:
    lists(db, 0, {"id:7": before})
    lists(db, 1, {"id:7": after})
    assert len(rows(db)) == 1


def test_a_venue_that_returns_to_its_address_gets_its_id_and_history_back(db: Store) -> None:
    lists(db, 0, {"id:7": ASHBY})
    ashby = listed(db)["id:7"]
    lists(db, 1, {"id:7": {**ASHBY, **IN_GROTON}})
    groton = listed(db)["id:7"]
    lists(db, 2, {"id:7": {**ASHBY, "address_lines": ("14 Chestnut Street",)}})
    assert listed(db)["id:7"] == ashby
    lists(db, 3, {})
    lists(db, 4, {"id:7": {**ASHBY, **IN_GROTON}})
    assert listed(db)["id:7"] == groton
    lists(db, 5, {"id:7": ASHBY})
    (row,) = [row for row in rows(db) if row.gone_at is None]
    assert (row.place_id, row.location.address_lines) == (ashby, ("14 Chestnut St",))
    changes = [(change.available, change.at) for change in db.history(100, NOW)[row.id]]
    yes, unknown = Available.YES, Available.UNKNOWN
    assert changes == [
        (yes, NOW + 5 * HOUR), (unknown, NOW + 3 * HOUR), (yes, NOW + 2 * HOUR), (unknown, NOW + HOUR), (yes, NOW),
    ]  # fmt: skip


def test_a_partial_visit_that_finds_an_id_elsewhere_marks_the_old_place_gone(db: Store) -> None:
    lists(db, 0, {"id:7": ASHBY, "id:8": {**ASHBY, "name": "Quince House"}})
    lists(db, 1, {"id:7": {**ASHBY, **IN_GROTON}}, whole=False)
    assert [(row.location.name, row.location.city, bool(row.gone_at)) for row in rows(db)] == [
        ("Alder Hall", "Ashby", True), ("Quince House", "Ashby", False), ("Alder Hall", "Groton", False),
    ]  # fmt: skip


def test_an_id_cannot_drift_away_in_small_steps(db: Store) -> None:
    for step in range(4):
        lists(db, step, {"id:7": at(200 * step, address_lines=(f"{step} Birch Rd",))})
    assert [row.location.address_lines for row in rows(db)] == [("2 Birch Rd",), ("3 Birch Rd",)]


def test_a_place_left_behind_is_gone_even_if_its_source_lists_only_available_ones(db: Store) -> None:
    save(db, report(reading("id:7", **ASHBY), only_available=True))
    save(db, report(reading("id:7", **{**ASHBY, **IN_GROTON}), only_available=True))
    assert [bool(row.gone_at) for row in rows(db)] == [True, False]


# --- ids of events --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "after",
    [
        {**ASHBY, **IN_GROTON},
        {**ASHBY, "address_lines": ("90 Birch Rd",)},
        {**ASHBY, "address_lines": ("14 Chestnut Ct",)},
        {**ASHBY, "name": "Quince House", "address_lines": ()},
        at(600, address_lines=("90 Birch Rd",)),
    ],
    ids=["another town", "another street", "another kind of street", "an unnamed street", "600 m away"],
)
def test_a_clinic_that_moves_leaves_the_id_to_its_old_venue(db: Store, after: dict[str, Any]) -> None:
    lists(db, 0, {"at:old": at(0, external_ids=EVENT) if "position" in after else {**ASHBY, "external_ids": EVENT}})
    old = listed(db)["at:old"]
    lists(db, 1, {"at:new": {**after, "external_ids": EVENT}})
    new = listed(db)["at:new"]
    assert new != old
    lists(db, 2, {"at:old": {**ASHBY, "external_ids": EVENT}})
    assert listed(db) == {"at:old": old}


@pytest.mark.parametrize(
    "after",
    [
        {**ASHBY, "name": "Alder Hall and Annex"},
        {**ASHBY, "address_lines": ("14 Chestnut Street", "rear")},
        {**ASHBY, "name": "Alder Arena", "address_lines": ("14 Chesnut St",)},
        {**ASHBY, "address_lines": ()},
    ],
    ids=["renamed", "respelled", "renamed and misspelt", "without its street"],
)
def test_a_venue_renamed_at_its_address_is_recognized_by_its_clinic_number(db: Store, after: dict[str, Any]) -> None:
    lists(db, 0, {"at:old": {**ASHBY, "external_ids": EVENT}})
    old = listed(db)["at:old"]
    lists(db, 1, {"at:new": {**after, "external_ids": EVENT}})
    assert listed(db) == {"at:new": old}


def test_a_mobile_clinic_takes_its_id_along(db: Store) -> None:
    lists(db, 0, {"at:old": {**ASHBY, "external_ids": EVENT, "location_type": MOBILE}})
    old = listed(db)["at:old"]
    lists(db, 1, {"at:new": {**ASHBY, **IN_GROTON, "external_ids": EVENT, "location_type": MOBILE}})
    assert listed(db) == {"at:new": old}


def test_a_venue_whose_source_id_is_reused_keeps_its_place_under_a_new_id(db: Store) -> None:
    number = {"external_ids": (("cvs", "2004"),)}
    lists(db, 0, {"id:7": {**ASHBY, **number}})
    old = listed(db)["id:7"]
    lists(db, 1, {"id:7": {**ASHBY, **IN_GROTON}, "id:8": {**ASHBY, **number}})
    assert listed(db)["id:8"] == old
    assert len(set(listed(db).values())) == 2


def test_unreadable_facts_are_replaced_only_under_their_own_key(db: Store) -> None:
    lists(db, 0, {"id:7": {**ASHBY, "external_ids": EVENT}, "id:8": ASHBY})
    ids = listed(db)
    db.db.execute("UPDATE locations SET facts = '{}'")
    lists(db, 1, {"id:9": {**ASHBY, "external_ids": EVENT}, "id:8": {**ASHBY, **IN_GROTON}})
    now = dict(db.db.execute("SELECT key, place_id FROM locations WHERE gone_at IS NULL"))
    assert now["id:8"] == ids["id:8"]
    assert now["id:9"] not in ids.values()
