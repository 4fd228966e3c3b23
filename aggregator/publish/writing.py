"""Writes the files of a release, each with its compressed twins; what has not changed is linked from the last release.

A file is made anew when its key differs, or when times of visits that stand in it could be older than `FRESH_FOR`; if
it then is what it was, the old one is linked all the same, so that an ETag made of a file's time and size lasts. An
asset that is not needed any more stays for `ASSETS_STAY`, so that no page in some cache points at something gone.
"""

import os
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

import msgspec

from aggregator.publish.files import File
from aggregator.publish.headers import ASSETS
from aggregator.publish.twins import TWINS

FRESH_FOR = timedelta(minutes=5)
SPREAD = 0.4  # of FRESH_FOR over which files come due, so that not all of them do in one cycle
ASSETS_STAY = timedelta(hours=1)


class Made(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a file of a release was made of, when, a digest of what it holds, and when it was needed last.

    `written`: since when it is this file on the disk, which it stays where it is made anew and holds the same.
    """

    key: bytes
    at: datetime
    size: int
    content: bytes
    needed: datetime
    written: datetime


Manifest = dict[str, Made]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Manifest).decode


class Writer:
    """Writes into `folder`; `last` is the release before, and `known` its manifest.

    `there`: the manifest of an older release that the folder holds already. What is the same file in the last one stays
    as it is, so that a release costs what changed since, and not a link for each file.
    """

    def __init__(self, folder: Path, last: Path | None, known: Manifest, there: Manifest, at: datetime) -> None:
        self.manifest: Manifest = {}
        self.made = 0
        self._folder, self._last, self._known, self._at = str(folder), last, known if last else {}, at
        self._stale = {path for path, made in there.items() if not _same_file(made, self._known.get(path))}
        self._there = there.keys() - self._stale
        self._folders: set[str] = set()

    def write(self, file: File) -> None:
        """Takes the file over from the last release, or makes it."""
        before = self._known.get(file.path)
        if before and self._unchanged(file, before) and self._take_over(file.path):
            self.manifest[file.path] = self._needed(file.path, before)
            return
        content = file.make()
        digest, written = blake2b(content, digest_size=16).digest(), self._at
        if before and before.content == digest and self._take_over(file.path):
            written = before.written
        else:
            self._write(file.path, content)
        self.manifest[file.path] = Made(file.key, self._at, len(content), digest, self._at, written)
        self.made += 1

    def finish(self) -> None:
        """Takes over the assets that some page in a cache may still ask for; removes what is not of this release."""
        for path, before in self._known.items():
            due = path.startswith(ASSETS) and path not in self.manifest and self._at < before.needed + ASSETS_STAY
            if due and self._take_over(path):
                self.manifest[path] = before
        for path in (self._there | self._stale) - self.manifest.keys():
            self._remove(path)

    def _needed(self, name: str, before: Made) -> Made:
        return msgspec.structs.replace(before, needed=self._at) if name.startswith(ASSETS) else before

    def _write(self, name: str, content: bytes) -> None:
        path = self._room(name)
        once = name.startswith(ASSETS)
        _write_new(path, content)
        for suffix, twin in TWINS.items():
            _write_new(path + suffix, (twin.best if once else twin.quick)(content))

    def _unchanged(self, file: File, before: Made) -> bool:
        return bool(file.key) and before.key == file.key and not (file.dated and self._at >= _due(before))

    def _take_over(self, name: str) -> bool:
        """Whether the file is that of the last release, because it is there already or could be linked."""
        return name in self._there or (self._last is not None and take_over(f"{self._last}/{name}", self._room(name)))

    def _room(self, name: str) -> str:
        folder = name.rpartition("/")[0]
        if folder not in self._folders:
            Path(self._folder, folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        return f"{self._folder}/{name}"

    def _remove(self, name: str) -> None:
        """The file with its twins, and the folders that are empty without it."""
        path = Path(self._folder, name)
        for suffix in ("", *TWINS):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        with suppress(OSError):
            for folder in list(path.parents)[: len(Path(name).parents) - 1]:
                folder.rmdir()


def load_manifest(path: Path) -> Manifest:
    """What is known of a release; empty where that cannot be read: then everything is made anew."""
    try:
        return _decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return {}


def save_manifest(manifest: Manifest, path: Path) -> None:
    """To be called when the release is complete: `untouched` goes by the time of this file."""
    path.write_bytes(_encode(manifest))


def untouched(folder: Path, manifest: Manifest, since: Path) -> bool:
    """Whether nobody put anything into the folders of a release, or took it out, since the file `since` was written."""
    finished = since.stat().st_mtime_ns
    folders = {path.rpartition("/")[0] for path in manifest}
    try:
        return all((folder / inner).stat().st_mtime_ns <= finished for inner in folders)
    except OSError:
        return False


def _due(before: Made) -> datetime:
    """When a file with times in it is made anew although nothing else in it has changed."""
    share = before.key[0] / 255
    return before.at + FRESH_FOR * (1 - SPREAD * share)


def _same_file(one: Made, other: Made | None) -> bool:
    """Whether what two releases have under a path is one file, with one time of writing."""
    return other is not None and (one.content, one.written) == (other.content, other.written)


def _write_new(path: str, content: bytes) -> None:
    """Never into a file that is there: it may be a link to one of the release that is served."""
    Path(path).unlink(missing_ok=True)
    Path(path).write_bytes(content)


def take_over(old: str, new: str) -> bool:
    """Whether a file could be linked with its twins; not where one is missing: somebody has been at that release."""
    try:
        for suffix in ("", *TWINS):
            _link(old + suffix, new + suffix)
    except FileNotFoundError:
        return False
    return True


def _link(old: str, new: str) -> None:
    Path(new).unlink(missing_ok=True)
    try:
        os.link(old, new)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without hard links
        shutil.copy2(old, new)
