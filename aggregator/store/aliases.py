"""The tables of merged places: former ids, and what matching reads. The matching rules live in `places/`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

import msgspec

from aggregator.faults import RAISE_ALL, Faults
from aggregator.model import Fault, Location
from aggregator.store.rows import Record, Row, read_each
from aggregator.store.store import Store
from aggregator.store.times import read, read_maybe, stamp


class Alias(NamedTuple):
    """A former id. `place_id` is the id published instead; `why` is the reason, as a sentence for people."""

    place_id: str
    since: datetime
    why: str


class Matchable(NamedTuple):
    """A location as matching sees it. `id` is its own place id; `gone_at`: since when its source does not list it."""

    id: str
    source: str
    location: Location
    first_seen: datetime
    gone_at: datetime | None


def read_aliases(store: Store) -> dict[str, Alias]:
    """All aliases, by the former id."""

    def read_alias(row: Record) -> tuple[str, Alias]:
        return row["alias"], Alias(row["place_id"], read(row["since"]), row["why"])

    rows = store.db.table("aliases").rows_where(order_by="alias")
    return dict(read_each("aliases", rows, read_alias, itemgetter("alias"), RAISE_ALL))


def read_place_ids(store: Store) -> dict[str, str]:
    """All aliases as former id -> published id."""
    return {row["alias"]: row["place_id"] for row in store.db.table("aliases").rows_where(order_by="alias")}


def read_all_locations(store: Store, faults: Faults = RAISE_ALL) -> list[Matchable]:
    """All locations ever saved, in the order in which they were first saved.

    A row that cannot be read is noted in `faults`; by default it raises DamagedRow.
    """
    facts = msgspec.json.Decoder(Location)
    rows = store.db.execute(
        "SELECT place_id, source, CAST(facts AS BLOB), first_seen, gone_at FROM locations "
        "JOIN places ON places.id = place_id ORDER BY locations.id"
    )

    def read_location(row: Row) -> Matchable:
        return Matchable(row[0], row[1], facts.decode(row[2]), read(row[3]), read_maybe(row[4]))

    return list(read_each("locations", rows, read_location, itemgetter(0), faults))


def is_matched(store: Store, rules: str) -> bool:
    """Whether every location, as it is now, has been matched by `rules` (any text that identifies the rules)."""
    row = store.db.execute(
        "SELECT (SELECT rules FROM matching), EXISTS (SELECT 1 FROM locations WHERE matched = 0)"
    ).fetchone()
    return bool(row[0] == rules and not row[1])


def read_matching_faults(store: Store) -> tuple[Fault, ...]:
    """What could not be compared in the last matching; empty if the record of it cannot be read."""
    row = store.db.execute("SELECT CAST(faults AS BLOB) FROM matching").fetchone()
    try:
        return msgspec.json.decode(row[0], type=tuple[Fault, ...]) if row else ()
    except msgspec.MsgspecError:
        return ()


def write_aliases(
    store: Store,
    added: Mapping[str, Alias],
    dropped: Iterable[str],
    rules: str,
    faults: Sequence[Fault] = (),
) -> None:
    """Adds or replaces aliases, drops others, and marks every location as matched by `rules`.

    `faults`: what could not be compared. Call it inside the transaction in which the locations were read.
    """
    store.db.conn.executemany("DELETE FROM aliases WHERE alias = ?", [(alias,) for alias in dropped])
    store.db.table("aliases").insert_all(
        [
            {"alias": alias, "place_id": to.place_id, "since": stamp(to.since), "why": to.why}
            for alias, to in added.items()
        ],
        replace=True,
    )
    store.db.execute("UPDATE locations SET matched = 1 WHERE matched = 0")
    matching = {"id": 1, "rules": rules, "faults": msgspec.json.encode(faults).decode()}
    store.db.table("matching").insert(matching, replace=True)
