"""Reads every row of the database as the program would, for `aggregator doctor`.

SQLite's own check finds a broken file, not a wrong value in a sound one. Every row that is not reported here can be
read by every command.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from aggregator.errors import DamagedRow
from aggregator.model import Attribution, Available, Fault, Location, Outcome, Problem
from aggregator.store.rows import DAMAGE
from aggregator.store.saving import decode as read_answer
from aggregator.store.store import Store
from aggregator.store.times import read

Reader = Callable[[Any], object]


def _maybe(reader: Reader) -> Reader:
    return lambda value: None if value is None else reader(value)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    return value


_faults = msgspec.json.Decoder(tuple[Fault, ...]).decode
_problems = msgspec.json.Decoder(tuple[Problem, ...]).decode
_attribution = msgspec.json.Decoder(Attribution).decode
_read_facts = msgspec.json.Decoder(Location).decode

# Table -> column -> its reader; a column that is not listed here is plain text.
READERS: Mapping[str, Mapping[str, Reader]] = {
    "places": {"first_seen": read},
    "aliases": {"since": read},
    "sources": {
        "outcome": Outcome, "attempted_at": read, "last_good_at": _maybe(read), "next_visit_at": read,
        "failures": _whole, "doubted": _whole, "took": float, "problems": _problems, "wait_minutes": _maybe(_whole),
        "attribution": _maybe(_attribution),
    },
    "locations": {"facts": _read_facts, "gone_at": _maybe(read), "matched": _whole},
    "anchors": {"facts": _read_facts},
    "checks": {"checked_at": read, "valid_at": _maybe(read), "valid_until": _maybe(read)},
    "answers": {
        "available": Available, "count": _maybe(_whole), "until": _maybe(read), "changed_at": read, "said": read_answer,
    },
    "changes": {"at": read, "available": Available, "count": _maybe(_whole)},
    "visits": {"at": read, "outcome": Outcome, "requests": _whole, "received": _whole},
    "kept_answers": {"stored_at": read},
    "host_waits": {"since": read, "until": read, "times": _whole, "spacing": float},
    "begun_visits": {"began_at": read, "next_visit_at": read},
    "kept_state": {"text": str},
    "matching": {"faults": _faults},
    "last_publish": {"at": read, "faults": _faults},
}  # fmt: skip


def damaged_rows(store: Store) -> Iterator[DamagedRow]:
    """All rows that cannot be read, or that refer to a row that does not exist."""
    with store.transaction():
        for table, readers in READERS.items():
            yield from _unreadable(store, table, readers)
        for table, row, parent, _ in store.db.execute("PRAGMA foreign_key_check").fetchall():
            yield DamagedRow(table, row or "without a number", LookupError(f"its row in table {parent} is missing"))


def rows_set_aside(store: Store) -> int:
    """The number of rows that a migration could not take over from an older database."""
    with store.transaction():
        return store.db.table("set_aside").count


def _unreadable(store: Store, table: str, readers: Mapping[str, Reader]) -> Iterator[DamagedRow]:
    # Read JSON as bytes, because text that is not UTF-8 would end the whole query.
    columns = ", ".join(f"CAST({name} AS BLOB)" if _is_json(name) else name for name in readers)
    (key, *_), names = store.db.table(table).pks, tuple(readers)
    for row in store.db.execute(f"SELECT CAST({key} AS BLOB), {columns} FROM {table}"):  # noqa: S608
        for name, value in zip(names, row[1:], strict=True):
            try:
                readers[name](value)
            except DAMAGE as error:
                yield DamagedRow(table, f"{row[0].decode(errors='replace')}, column {name}", error)


def _is_json(column: str) -> bool:
    return column in {"facts", "said", "problems", "faults", "attribution"}
