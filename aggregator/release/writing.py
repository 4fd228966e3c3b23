"""Writes the files of one release, and keeps the manifest that says what each of them was made of.

A file that has not changed since the last release is linked from there. A file that shows times of visits is also made
again when it gets too old. An asset stays for `ASSETS_STAY` after the last page that needs it, so that a cached page
never points at a missing file.
"""

import errno
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import msgspec

from aggregator.errors import PublishError, described
from aggregator.faults import RAISE_ALL, Faults
from aggregator.model import Stage
from aggregator.published_file import File
from aggregator.release.compress import precompressed, suffixes
from aggregator.release.disk import Folder
from aggregator.serving import ASSETS

MAX_AGE = timedelta(minutes=10)  # of the times that a file shows, unless the region says otherwise (`stale_after`)
SAFETY = 0.9  # of that age: leaves time for the release that makes the file again
ASSETS_STAY = timedelta(hours=1)
NO_SUCH_NAME = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)  # a file system refuses the name


class ManifestEntry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A file in the manifest: its key and when it was made; size, digest, and precompressed copies of its content.

    `needed`: the last release that listed the file. Only assets stay longer than that.
    """

    key: bytes
    at: datetime
    size: int
    content: bytes
    copies: tuple[str, ...]
    needed: datetime


Manifest = dict[str, ManifestEntry]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Manifest).decode


class Last(NamedTuple):
    """The release being served; None and {} before the first one."""

    path: Path | None
    manifest: Manifest


class Writer:
    """Writes one release into `folder`. A file that cannot be made or named is left out and noted in `faults`.

    `reused`: the manifest of an old release whose files are still in the folder. Those that are also in the last
    release are left where they are, so that a release costs what changed, not a link for each file.
    """

    def __init__(
        self,
        folder: Path,
        last: Last,
        reused: Manifest,
        at: datetime,
        max_age: timedelta = MAX_AGE,
        faults: Faults = RAISE_ALL,
    ) -> None:
        self.manifest: Manifest = {}
        self.made = 0
        self._folder, self._last, self._at, self._faults = Folder(folder), last, at, faults
        self._period = max_age.total_seconds() * SAFETY
        self._reused = {path: entry.copies for path, entry in reused.items()}
        self._in_place = {path for path, entry in reused.items() if _same_file(entry, last.manifest.get(path))}

    def write(self, file: File) -> None:
        """Takes the file over from the last release, or makes it."""
        before = self._last.manifest.get(file.path)
        if before and self._is_current(file, before) and self._keep(file.path, before):
            asset = file.path.startswith(ASSETS)
            self.manifest[file.path] = msgspec.structs.replace(before, needed=self._at) if asset else before
            return
        failed = self._faults.count
        try:
            content = file.make()
        except Exception as error:
            return self._leave_out(file, error)
        # Something was left out of the content: without a key, the next release tries again.
        key = file.key if self._faults.count == failed else b""
        digest, copies = blake2b(content, digest_size=16).digest(), suffixes(file.copies, len(content))
        entry = ManifestEntry(key, self._at, len(content), digest, copies, self._at)
        same = _same_file(entry, before) and self._keep(file.path, entry)
        if not same and (refused := self._put(file, content)):
            return self._leave_out(file, refused)
        self.manifest[file.path] = entry
        self.made += 1

    def finish(self) -> None:
        """Keeps assets that a cached page may still request; removes files of the old release that this one lacks."""
        for path, before in self._last.manifest.items():
            stays = path.startswith(ASSETS) and path not in self.manifest and self._at < before.needed + ASSETS_STAY
            if stays and self._keep(path, before):
                self.manifest[path] = before
        for path in self._reused.keys() - self.manifest.keys():
            self._folder.remove(path)

    def _is_current(self, file: File, before: ManifestEntry) -> bool:
        return bool(file.key) and before.key == file.key and not (file.dated and self._is_due(file.path, before.at))

    def _is_due(self, path: str, made: datetime) -> bool:
        """Whether the file is too old. Files come due at different moments, not all of them in one release."""
        offset = crc32(path.encode("utf-8", "replace")) % self._period
        return (self._at.timestamp() + offset) // self._period != (made.timestamp() + offset) // self._period

    def _keep(self, path: str, entry: ManifestEntry) -> bool:
        """Whether the file of the last release is in the folder now."""
        if path in self._in_place:
            return True
        self._make_way(path)
        return self._last.path is not None and self._folder.link(self._last.path, path, entry.copies)

    def _put(self, file: File, content: bytes) -> Exception | None:
        """Writes the file; returns the error if no file can have this name."""
        path = file.path
        self._make_way(path)
        try:
            self._folder.write(path, content, precompressed(content, file.copies))
        except ValueError as error:  # a character that no path can hold
            return error
        except OSError as error:
            if error.errno not in NO_SUCH_NAME:
                raise
            with suppress(OSError):
                self._folder.remove(path)  # a copy has a longer name, so the file itself may be there
            return error
        return None

    def _make_way(self, path: str) -> None:
        written = self.manifest.get(path)
        copies = written.copies if written else self._reused.get(path)
        if copies is not None:
            self._folder.unlink(path, copies)
            self._in_place.discard(path)

    def _leave_out(self, file: File, error: Exception) -> None:
        if file.required:
            raise PublishError(
                f"{file.path} cannot be made ({described(error)}); the last release stays served. "
                "This is a fault of the program: please report it"
            ) from error
        self._faults.note(Stage.FILES, file.path, error)


def load_manifest(path: Path) -> Manifest:
    """The manifest of a release; empty if it cannot be read or another version wrote it: then every file is made."""
    try:
        return _decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return {}


def save_manifest(manifest: Manifest, path: Path) -> None:
    path.write_bytes(_encode(manifest))


def _same_file(entry: ManifestEntry, other: ManifestEntry | None) -> bool:
    return other is not None and (entry.content, entry.copies) == (other.content, other.copies)
