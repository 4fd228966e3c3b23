"""Answers kept for conditional requests (and robots.txt), so that a new process need not ask for them whole again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import msgspec

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
            self._keys = {key for (key,) in store.db.execute("SELECT key FROM kept_answers")}

    async def load(self, key: str) -> T | None:
        """What was kept under `key`; None where there is nothing, or nothing that this version can read."""
        if key not in self._keys:
            return None
        return await self._store.background.run(self._read, key)

    def _read(self, key: str) -> T | None:
        with suppress(StoreError, TypeError, msgspec.MsgspecError), self._store.transaction():
            row = self._store.db.execute("SELECT data FROM kept_answers WHERE key = ?", (key,)).fetchone()
            return self._decoder.decode(row[0]) if row else None
        return None

    def save(self, key: str, answer: T) -> None:
        """Keeps `answer` under `key` until `prune` finds it old."""
        self._keys.add(key)
        self._write(
            "INSERT OR REPLACE INTO kept_answers VALUES (?, ?, ?)",
            lambda: (key, stamp(answer.stored_at), msgspec.msgpack.encode(answer)),
        )

    def drop(self, key: str) -> None:
        """Forgets what was kept under `key`."""
        if key in self._keys:
            self._keys.discard(key)
            self._write("DELETE FROM kept_answers WHERE key = ?", lambda: (key,))

    def rename(self, key: str, new: str) -> None:
        """Keeps under `new` what was kept under `key`, if anything was."""
        if key in self._keys:
            self._keys.discard(key)
            self._keys.add(new)
            self._write("UPDATE OR REPLACE kept_answers SET key = ? WHERE key = ?", lambda: (new, key))

    def _write(self, statement: str, row: Callable[[], tuple[Any, ...]]) -> None:
        def work() -> None:
            with self._store.transaction():
                self._store.db.execute(statement, row())

        self._store.background.later(work, "an answer could not be kept for the next visit")
