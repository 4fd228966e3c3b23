"""Writes, links and removes the files of a release together with their precompressed copies.

Paths are plain strings: a large region has hundreds of thousands of files, and building a pathlib path takes longer
than linking a file.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from aggregator.release.compress import SUFFIXES


class Folder:
    """A release folder being written. File names are relative to it; subfolders are created as needed.

    Never overwrites a file, because it may be a hard link to a file of the served release: unlink it first.
    """

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._created: set[str] = set()

    def write(self, name: str, content: bytes, copies: Mapping[str, bytes]) -> None:
        """Writes a file and its precompressed copies, given by suffix."""
        path = self._create_parent(name)
        _write(path, content)
        for suffix, copy in copies.items():
            _write(path + suffix, copy)

    def link(self, other: Path, name: str, suffixes: Iterable[str]) -> bool:
        """Links a file of another folder and its copies; False if one of them is missing there."""
        old, new = f"{other}/{name}", self._create_parent(name)
        try:
            for suffix in ("", *suffixes):
                _link(old + suffix, new + suffix)
        except FileNotFoundError:
            self.unlink(name)
            return False
        return True

    def unlink(self, name: str, suffixes: Iterable[str] = SUFFIXES) -> None:
        """Removes a file with its copies; missing ones are ignored."""
        for suffix in ("", *suffixes):
            with suppress(FileNotFoundError):
                os.unlink(f"{self._root}/{name}{suffix}")

    def remove(self, name: str) -> None:
        """Removes a file with its copies, and the folders that are then empty."""
        self.unlink(name)
        parent = name.rpartition("/")[0]
        with suppress(OSError):
            while parent:
                os.rmdir(f"{self._root}/{parent}")
                self._created.discard(parent)
                parent = parent.rpartition("/")[0]

    def _create_parent(self, name: str) -> str:
        """Creates the folder of a file; returns the path of the file."""
        parent = name.rpartition("/")[0]
        if parent not in self._created:
            os.makedirs(f"{self._root}/{parent}", exist_ok=True)
            self._created.add(parent)
        return f"{self._root}/{name}"


def _write(path: str, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without hard links
        shutil.copy2(old, new)
