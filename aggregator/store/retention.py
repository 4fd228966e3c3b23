"""History is bounded: what is older than the region keeps it goes to a day file and out of the database in one step."""

import gzip
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from aggregator.errors import StoreError
from aggregator.store.store import Store
from aggregator.store.times import stamp

DATED = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*"  # a damaged time names no day file; its row stays


def prune(store: Store, before: datetime, folder: Path) -> int:
    """Moves changes older than `before` to `folder`/YYYY-MM-DD.jsonl.gz and drops old visits, tallies and answers.

    The newest change of every location stays, so that "since when" is always known. Returns how many were moved.
    The day files are complete on disk before the rows go: a process killed in between writes them once more.
    """
    at = stamp(before)
    with store.transaction():
        rows = store.db.execute(
            "SELECT changes.id, at, source, key, available, count FROM changes JOIN locations l ON l.id = location_id "
            "WHERE at < ? AND at GLOB ? AND changes.id NOT IN (SELECT max(id) FROM changes GROUP BY location_id) "
            "ORDER BY changes.id",
            (at, DATED),
        ).fetchall()
        for day in sorted({row[1][:10] for row in rows}):
            _add(folder / f"{day}.jsonl.gz", [row[1:] for row in rows if row[1].startswith(day)])
        store.db.conn.executemany("DELETE FROM changes WHERE id = ?", [row[:1] for row in rows])
        store.db.execute("DELETE FROM visits WHERE at < ?", (at,))
        store.db.execute("DELETE FROM hosts WHERE day < ?", (at[:10],))
        store.db.execute("DELETE FROM kept_answers WHERE stored_at < ?", (at,))
        store.db.execute("DELETE FROM host_waits WHERE until < ?", (at,))
        store.db.execute("DELETE FROM begun_visits WHERE next_visit_at < ?", (at,))
    return len(rows)


def _add(path: Path, rows: Iterable[tuple[object, ...]]) -> None:
    """Joins the lines to a day file in order of time; a line that stands there already is not written twice."""
    names = ("at", "source", "location", "available", "count")
    lines = {json.dumps(dict(zip(names, row, strict=True))) for row in rows}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as old:
                lines |= {line.rstrip("\n") for line in old}
        part = path.with_suffix(".part")
        with gzip.open(part, "wt", encoding="utf-8") as new:
            new.writelines(f"{line}\n" for line in sorted(lines))
        os.replace(part, path)
    except OSError as error:
        raise StoreError(f"{path}: history cannot be written ({error}); nothing was pruned, free some space") from error
