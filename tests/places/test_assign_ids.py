"""Ids of places over time: roots, aliases, splits, locations that disappear, and when matching runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlite_utils import Database

from aggregator.config.region import Region
from aggregator.model import Position
from aggregator.places import aliases_of, assign_ids, groups, update_place_ids
from aggregator.store.aliases import read_aliases, write_aliases
from aggregator.store.schema import migrations
from aggregator.store.store import Store
from tests.support.records import DAY, HOUR, NOW, location, reading, region, report, save
from tests.support.stores import empty_store

HALL = {"name": "Alder Hall", "address_lines": ("14 Main St",), "city": "Ashby", "state": "MA", "postal_code": "01431"}
MOVED = {**HALL, "address_lines": ("90 Birch Rd",)}


def region_of(*sources: str, decisions: str = "") -> Region:
    tables = "".join(
        f'[[sources]]\nname = "{name}"\nprovider = "prepmod"\nurl = "https://{name}.example.org/"\n' for name in sources
    )
    return region(sources=tables + decisions)


REGION = region_of("x", "y", "z")


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        yield opened


def lists(db: Store, source: str, hours: int = 0, **places: Any) -> None:
    """A complete visit to `source`, `hours` after NOW, that lists the locations given by key."""
    at = NOW + hours * HOUR
    save(db, report(*(reading(key, at=at, **fields) for key, fields in places.items()), at=at, source=source))


def drawn(db: Store) -> dict[str, str]:
    """Key -> the id assigned to it."""
    return {row.location.key: row.place_id for row in db.locations(("x", "y", "z"), NOW - DAY)}


def published(db: Store) -> dict[str, str]:
    """Key -> the id published for it."""
    rows = db.locations(("x", "y", "z"), NOW - DAY)
    return {row.location.key: id for id, group in groups(db, rows) for row in group}


def test_two_locations_become_one_place_under_the_older_id(db: Store) -> None:
    lists(db, "y", 0, late=HALL)
    lists(db, "x", 1, early=HALL)
    assert update_place_ids(db, REGION, NOW + 2 * HOUR) == 1
    first, second = drawn(db)["late"], drawn(db)["early"]
    assert published(db) == {"late": first, "early": first}
    assert aliases_of(db) == {first: (second,)}
    alias = read_aliases(db)[second]
    assert (alias.since, alias.why) == (NOW + 2 * HOUR, f"same address and name, as {first} of y")


def test_of_two_ids_first_seen_together_the_smaller_one_is_used(db: Store) -> None:
    lists(db, "x", a=HALL)
    lists(db, "y", b=HALL)
    update_place_ids(db, REGION, NOW)
    assert set(published(db).values()) == {min(drawn(db).values())}


def test_unchanged_locations_are_not_matched_again(db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    lists(db, "x", a=HALL)
    lists(db, "y", b=HALL)
    update_place_ids(db, REGION, NOW)
    lists(db, "y", 1, b=HALL)

    monkeypatch.setattr(assign_ids, "read_all_locations", lambda store: pytest.fail("read all locations"))
    assert update_place_ids(db, REGION, NOW + HOUR) == 0


def decided(key: str, *ids: str) -> Region:
    quoted = ", ".join(f'"{id}"' for id in ids)
    return region_of("x", "y", "z", decisions=f'[[{key}]]\nids = [{quoted}]\nwhy = "seen with our own eyes"\n')


def test_a_decision_in_the_region_file_applies_and_reverts_without_new_visits(db: Store) -> None:
    lists(db, "x", a=HALL)
    lists(db, "y", b=HALL)
    update_place_ids(db, REGION, NOW)
    apart = decided("not_same_place", *drawn(db).values())
    assert update_place_ids(db, apart, NOW + HOUR) == 1
    assert published(db) == drawn(db)
    assert update_place_ids(db, REGION, NOW + 2 * HOUR) == 1
    assert len(set(published(db).values())) == 1


def test_a_decision_can_join_what_no_rule_would(db: Store) -> None:
    lists(db, "x", a=HALL)
    lists(db, "y", b={"name": "Quince House", "state": "RI"})
    assert update_place_ids(db, REGION, NOW) == 0
    assert update_place_ids(db, decided("same_place", *drawn(db).values()), NOW) == 1
    (alias,) = read_aliases(db).values()
    assert alias.why.startswith("decided by hand: seen with our own eyes")


def test_a_source_removed_from_the_region_file_no_longer_counts_but_its_ids_stay(db: Store) -> None:
    lists(db, "x", a=HALL)
    lists(db, "y", 1, b=HALL)
    update_place_ids(db, REGION, NOW + HOUR)
    lists(db, "x", 2, a=MOVED)
    assert update_place_ids(db, region_of("y", "z"), NOW + 2 * HOUR) == 0
    assert published(db)["b"] == drawn(db)["a"]


def test_a_merge_is_undone_when_its_evidence_disappears(db: Store) -> None:
    lists(db, "x", a=HALL)
    lists(db, "y", 1, b=HALL)
    update_place_ids(db, REGION, NOW + HOUR)
    lists(db, "y", 2, b=MOVED)
    assert update_place_ids(db, REGION, NOW + 2 * HOUR) == 1
    assert published(db) == drawn(db)
    assert aliases_of(db) == {}


def test_a_place_keeps_its_id_when_its_original_location_disappears(db: Store) -> None:
    lists(db, "x", a=HALL)
    lists(db, "y", 1, b=HALL)
    update_place_ids(db, REGION, NOW + HOUR)
    root = drawn(db)["a"]
    lists(db, "x", 2)
    lists(db, "z", 3, c=HALL)
    update_place_ids(db, REGION, NOW + 3 * HOUR)
    assert published(db) == {"a": root, "b": root, "c": root}
    assert read_aliases(db)[drawn(db)["b"]].since == NOW + HOUR


def test_a_returning_location_is_matched_by_its_current_evidence(db: Store) -> None:
    lists(db, "x", a=HALL)
    lists(db, "y", 1, b=HALL)
    update_place_ids(db, REGION, NOW + HOUR)
    lists(db, "x", 2)
    lists(db, "y", 2, b=MOVED)
    update_place_ids(db, REGION, NOW + 2 * HOUR)
    assert published(db)["b"] == drawn(db)["a"]  # nothing listed contradicts it
    lists(db, "x", 3, a=HALL)
    update_place_ids(db, REGION, NOW + 3 * HOUR)
    assert published(db) == drawn(db)


def test_when_a_place_splits_its_oldest_location_keeps_the_id(db: Store) -> None:
    for hours, source in enumerate("xyz"):
        lists(db, source, hours, **{source: HALL})
    update_place_ids(db, REGION, NOW + 3 * HOUR)
    root = drawn(db)["x"]
    lists(db, "x", 4)
    lists(db, "z", 4, z=MOVED)
    update_place_ids(db, REGION, NOW + 4 * HOUR)
    assert published(db) == {"x": root, "y": root, "z": drawn(db)["z"]}


def test_when_two_places_merge_the_older_id_stays_and_every_alias_points_directly_to_it(db: Store) -> None:
    near = {"position": Position(latitude=42.0, longitude=-71.0)}
    lists(db, "x", 0, a=HALL, c={**MOVED, **near})
    lists(db, "y", 1, b=HALL, d={**MOVED, **near})
    update_place_ids(db, REGION, NOW + HOUR)
    ids = drawn(db)
    assert set(aliases_of(db)) == {ids["a"], ids["c"]}
    older, younger = sorted((ids["a"], ids["c"]))
    lists(db, "x", 2)
    lists(db, "y", 3, b=HALL)
    lists(db, "y", 4, b=HALL)
    same = decided("same_place", ids["a"], ids["c"])
    lists(db, "x", 5, a=HALL, c={**MOVED, **near})
    update_place_ids(db, same, NOW + 5 * HOUR)
    assert aliases_of(db) == {older: tuple(sorted({*ids.values()} - {older}))}
    assert younger in aliases_of(db)[older]


def test_the_best_described_location_of_a_place_comes_first(db: Store) -> None:
    lists(db, "x", a=HALL)
    lists(db, "y", b={**HALL, "info_phone": "+19785550100", "position": Position(latitude=42.0, longitude=-71.0)})
    lists(db, "z", c={**HALL, "info_phone": "+19785550100"})
    update_place_ids(db, REGION, NOW)
    rows = db.locations(("x", "y", "z"), NOW - DAY)
    ((_, group),) = groups(db, rows)
    assert [row.location.key for row in group] == ["b", "c", "a"]


def test_locations_that_are_gone_come_after_those_still_listed(db: Store) -> None:
    lists(db, "x", a={**HALL, "info_phone": "+19785550100"})
    lists(db, "y", b=HALL)
    update_place_ids(db, REGION, NOW)
    lists(db, "x", 1)
    ((_, group),) = groups(db, db.locations(("x", "y"), NOW - DAY))
    assert [row.location.key for row in group] == ["b", "a"]


def test_groups_are_in_the_order_of_their_first_rows(db: Store) -> None:
    lists(db, "x", a=MOVED, b=HALL)
    lists(db, "y", c=HALL)
    update_place_ids(db, REGION, NOW)
    found = groups(db, db.locations(("x", "y"), NOW - DAY))
    assert [[row.location.key for row in group] for _, group in found] == [["a"], ["b", "c"]]


def test_a_failed_update_of_place_ids_changes_nothing(db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    lists(db, "x", a=HALL)
    lists(db, "y", b=HALL)

    def fails(*given: Any) -> None:
        write_aliases(*given)
        raise RuntimeError

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(assign_ids, "write_aliases", fails)
        update_place_ids(db, REGION, NOW)
    assert read_aliases(db) == {}
    assert update_place_ids(db, REGION, NOW) == 1


def test_a_database_from_before_merging_is_matched(tmp_path: Path) -> None:
    old = Database(tmp_path / "a.db")
    migrations.apply(old, stop_before="m002_places_of_several_locations")
    for id, source in (("aaaaaaaaaa", "x"), ("bbbbbbbbbb", "y")):
        old.execute("INSERT INTO places VALUES (?, '2021-05-13T14:00:00.000000+00:00')", (id,))
        facts = msgspec.json.encode(location(source, **HALL)).decode()
        columns = "(source, key, place_id, facts)"
        old.execute(f"INSERT INTO locations {columns} VALUES (?, ?, ?, ?)", (source, source, id, facts))
    old.conn.commit()
    old.close()
    with Store(tmp_path / "a.db") as db:
        assert update_place_ids(db, REGION, NOW) == 1
        assert published(db) == {"x": "aaaaaaaaaa", "y": "aaaaaaaaaa"}
