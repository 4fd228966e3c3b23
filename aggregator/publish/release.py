"""A release: one complete published folder, switched in atomically.

`out` is a symbolic link to the current release in `<out>.releases/`. A release is written beside the others under a
name that is not served, then the link is replaced in one step (rename(2)); so a process killed at any instant leaves
the last release served whole. The one before it is kept, older ones and unfinished ones are removed.
"""

import gzip
import os
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import brotli

from aggregator.errors import PublishError

UNFINISHED = ".unfinished-"
BROTLI_QUALITY = 5  # 11 costs some 27 times the CPU of 9 for a few percent; a release is made anew every minute
GZIP_LEVEL = 6


class Release(NamedTuple):
    """What was published: where, how many files and bytes (without their compressed twins)."""

    path: Path
    files: int
    size: int


def publish(files: Iterable[tuple[str, bytes]], out: Path, at: datetime) -> Release:
    """Writes `files` (relative path, content) as a new release of `out` and switches to it.

    PublishError says what stands in the way; the release before stays served.
    """
    folder = _folder(out)
    name = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    try:
        _make_room(out)
        folder.mkdir(parents=True, exist_ok=True)
        _remove(folder, [path.name for path in folder.glob(UNFINISHED + "*")])
        new = folder / f"{UNFINISHED}{name}-{os.getpid()}"
        count, size = _write(files, new)
        final = folder / name
        for number in range(2, 1000):
            if not final.exists():
                break
            final = folder / f"{name}-{number}"
        previous = out.resolve().name if out.is_symlink() else ""
        new.rename(final)
        _switch(out, final)
        _remove(folder, [path.name for path in folder.iterdir() if path.name not in {final.name, previous}])
    except OSError as error:
        raise PublishError(
            f"{out}: the release cannot be written ({error}); the last one stays served. "
            "Free some space or name a folder you may write with --out"
        ) from error
    return Release(final, count, size)


def check_writable(out: Path) -> None:
    """PublishError where a release of `out` could not be written."""
    folder = _folder(out)
    try:
        _refuse_foreign(out)
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"{UNFINISHED}probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PublishError(f"{out}: cannot be written to ({error}); name a folder you may write with --out") from error


def _folder(out: Path) -> Path:
    """Where the releases of `out` are; PublishError for "." and "..", which no link can take the place of."""
    if out.name in ("", ".."):
        raise PublishError(f"{out}: has no name that a link to a release could have; name a folder with --out")
    return out.with_name(out.name + ".releases")


def _refuse_foreign(out: Path) -> None:
    """An empty folder may be replaced by the link; one with files in it is somebody's."""
    if not out.is_symlink() and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise PublishError(f"{out}: is not a release but a file or folder of its own; name another folder with --out")


def _make_room(out: Path) -> None:
    _refuse_foreign(out)
    if out.exists() and not out.is_symlink():
        out.rmdir()


def _write(files: Iterable[tuple[str, bytes]], folder: Path) -> tuple[int, int]:
    count = size = 0
    made: set[Path] = set()
    for name, content in files:
        path = folder / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_bytes(content)
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, GZIP_LEVEL, mtime=0))
        path.with_name(path.name + ".br").write_bytes(brotli.compress(content, quality=BROTLI_QUALITY))
        count, size = count + 1, size + len(content)
    return count, size


def _switch(out: Path, release: Path) -> None:
    link = out.with_name(f".{out.name}.{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(Path(release.parent.name) / release.name)
    os.replace(link, out)


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        shutil.rmtree(folder / name, ignore_errors=True)
