"""Which region a database belongs to, so that no other one mixes its places into it."""

from aggregator.errors import ConfigError
from aggregator.store.store import Store


def region_of(store: Store) -> str:
    """The region's name; "" for a database that no run has used yet."""
    with store.transaction():
        rows = list(store.db["region"].rows)
    return rows[0]["name"] if rows else ""


def check_region(store: Store, name: str) -> None:
    """ConfigError if the database belongs to another region than `name`."""
    owner = region_of(store)
    if owner and owner != name:
        raise ConfigError(
            f"{store.path}: belongs to region {owner!r}, and this is region {name!r}; give each region a database of "
            "its own with --db, or keep the old `name` if you renamed the region (what people see is its `title`)"
        )


def claim(store: Store, name: str) -> None:
    """Gives the database to the region `name`; ConfigError if it belongs to another one."""
    check_region(store, name)
    with store.transaction():
        store.db["region"].upsert({"id": 1, "name": name}, pk="id")  # type: ignore[union-attr]
