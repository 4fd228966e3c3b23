"""Writes the files of one release and its manifest, which records what each file was made from.

A file that has not changed is hard-linked from the served release instead of being rendered. A file that shows times of
visits is also rendered again when it gets too old. An asset stays for `ASSETS_STAY` after the last page that needs it,
so that a cached page never points at a missing file.
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
SAFETY = 0.9  # of that age: leaves time for the release that renders the file again
ASSETS_STAY = timedelta(hours=1)
NO_SUCH_NAME = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)  # a file system refuses the name


class ManifestEntry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A file in the manifest. Encoded as an array, so the order of the fields is part of the format.

    `key`: see `File.key`. `size`: bytes without precompressed copies. `copies`: their suffixes. `last_needed`: when an
    asset was last part of a release; it stays for `ASSETS_STAY` after that.
    """

    key: bytes
    made_at: datetime
    size: int
    content_hash: bytes
    copies: tuple[str, ...]
    last_needed: datetime


Manifest = dict[str, ManifestEntry]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Manifest).decode


class ServedRelease(NamedTuple):
    """The release being served and its manifest; None and {} before the first one."""

    path: Path | None
    manifest: Manifest


class ReleaseWriter:
    """Writes one release into `folder`. A file that cannot be rendered or named is left out and noted in `faults`.

    `reused`: the manifest of an old release whose files are still in the folder. Files that the served release has with
    the same content stay in place, so a release costs as much as its changes and not one link per file.
    """

    def __init__(
        self,
        folder: Path,
        served: ServedRelease,
        reused: Manifest,
        at: datetime,
        max_age: timedelta = MAX_AGE,
        faults: Faults = RAISE_ALL,
    ) -> None:
        self.manifest: Manifest = {}
        self.made = 0
        self._folder, self._served, self._at, self._faults = Folder(folder), served, at, faults
        self._period = max_age.total_seconds() * SAFETY
        self._reused = {path: entry.copies for path, entry in reused.items()}
        self._in_place = {path for path, entry in reused.items() if _same_file(entry, served.manifest.get(path))}

    def write(self, file: File) -> None:
        """Links the file from the served release if it is current; renders it otherwise."""
        previous = self._served.manifest.get(file.path)
        if previous and self._is_current(file, previous) and self._reuse(file.path, previous):
            asset = file.path.startswith(ASSETS)
            self.manifest[file.path] = msgspec.structs.replace(previous, last_needed=self._at) if asset else previous
            return
        failed = self._faults.count
        try:
            content = file.make()
        except Exception as error:
            return self._leave_out(file, error)
        # If an item was left out of the content, the empty key makes the next release render the file again.
        key = file.key if self._faults.count == failed else b""
        digest, copies = blake2b(content, digest_size=16).digest(), suffixes(file.copies, len(content))
        entry = ManifestEntry(key, self._at, len(content), digest, copies, self._at)
        same = _same_file(entry, previous) and self._reuse(file.path, entry)
        if not same and (refused := self._write(file, content)):
            return self._leave_out(file, refused)
        self.manifest[file.path] = entry
        self.made += 1

    def finish(self) -> None:
        """Keeps assets that a cached page may still request; removes reused files that are not part of this release."""
        for path, previous in self._served.manifest.items():
            stays = (
                path.startswith(ASSETS) and path not in self.manifest and self._at < previous.last_needed + ASSETS_STAY
            )
            if stays and self._reuse(path, previous):
                self.manifest[path] = previous
        for path in self._reused.keys() - self.manifest.keys():
            self._folder.remove(path)

    def _is_current(self, file: File, previous: ManifestEntry) -> bool:
        return (
            bool(file.key)
            and previous.key == file.key
            and not (file.dated and self._is_due(file.path, previous.made_at))
        )

    def _is_due(self, path: str, made_at: datetime) -> bool:
        """Whether the file is too old. The path sets the moment, so that files come due in different releases."""
        offset = crc32(path.encode("utf-8", "replace")) % self._period
        return (self._at.timestamp() + offset) // self._period != (made_at.timestamp() + offset) // self._period

    def _reuse(self, path: str, entry: ManifestEntry) -> bool:
        """Puts the file of the served release into the folder; False if it is missing there."""
        if path in self._in_place:
            return True
        self._remove_old(path)
        return self._served.path is not None and self._folder.link(self._served.path, path, entry.copies)

    def _write(self, file: File, content: bytes) -> Exception | None:
        """Writes the file; returns the error if the file system refuses its name."""
        path = file.path
        self._remove_old(path)
        try:
            self._folder.write(path, content, precompressed(content, file.copies))
        except ValueError as error:  # a character that no path can hold
            return error
        except OSError as error:
            if error.errno not in NO_SUCH_NAME:
                raise
            with suppress(OSError):
                self._folder.remove(path)  # only the longer name of a copy may have been refused
            return error
        return None

    def _remove_old(self, path: str) -> None:
        """Removes the file at this path, because `Folder` never overwrites: it may be a link to a served file."""
        written = self.manifest.get(path)
        copies = written.copies if written else self._reused.get(path)
        if copies is not None:
            self._folder.unlink(path, copies)
            self._in_place.discard(path)

    def _leave_out(self, file: File, error: Exception) -> None:
        if file.required:
            raise PublishError(
                f"{file.path} cannot be made ({described(error)}); the last release stays served. "
                "This is a bug in the program: please report it"
            ) from error
        self._faults.note(Stage.FILES, file.path, error)


def load_manifest(path: Path) -> Manifest:
    """The manifest of a release; empty if it is unreadable or from another version, so that every file is rendered."""
    try:
        return _decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return {}


def save_manifest(manifest: Manifest, path: Path) -> None:
    path.write_bytes(_encode(manifest))


def _same_file(entry: ManifestEntry, other: ManifestEntry | None) -> bool:
    return other is not None and (entry.content_hash, entry.copies) == (other.content_hash, other.copies)
