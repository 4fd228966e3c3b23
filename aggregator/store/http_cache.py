"""The stored HTTP cache: answers for conditional requests and robots.txt, which outlive the process."""

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
    """A value that can be cached: a msgspec Struct with the time at which it was stored."""

    @property
    def stored_at(self) -> datetime: ...


T = TypeVar("T", bound=Dated)


class HttpCacheStore(Generic[T]):
    """Cached values of one type by key, in the table `kept_answers`. What they mean is up to `web/`.

    The keys are read once, because few hosts send anything worth caching: the database is queried only for keys that
    exist. Writes run in the store's background thread, so they never block the event loop; a failed write costs no
    visit.
    """

    def __init__(self, store: Store, kind: type[T]) -> None:
        self._store = store
        self._decoder = msgspec.msgpack.Decoder(kind)
        with store.transaction():
            self._table = store.db.table("kept_answers")
            self._keys = {row["key"] for row in self._table.rows_where(select="key")}

    async def load(self, key: str) -> T | None:
        """The value cached under `key`; None if there is none, or one that this version cannot read."""
        if key not in self._keys:
            return None
        return await self._store.background.run(self._read, key)

    def _read(self, key: str) -> T | None:
        with suppress(StoreError, NotFoundError, TypeError, msgspec.MsgspecError), self._store.transaction():
            return self._decoder.decode(self._table.get(key)["data"])
        return None

    def save(self, key: str, answer: T) -> None:
        """Caches `answer` under `key` until `prune` removes it for its age."""
        self._keys.add(key)

        def work() -> None:
            row = {"key": key, "stored_at": stamp(answer.stored_at), "data": msgspec.msgpack.encode(answer)}
            self._table.insert(row, replace=True)

        self._write(work)

    def drop(self, key: str) -> None:
        """Removes the value cached under `key`."""
        if key in self._keys:
            self._keys.discard(key)
            self._write(lambda: self._table.delete_where("key = ?", (key,)))

    def rename(self, key: str, new: str) -> None:
        """Moves the value cached under `key`, if there is one, to the key `new`."""
        if key in self._keys:
            self._keys.discard(key)
            self._keys.add(new)
            # sqlite-utils has no update that replaces the row of the new key.
            rename = "UPDATE OR REPLACE kept_answers SET key = ? WHERE key = ?"
            self._write(lambda: self._store.db.execute(rename, (new, key)))

    def _write(self, statement: Callable[[], object]) -> None:
        def work() -> None:
            with self._store.transaction():
                statement()

        self._store.background.later(work, "an answer could not be cached for the next visit")
