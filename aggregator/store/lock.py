"""One run at a time on one database: an advisory lock beside the file, held by the process and freed when it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregator.errors import StoreError


@contextmanager
def exclusive(db: Path) -> Iterator[None]:
    """Holds `<db>.lock`; StoreError at once, with the holder's process id, where another run holds it.

    The kernel frees the lock when the process ends in any way, so a file left behind stands in nobody's way.
    """
    if db.is_dir():
        raise StoreError(f"{db}: is a folder; name a file with --db")
    path = db.with_name(db.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened ({error}); name a database you may write with --db") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise StoreError(
                f"{db}: process {holder} is running on it and holds {path}; wait for it, or end it"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
        file.truncate(0)
