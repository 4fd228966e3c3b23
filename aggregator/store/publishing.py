"""The record of the last publish: what it left out, or why it failed. One row, which `aggregator status` reads."""

from datetime import datetime

import msgspec
from sqlite_utils import Database

from aggregator.errors import DamagedRow
from aggregator.model import Fault
from aggregator.store.times import read, stamp


class LastPublish(msgspec.Struct, frozen=True, kw_only=True):
    """The last publish. `failure`: why nothing was published, or "". `faults`: what was left out of the release."""

    at: datetime
    failure: str = ""
    faults: tuple[Fault, ...] = ()


def write_last_publish(db: Database, last: LastPublish) -> None:
    faults = msgspec.json.encode(last.faults).decode()
    row = {"id": 1, "at": stamp(last.at), "failure": last.failure, "faults": faults}
    db.table("last_publish").insert(row, replace=True)


def read_last_publish(db: Database) -> LastPublish | None:
    """The record, or None if there was no publish yet."""
    row = db.execute("SELECT at, failure, CAST(faults AS BLOB) FROM last_publish").fetchone()
    try:
        if row is None:
            return None
        return LastPublish(at=read(row[0]), failure=row[1], faults=msgspec.json.decode(row[2], type=tuple[Fault, ...]))
    except (ValueError, TypeError, msgspec.MsgspecError) as error:
        raise DamagedRow("last_publish", 1, error) from error
