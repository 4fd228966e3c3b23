"""Which id stands for which place, and what matching has to look at. What makes two locations one is not said here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from aggregator.model import Location
from aggregator.store.store import Store
from aggregator.store.times import read, stamp


class Alias(NamedTuple):
    """A former id. `place_id` is the id that is published instead; `why` is a sentence for a person."""

    place_id: str
    since: datetime
    why: str


class Known(NamedTuple):
    """A location as matching sees it. `id` is the one drawn for it; `listed`: its source still lists it."""

    id: str
    source: str
    location: Location
    listed: bool
    first_seen: datetime


def read_aliases(store: Store) -> dict[str, Alias]:
    """Every alias, by the former id."""
    rows = store.db.execute("SELECT alias, place_id, since, why FROM aliases ORDER BY alias")
    return {alias: Alias(place_id, read(since), why) for alias, place_id, since, why in rows}


def read_known(store: Store) -> list[Known]:
    """Every location there ever was, in the order in which they were first saved."""
    facts = msgspec.json.Decoder(Location)
    rows = store.db.execute(
        "SELECT place_id, source, facts, gone_at IS NULL, first_seen FROM locations "
        "JOIN places ON places.id = place_id ORDER BY locations.id"
    )
    return [Known(row[0], row[1], facts.decode(row[2]), bool(row[3]), read(row[4])) for row in rows]


def is_matched(store: Store, rules: str) -> bool:
    """Whether every location was matched by these `rules` (any text that stands for them) as it is now."""
    row = store.db.execute(
        "SELECT (SELECT rules FROM matching), EXISTS (SELECT 1 FROM locations WHERE matched = 0)"
    ).fetchone()
    return bool(row[0] == rules and not row[1])


def write_aliases(store: Store, added: Mapping[str, Alias], dropped: Iterable[str], rules: str) -> None:
    """Adds or replaces aliases, drops others, and notes that every location was matched by `rules`.

    To be called inside the transaction in which the locations were read.
    """
    store.db.conn.executemany("DELETE FROM aliases WHERE alias = ?", [(alias,) for alias in dropped])
    store.db.conn.executemany(
        "INSERT OR REPLACE INTO aliases (alias, place_id, since, why) VALUES (?, ?, ?, ?)",
        [(alias, to.place_id, stamp(to.since), to.why) for alias, to in added.items()],
    )
    store.db.execute("UPDATE locations SET matched = 1 WHERE matched = 0")
    store.db.execute("INSERT OR REPLACE INTO matching (id, rules) VALUES (1, ?)", (rules,))
