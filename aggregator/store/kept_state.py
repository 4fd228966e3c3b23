"""What a source keeps between visits (`Fetch.keep`), in the table `kept_state`: one row per key.

Rows are written in the transaction that saves the visit, so a cursor and the items up to it are always of one instant.
"""

from collections.abc import Iterable

from sqlite_utils import Database


def read_kept(db: Database, source: str) -> dict[str, str]:
    """Everything that the source keeps, key -> text, in the order of the keys."""
    rows = db.execute("SELECT key, text FROM kept_state WHERE source = ? ORDER BY key", (source,))
    return dict(rows.fetchall())


def save_kept(db: Database, source: str, changes: Iterable[tuple[str, str]]) -> None:
    """Writes the changes of one visit; an empty text removes its key. Call it inside a transaction."""
    changes = tuple(changes)
    # Raw SQL, like every upsert: docs/decisions.md explains why.
    db.conn.executemany(
        "INSERT INTO kept_state VALUES (?, ?, ?) ON CONFLICT (source, key) DO UPDATE SET text = excluded.text",
        [(source, key, text) for key, text in changes if text],
    )
    removed = [(source, key) for key, text in changes if not text]
    db.conn.executemany("DELETE FROM kept_state WHERE source = ? AND key = ?", removed)


def forget_kept(db: Database, attempted_before: str) -> None:
    """Removes what sources keep that were last visited before a time, as a removed source is. Call it as above."""
    unused = "SELECT name FROM sources WHERE attempted_at < ?"
    db.execute(f"DELETE FROM kept_state WHERE source IN ({unused})", (attempted_before,))  # noqa: S608
