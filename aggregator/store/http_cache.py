"""Answers kept for conditional requests (and robots.txt), so that a new process need not ask for them whole again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import msgspec
from sqlite_utils.db import NotFoundError

from aggregator.errors import StoreError
from aggregator.store.store import Store
from aggregator.store.times import stamp


class Dated(Protocol):
    """What can be kept: a msgspec Struct that says when it was stored."""

    @property
    def stored_at(self) -> datetime: ...


T = TypeVar("T", bound=Dated)


class HttpCacheStore(Generic[T]):
    """Values of one type by key, in the table `kept_answers`; what they mean is the web room's affair.

    Few hosts send anything worth keeping, so the keys are read once: the file is asked only for what it holds. Writing
    happens in the store's background thread, so it costs the event loop nothing; a file that cannot be written costs no
    visit.
    """

    def __init__(self, store: Store, kind: type[T]) -> None:
        self._store = store
        self._decoder = msgspec.msgpack.Decoder(kind)
        with store.transaction():
            self._table = store.db.table("kept_answers")
            self._keys = {row["key"] for row in self._table.rows_where(select="key")}

    async def load(self, key: str) -> T | None:
        """What was kept under `key`; None where there is nothing, or nothing that this version can read."""
        if key not in self._keys:
            return None
        return await self._store.background.run(self._read, key)

    def _read(self, key: str) -> T | None:
        with suppress(StoreError, NotFoundError, TypeError, msgspec.MsgspecError), self._store.transaction():
            return self._decoder.decode(self._table.get(key)["data"])
        return None

    def save(self, key: str, answer: T) -> None:
        """Keeps `answer` under `key` until `prune` finds it old."""
        self._keys.add(key)

        def work() -> None:
            row = {"key": key, "stored_at": stamp(answer.stored_at), "data": msgspec.msgpack.encode(answer)}
            self._table.insert(row, replace=True)

        self._write(work)

    def drop(self, key: str) -> None:
        """Forgets what was kept under `key`."""
        if key in self._keys:
            self._keys.discard(key)
            self._write(lambda: self._table.delete_where("key = ?", (key,)))

    def rename(self, key: str, new: str) -> None:
        """Keeps under `new` what was kept under `key`, if anything was."""
        if key in self._keys:
            self._keys.discard(key)
            self._keys.add(new)
            # sqlite-utils has no update that replaces the row of the new key
            rename = "UPDATE OR REPLACE kept_answers SET key = ? WHERE key = ?"
            self._write(lambda: self._store.db.execute(rename, (new, key)))

    def _write(self, statement: Callable[[], object]) -> None:
        def work() -> None:
            with self._store.transaction():
                statement()

        self._store.background.later(work, "an answer could not be kept for the next visit")
