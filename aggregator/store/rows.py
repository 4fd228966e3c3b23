"""Reads and inserts rows; a damaged row never blocks the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlite_utils import Database

from aggregator.errors import DamagedRow
from aggregator.faults import Faults
from aggregator.model import Stage

T = TypeVar("T")
R = TypeVar("R")
Row = Sequence[Any]  # a row of a raw SQL statement
Record = Mapping[str, Any]  # a row from sqlite-utils: column -> value

DAMAGE = (ValueError, TypeError, msgspec.MsgspecError)  # What readers raise for a value that this program never wrote.


def read_each(
    table: str, rows: Iterable[R], read: Callable[[R], T], name_of: Callable[[R], object], faults: Faults
) -> Iterator[T]:
    """The value of each row; a damaged row is left out and noted in `faults`.

    `name_of` gives what a person finds the row by.
    """
    for row in rows:
        try:
            made = read(row)
        except DAMAGE as error:
            report_damage(table, name_of(row), error, faults)
        else:
            yield made


def report_damage(table: str, name: object, error: Exception, faults: Faults) -> None:
    """Notes a damaged row in `faults` as a DamagedRow."""
    faults.note(Stage.SNAPSHOT, str(name), DamagedRow(table, name, error))


def insert_rows(db: Database, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Inserts rows into a table; `columns` names their values."""
    if found := list(rows):  # Looking up the table costs two queries, and most visits insert nothing.
        db.table(table).insert_all([tuple(columns), *found])
