"""Writes the files of a release, each with its compressed twins; what has not changed is linked from the last release.

A file is made anew when its key differs, or when times of visits that stand in it could be older than `FRESH_FOR`; if
it then is what it was, the old one is linked all the same, so that an ETag made of a file's time and size lasts. An
asset that is not needed any more stays for `ASSETS_STAY`, so that no page in some cache points at something gone.
"""

import errno
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

import msgspec

from aggregator.errors import PublishError, described
from aggregator.faults import RAISE_ALL, Faults
from aggregator.model import Stage
from aggregator.published_file import File
from aggregator.release.disk import Folder
from aggregator.serving.headers import ASSETS

FRESH_FOR = timedelta(minutes=5)
SPREAD = 0.4  # of FRESH_FOR over which files come due by the end of their keys, so that not all of them do in one cycle
ASSETS_STAY = timedelta(hours=1)
NO_SUCH_NAME = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)  # by which a disk refuses a name


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

    def __init__(
        self,
        folder: Path,
        last: Path | None,
        known: Manifest,
        there: Manifest,
        at: datetime,
        faults: Faults = RAISE_ALL,
    ) -> None:
        """A file that cannot be made or written under its name is left out and noted in `faults`."""
        self.manifest: Manifest = {}
        self.made = 0
        self._faults = faults
        self._last, self._known, self._at = last, known if last else {}, at
        self._due = [at - FRESH_FOR * (1 - SPREAD * end / 255) for end in range(256)]  # what was made by then is due
        self._stale = {path for path, made in there.items() if not _same_file(made, self._known.get(path))}
        self._there = there.keys() - self._stale
        self._folder = Folder(folder, self._stale)

    def write(self, file: File) -> None:
        """Takes the file over from the last release, or makes it."""
        before = self._known.get(file.path)
        if before and self._unchanged(file, before) and self._take_over(file.path):
            self.manifest[file.path] = self._needed(file.path, before)
            return
        failed = self._faults.count
        try:
            content = file.make()
        except Exception as error:
            return self._leave_out(file, error)
        digest, written = blake2b(content, digest_size=16).digest(), self._at
        if before and before.content == digest and self._take_over(file.path):
            written = before.written
        elif refused := self._put(file.path, content):
            return self._leave_out(file, refused)
        key = file.key if self._faults.count == failed else b""  # something is left out of it: try again next time
        self.manifest[file.path] = Made(key, self._at, len(content), digest, self._at, written)
        self.made += 1

    def _put(self, path: str, content: bytes) -> Exception | None:
        """Writes the file; returns the error if no file can have this name."""
        try:
            self._folder.write(path, content, best=path.startswith(ASSETS))
        except ValueError as error:  # a character that no path can hold
            return error
        except OSError as error:
            if error.errno not in NO_SUCH_NAME:
                raise
            with suppress(OSError):
                self._folder.remove(path)  # a twin has a longer name, so the file itself may be there
            return error
        return None

    def _leave_out(self, file: File, error: Exception) -> None:
        if file.required:
            raise PublishError(
                f"{file.path} cannot be made ({described(error)}); the last release stays served. "
                "This is a fault of the program: please report it"
            ) from error
        self._faults.note(Stage.FILES, file.path, error)

    def finish(self) -> None:
        """Takes over the assets that some page in a cache may still ask for; removes what is not of this release."""
        for path, before in self._known.items():
            due = path.startswith(ASSETS) and path not in self.manifest and self._at < before.needed + ASSETS_STAY
            if due and self._take_over(path):
                self.manifest[path] = before
        for path in (self._there | self._stale) - self.manifest.keys():
            self._folder.remove(path)

    def _needed(self, name: str, before: Made) -> Made:
        return msgspec.structs.replace(before, needed=self._at) if name.startswith(ASSETS) else before

    def _unchanged(self, file: File, before: Made) -> bool:
        return bool(file.key) and before.key == file.key and not (file.dated and before.at <= self._due[file.key[-1]])

    def _take_over(self, name: str) -> bool:
        """Whether the file is that of the last release, because it is there already or could be linked."""
        return name in self._there or (self._last is not None and self._folder.take_over(self._last, name))


def load_manifest(path: Path) -> Manifest:
    """What is known of a release; empty where that cannot be read: then everything is made anew."""
    try:
        return _decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return {}


def save_manifest(manifest: Manifest, path: Path) -> None:
    """To be called when the release is complete: `untouched` goes by the time of this file."""
    path.write_bytes(_encode(manifest))


def _same_file(one: Made, other: Made | None) -> bool:
    """Whether what two releases have under a path is one file, with one time of writing."""
    return other is not None and (one.content, one.written) == (other.content, other.written)
