"""Compares the table API of sqlite-utils with the same work in SQL, on the rows written by a visit to 5,000 locations.

docs/decisions.md draws the conclusion: the store adds and reads rows through the API, and changes many rows in SQL.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from measure import Side, Table, figure, medians, must, seconds
from synthetic import report
from tables import Benchmark

from aggregator.store.store import Store

CHANGE = "INSERT INTO changes (location_id, at, available, count) VALUES (?, ?, ?, ?)"
ANSWER = "UPDATE answers SET changed_at = ?, said = ? WHERE location_id = ?"
BEGUN = "INSERT OR REPLACE INTO begun_visits VALUES (?, ?, ?)"


class Size(NamedTuple):
    """Locations per report, and rounds."""

    locations: int
    rounds: int


class Pair(NamedTuple):
    """The same work twice, and the maximum ratio of the first to the second (None: no limit)."""

    table_api: Callable[[], object]
    sql: Callable[[], object]
    limit: float | None = None


def pairs(store: Store) -> Mapping[str, Pair]:
    """Description -> the two ways to do it."""
    db = store.db
    columns = ("location_id", "at", "available", "count")
    changes = db.execute(f"SELECT {', '.join(columns)} FROM changes").fetchall()
    answers = list(db.table("answers").rows)
    texts = [(row["changed_at"], row["said"], row["location_id"]) for row in answers]
    began = {"source": "county", "began_at": answers[0]["changed_at"], "next_visit_at": answers[0]["changed_at"]}

    def one_by_one() -> None:
        for changed_at, said, key in texts:
            db.table("answers").update(key, {"changed_at": changed_at, "said": said})

    return {
        "add many rows (`insert_all`)": Pair(
            lambda: db.table("changes").insert_all([columns, *changes]), lambda: db.conn.executemany(CHANGE, changes), 2
        ),
        "read many rows (`rows`)": Pair(
            lambda: list(db.table("answers").rows), lambda: db.execute("SELECT * FROM answers").fetchall(), 3
        ),
        "change many rows (`upsert_all`)": Pair(
            lambda: db.table("answers").upsert_all(answers, pk="location_id"),
            lambda: db.conn.executemany(ANSWER, texts),
        ),
        "change many rows (`update`)": Pair(one_by_one, lambda: db.conn.executemany(ANSWER, texts)),
        "replace one row (`insert`)": Pair(
            lambda: db.table("begun_visits").insert(began, replace=True),
            lambda: db.execute(BEGUN, tuple(began.values())),
        ),
    }


def taken_by(store: Store, pair: Pair, rounds: int) -> tuple[float, float]:
    """Milliseconds through the API and in SQL."""

    def side(work: Callable[[], object]) -> Side:
        def once() -> float:
            with store.transaction():
                return seconds(work)

        return once

    table_api, sql = medians(side(pair.table_api), side(pair.sql), rounds=rounds)
    return table_api, sql


def measured(size: Size) -> Table:
    visit = report([number % 90 for number in range(size.locations)])
    lines = []
    with TemporaryDirectory() as folder, Store(Path(folder) / "a.db") as store:
        store.save(visit, next_visit_at=visit.started_at, failures=0, doubted=0)
        for what, pair in pairs(store).items():
            ours, sql = taken_by(store, pair, size.rounds)
            lines.append(figure(what, ours, reference=sql, limit=pair.limit))
        done = {"answers stored": store.db.table("answers").count, "changes stored": store.db.table("changes").count}
        must(done["changes stored"] > done["answers stored"] == size.locations, f"rows are missing: {done}")
    return Table(f"The table API of sqlite-utils on {size.locations:,} rows, beside SQL", lines, done)


BENCHMARK = Benchmark("bench_table_api", measured, full=Size(5000, rounds=7), tiny=Size(20, rounds=1))

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
