"""The region that owns a database, so that no other region mixes its places into it."""

from aggregator.errors import ConfigError
from aggregator.store.store import Store


def region_of(store: Store) -> str:
    """The name of the region that owns the database; "" if no run has used it yet."""
    with store.transaction():
        rows = list(store.db["region"].rows)
    return rows[0]["name"] if rows else ""


def check_region(store: Store, name: str) -> None:
    """ConfigError if the database belongs to another region than `name`."""
    owner = region_of(store)
    if owner and owner != name:
        raise ConfigError(
            f"{store.path}: this database belongs to region {owner!r}, but the region file is {name!r}; give each "
            "region its own database with --db, or, if you renamed the region, restore its old `name` (people see only "
            "its `title`)"
        )


def claim(store: Store, name: str) -> None:
    """Assigns the database to the region `name`; ConfigError if another region owns it."""
    check_region(store, name)
    with store.transaction():
        store.db["region"].upsert({"id": 1, "name": name}, pk="id")  # type: ignore[union-attr]
