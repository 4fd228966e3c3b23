"""What sources keep between visits, in the database: saved with the visit or not at all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import StoreError
from aggregator.model import Outcome
from aggregator.store import store as store_module
from aggregator.store.inspection import damaged_rows
from aggregator.store.retention import prune
from aggregator.store.store import Store
from tests.support.records import DAY, MINUTE, NOW, SOURCE, reading, report, save
from tests.support.stores import empty_store


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        yield opened


def listed(db: Store) -> list[str]:
    return [row.location.key for row in db.locations([SOURCE], NOW + DAY)]


def test_each_source_has_its_own_keys(db: Store) -> None:
    save(db, report(reading("a"), kept=(("cursor", "1"), ("item b", "2"))))
    save(db, report(reading("a"), source="other", kept=(("cursor", "9"),)))
    assert (db.kept(SOURCE), db.kept("other")) == ({"cursor": "1", "item b": "2"}, {"cursor": "9"})


def test_a_later_visit_replaces_and_removes(db: Store) -> None:
    save(db, report(reading("a"), kept=(("cursor", "1"), ("item b", "2"), ("item c", "3"))))
    save(db, report(reading("a"), at=NOW + MINUTE, kept=(("cursor", "4"), ("item b", ""))))
    assert db.kept(SOURCE) == {"cursor": "4", "item c": "3"}


def test_a_partial_visit_saves_what_it_read(db: Store) -> None:
    save(db, report(reading("a"), outcome=Outcome.DOWN, whole=False, kept=(("cursor", "1"),)))
    assert (db.kept(SOURCE), listed(db)) == ({"cursor": "1"}, ["a"])


@pytest.mark.parametrize("step", ["save_report", "save_kept"])
def test_a_cursor_is_never_saved_without_its_pages_nor_they_without_it(
    db: Store, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(db, report(reading("a"), kept=(("cursor", "1"),)))
    real = getattr(store_module, step)

    def dies(*arguments: object) -> None:
        real(*arguments)
        raise StoreError("the process ends here")

    monkeypatch.setattr(store_module, step, dies)
    with pytest.raises(StoreError):
        save(db, report(reading("a"), reading("b"), at=NOW + MINUTE, kept=(("cursor", "2"),)))
    assert (db.kept(SOURCE), listed(db)) == ({"cursor": "1"}, ["a"])


def test_a_place_that_is_stated_to_be_gone_goes_even_in_a_partial_visit(db: Store) -> None:
    save(db, report(reading("a"), reading("b"), reading("c")))
    later: dict[str, Any] = {"at": NOW + MINUTE, "outcome": Outcome.DOWN, "whole": False, "changes_only": True}
    saved = save(db, report(reading("c"), gone=("b", "c", "never seen"), **later))
    assert (saved.gone, listed(db)) == (1, ["a", "c"])


def test_changes_take_nothing_for_gone_that_they_do_not_list(db: Store) -> None:
    save(db, report(reading("a"), reading("b")))
    save(db, report(reading("a"), at=NOW + MINUTE, changes_only=True))
    assert listed(db) == ["a", "b"]


def test_pruning_forgets_only_sources_that_are_no_longer_visited(db: Store, tmp_path: Path) -> None:
    save(db, report(reading("a"), kept=(("cursor", "1"),)))
    save(db, report(reading("a"), source="other", at=NOW + 2 * DAY, kept=(("cursor", "9"),)))
    prune(db, NOW + DAY, tmp_path)
    assert (db.kept(SOURCE), db.kept("other")) == ({}, {"cursor": "9"})
    assert list(damaged_rows(db)) == []
