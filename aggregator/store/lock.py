"""One process at a time on one thing: an advisory lock on a file, held by the process and freed when it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from aggregator.errors import StoreError


class LockHeld(Exception):
    """Another process holds the lock; `holder` is its process id, as far as known."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def exclusive(db: Path) -> Iterator[None]:
    """Holds `<db>.lock`; StoreError at once, with the holder's process id, where another run holds it."""
    if db.is_dir():
        raise StoreError(f"{db}: is a folder; name a file with --db")
    path = db.with_name(db.name + ".lock")
    try:
        file = open_lock_file(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened ({error}); name a database you may write with --db") from error
    try:
        with hold_lock(file):
            yield
    except LockHeld as error:
        raise StoreError(
            f"{db}: process {error.holder} is running on it and holds {path}; wait for it, or end it"
        ) from None


def open_lock_file(path: Path) -> TextIO:
    """The file of a lock, made where there is none; OSError where it cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("a+", encoding="utf-8")


@contextmanager
def hold_lock(file: TextIO) -> Iterator[None]:
    """Holds the lock on an open file and closes it; Held at once if another process has the lock.

    The kernel frees the lock when the process ends in any way, so a file left behind stands in nobody's way. The file
    names its holder for people; where a full disk has no room for that, the lock holds all the same.
    """
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise LockHeld(file.read().strip() or "unknown") from None
        _write(file, f"{os.getpid()}\n")
        yield
        _write(file, "")
    finally:
        with suppress(OSError):
            file.close()


def _write(file: TextIO, text: str) -> None:
    with suppress(OSError):
        file.truncate(0)
        file.write(text)
        file.flush()
