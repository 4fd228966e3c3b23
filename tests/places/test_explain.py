"""How a place is explained to an operator: its locations, why they were merged, near misses, and lines to paste."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.cli import main
from aggregator.config.region import Region, parse_region
from aggregator.errors import ConfigError
from aggregator.places import explain, update_place_ids
from aggregator.places.explaining import merged, unknown_decisions
from aggregator.store.store import Store
from tests.support.records import NOW, REGION, SOURCES, reading, report, save
from tests.support.stores import empty_store

HALL: dict[str, Any] = {
    "name": "Alder Hall",
    "address_lines": ("14 Main St",),
    "city": "Ashby",
    "state": "MA",
    "postal_code": "01431",
}
TWO_SOURCES = f"{SOURCES}{SOURCES.replace('county', 'state')}"


def region_of(decisions: str = "") -> Region:
    return parse_region(f"{REGION}{TWO_SOURCES}{decisions}", "alder.toml")


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        yield opened


def fill(db: Store) -> tuple[str, str, str]:
    """The ids of a place's two locations, the root first, and of a neighbor that was not merged."""
    save(db, report(reading("hall", **HALL), reading("house", **{**HALL, "name": "Birch House"})))
    save(db, report(reading("same", **HALL), source="state"))
    ids = {row.location.key: row.place_id for row in db.locations(("county", "state"), NOW)}
    root, other = sorted((ids["hall"], ids["same"]))
    return root, other, ids["house"]


def test_a_merged_place_is_explained_with_near_misses_and_the_lines_that_undo_it(db: Store) -> None:
    root, _, house = fill(db)
    update_place_ids(db, region_of(), NOW)
    lines = explain(db, region_of(), root)
    text = "\n".join(lines)
    assert lines[0] == f"{root} is the id of a place"
    assert "It has 2 locations:" in lines
    assert "Alder Hall, 14 Main St, Ashby, MA 01431" in text
    assert f"    same address and name, as {root} of " in text
    assert "since 2021-05-13 14:00 UTC" in text
    assert f"  {house} county: Birch House" in text
    assert "same address, but different names" in text
    assert "  [[not_same_place]]" in lines


def test_the_suggested_lines_split_the_place_and_join_it_again(db: Store) -> None:
    _, other, house = fill(db)
    update_place_ids(db, region_of(), NOW)
    lines = explain(db, region_of(), other)
    pasted = region_of("\n".join(lines[lines.index("  [[not_same_place]]") :]))
    assert update_place_ids(db, pasted, NOW) == 1
    apart = explain(db, pasted, other)
    assert apart[0] == f"{other} is the id of a place"
    assert any("decided by hand" in line for line in apart)

    start = lines.index("  [[same_place]]")
    together = region_of("\n".join(lines[start : start + 3]))
    update_place_ids(db, together, NOW)
    assert "It has 3 locations:" in explain(db, together, house)


def test_a_former_id_names_the_id_it_is_shown_as(db: Store) -> None:
    root, other, _ = fill(db)
    update_place_ids(db, region_of(), NOW)
    assert explain(db, region_of(), other)[0] == f"{other} is now shown as {root}"


def test_a_pending_merge_is_reported(db: Store) -> None:
    root, _, _ = fill(db)
    lines = explain(db, region_of(), root)
    assert any("aggregator run" in line for line in lines)
    assert any("the next cycle will merge it" in line for line in lines)


def test_an_unknown_id_is_an_error_with_the_next_step(db: Store) -> None:
    with pytest.raises(ConfigError, match=r"'zzzzzzzzzz': no place in :memory: has or had this id; .*places list"):
        explain(db, region_of(), "zzzzzzzzzz")


def test_decisions_about_unknown_ids_are_listed(db: Store) -> None:
    root, _, _ = fill(db)
    decided = region_of(f'[[same_place]]\nids = ["{root}", "aaaaaaaaaa"]\nwhy = "x"\n')
    (line,) = unknown_decisions(db, decided)
    assert line.startswith("same_place: aaaaaaaaaa is not a location in :memory:;")


def test_merged_places_are_listed_with_their_reasons(db: Store) -> None:
    root, other, _ = fill(db)
    assert merged(db) == []
    update_place_ids(db, region_of(), NOW)
    (line,) = merged(db)
    assert line.startswith(f"{root} <- {other} ")
    assert line.endswith("since 2021-05-13")


def test_the_commands_print_the_same_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "alder.toml"
    file.write_text(f"{REGION}{TWO_SOURCES}", encoding="utf-8")
    with Store(tmp_path / "a.db") as store:
        _, other, _ = fill(store)
        update_place_ids(store, region_of(), NOW)
        explained, listed = explain(store, region_of(), other), merged(store)

    for words, lines in ((["explain", other], explained), (["list"], listed)):
        assert main(["places", *words, "--region", str(file), "--db", str(tmp_path / "a.db")]) == 0
        assert capsys.readouterr().out.splitlines() == lines
