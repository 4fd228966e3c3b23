"""Empty databases for tests that need hundreds of them."""

import sqlite3
from functools import cache

import pytest

from aggregator.store import store
from aggregator.store.store import Store


def empty_store() -> Store:
    """A new database in memory, copied from an empty one: running every migration takes a hundred times as long."""
    empty = _migrated()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "migrate", lambda db, path: empty.backup(db.conn))
        return Store(":memory:")


@cache
def _migrated() -> sqlite3.Connection:
    connection: sqlite3.Connection = Store(":memory:").db.conn
    return connection
