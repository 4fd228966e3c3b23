"""Which id stands for which place, and what matching has to look at. What makes two locations one is not said here."""

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
    """A former id. `place_id` is the id that is published instead; `why` is a sentence for a person."""

    place_id: str
    since: datetime
    why: str


class Matchable(NamedTuple):
    """A location as matching sees it. `id` is the one drawn for it; `gone_at`: since when it is not listed any more."""

    id: str
    source: str
    location: Location
    first_seen: datetime
    gone_at: datetime | None


def read_aliases(store: Store) -> dict[str, Alias]:
    """Every alias, by the former id."""

    def read_alias(row: Record) -> tuple[str, Alias]:
        return row["alias"], Alias(row["place_id"], read(row["since"]), row["why"])

    rows = store.db.table("aliases").rows_where(order_by="alias")
    return dict(read_each("aliases", rows, read_alias, itemgetter("alias"), RAISE_ALL))


def read_place_ids(store: Store) -> dict[str, str]:
    """Former id -> the id that is published instead."""
    return {row["alias"]: row["place_id"] for row in store.db.table("aliases").rows_where(order_by="alias")}


def read_all_locations(store: Store, faults: Faults = RAISE_ALL) -> list[Matchable]:
    """Every location there ever was, in the order in which they were first saved.

    DamagedRow for one that cannot be read, or a note in `faults`.
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
    """Whether every location was matched by these `rules` (any text that stands for them) as it is now."""
    row = store.db.execute(
        "SELECT (SELECT rules FROM matching), EXISTS (SELECT 1 FROM locations WHERE matched = 0)"
    ).fetchone()
    return bool(row[0] == rules and not row[1])


def read_matching_faults(store: Store) -> tuple[Fault, ...]:
    """What could not be compared when locations were last matched; nothing if that cannot be read."""
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
    """Adds or replaces aliases, drops others, and notes that every location was matched by `rules`, but for `faults`.

    To be called inside the transaction in which the locations were read.
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
