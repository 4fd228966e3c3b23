"""An advisory file lock: one process at a time, released by the kernel when the process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from aggregator.errors import StoreError


class LockHeld(Exception):
    """Raised if another process holds the lock. `holder` is its process id, or "unknown"."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def exclusive(db: Path) -> Iterator[None]:
    """Holds `<db>.lock`; if another run holds it, raises StoreError with its process id without waiting."""
    if db.is_dir():
        raise StoreError(f"{db} is a folder; name a database file with --db")
    path = db.with_name(db.name + ".lock")
    try:
        file = open_lock_file(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be opened ({error}); name a database in a folder where you may write with --db"
        ) from error
    try:
        with hold_lock(file):
            yield
    except LockHeld as error:
        raise StoreError(
            f"{db}: process {error.holder} is using this database and holds {path}; wait until it ends, or stop it"
        ) from None


def open_lock_file(path: Path) -> TextIO:
    """Opens a lock file and creates it if necessary; OSError if that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("a+", encoding="utf-8")


@contextmanager
def hold_lock(file: TextIO) -> Iterator[None]:
    """Holds the lock on an open file, then closes the file; raises LockHeld at once if another process has the lock.

    The kernel releases the lock however the process ends, so a leftover file blocks nobody. The file names its holder
    for people; the lock also works if a full disk leaves no room for that.
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
