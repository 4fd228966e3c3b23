"""When locations were last checked: locations of a source that share their times share a row in the table `checks`.

So a visit in which nothing changed writes as many rows as it has different times, however many locations it read.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from aggregator.model import Availability
from aggregator.store.times import stamp

Times = tuple[str, str | None, str | None]  # checked_at, valid_at, and valid_until as stored


class Checks:
    """The check times of one visit. `before`: location id -> its row in `checks`, for every location that has one."""

    def __init__(self, db: Database, before: Mapping[int, int]) -> None:
        self._db, self._before = db, before
        self._last_row: int = db.execute("SELECT coalesce(max(id), 0) FROM checks").fetchone()[0]
        self._seen: defaultdict[tuple[datetime, str | None, str | None, int | None], list[int]] = defaultdict(list)
        self._times: dict[int, Times] = {}  # row -> its new times

    def record(self, location_id: int, answer: Availability) -> None:
        """Records when this location was checked. Call it once for each location."""
        valid_at, valid_until = (stamp(time) if time else None for time in (answer.valid_at, answer.valid_until))
        self._seen[answer.checked_at, valid_at, valid_until, self._before.get(location_id)].append(location_id)

    def write(self) -> dict[int, int]:
        """Writes `checks`; returns location id -> row for the locations whose row changes.

        If most locations of a row were checked, the row takes the times of their largest group, so that few have to
        move. Rows that no location refers to any more are deleted.
        """
        groups: defaultdict[Times, dict[int | None, list[int]]] = defaultdict(dict)
        read: Counter[int] = Counter()
        for (checked_at, valid_at, valid_until, row), locations in self._seen.items():
            groups[stamp(checked_at), valid_at, valid_until][row] = locations
            if row:
                read[row] += len(locations)
        held = Counter(self._before.values())
        free = {row for row, number in read.items() if 2 * number > held[row]}
        moved: dict[int, int] = {}
        for times, by_row in groups.items():
            row = max(free & by_row.keys(), key=lambda row: len(by_row[row]), default=None) or self._new_row()
            free.discard(row)
            self._times[row] = times
            for before, locations in by_row.items():
                if before != row:
                    moved |= dict.fromkeys(locations, row)
        moved |= self._set_apart({row for row in self._times if read[row] < held[row]})
        self._write([(row,) for row in free if read[row] == held[row]])
        return moved

    def _new_row(self) -> int:
        self._last_row += 1
        return self._last_row

    def _set_apart(self, rows: set[int]) -> dict[int, int]:
        """Copies `rows` for those of their locations that were not checked, so that these keep their times."""
        if not rows:
            return {}
        copies = {row: self._new_row() for row in rows}
        self._db.conn.executemany(
            "INSERT INTO checks SELECT ?, checked_at, valid_at, valid_until FROM checks WHERE id = ?",
            [(copy, row) for row, copy in copies.items()],
        )
        seen = {key for locations in self._seen.values() for key in locations}
        return {key: copies[row] for key, row in self._before.items() if row in copies and key not in seen}

    def _write(self, empty: list[tuple[int]]) -> None:
        many = self._db.conn.executemany
        many(
            "INSERT INTO checks VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at, "
            "valid_at = excluded.valid_at, valid_until = excluded.valid_until",
            [(row, *times) for row, times in self._times.items()],
        )
        many("DELETE FROM checks WHERE id = ?", empty)
