"""The files of a release on the disk, each with its compressed twins beside it.

A large region has a million of them, and pathlib takes longer to name one than the disk to link it: so paths are plain
text here, and the disk is not asked whether something is in the way before it is.
"""

import os
import shutil
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from aggregator.release.compress import TWINS

T = TypeVar("T")


class Folder:
    """A folder that is being filled; folders within it are made as they are needed. Names are relative to it.

    `stale`: files that are there and have to make way for what is put there.
    """

    def __init__(self, root: Path, stale: Collection[str] = ()) -> None:
        self._root, self._stale = str(root), stale
        self._made: set[str] = set()

    def write(self, name: str, content: bytes, *, best: bool) -> None:
        """Puts a file there; `best`: its twins are as small as can be, however long that takes.

        Never into a file that is there: it may be a link to one of the release that is served.
        """
        path = self._room(name)
        _write(path, content)
        for suffix, twin in TWINS.items():
            _write(path + suffix, (twin.best if best else twin.quick)(content))

    def take_over(self, other: Path, name: str) -> bool:
        """Whether a file of another folder could be linked; not where a twin is missing: somebody has been at it."""
        old, new = f"{other}/{name}", self._room(name)
        try:
            for suffix in ("", *TWINS):
                _link(old + suffix, new + suffix)
        except FileNotFoundError:
            return False
        return True

    def remove(self, name: str) -> None:
        """The file, and the folders that are empty without it."""
        _unlink(f"{self._root}/{name}")
        with suppress(OSError):
            for folder in list(Path(self._root, name).parents)[: len(Path(name).parents) - 1]:
                folder.rmdir()

    def _room(self, name: str) -> str:
        """Where a file belongs, in a folder that is there."""
        inner = name.rpartition("/")[0]
        if inner not in self._made:
            os.makedirs(f"{self._root}/{inner}", exist_ok=True)
            self._made.add(inner)
        path = f"{self._root}/{name}"
        if name in self._stale:
            _unlink(path)
        return path


def untouched(root: Path, names: Iterable[str], since: Path) -> bool:
    """Whether nobody put anything into the folders of these files, or took it out, since the file `since` was made."""
    finished = since.stat().st_mtime_ns
    folders = {name.rpartition("/")[0] for name in names}
    try:
        return all(os.stat(f"{root}/{inner}").st_mtime_ns <= finished for inner in folders)
    except OSError:
        return False


def _unlink(path: str) -> None:
    """Removes a file and its twins, as far as they are there."""
    for suffix in ("", *TWINS):
        with suppress(FileNotFoundError):
            os.unlink(path + suffix)


def _write(path: str, content: bytes) -> None:
    with _clear(path, lambda: open(path, "xb")) as file:
        file.write(content)


def _link(old: str, new: str) -> None:
    try:
        _clear(new, lambda: os.link(old, new))
    except FileNotFoundError:
        raise
    except OSError:  # a file system without hard links
        shutil.copy2(old, new)


def _clear(path: str, make: Callable[[], T]) -> T:
    """What `make` gives; what stands in its way at `path` is removed first."""
    try:
        return make()
    except FileExistsError:
        os.unlink(path)
        return make()
