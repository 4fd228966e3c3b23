"""Writes the files of a release, each with its compressed twins; what has not changed is linked from the last release.

A file is made anew when its key differs, or when the times printed in it could be older than `FRESH_FOR`; if it then is
what it was, the old one is linked all the same, so that an ETag made of a file's time and size lasts. An asset that is
not needed any more stays for `ASSETS_STAY`, so that no page in some cache points at something gone.
"""

import os
import shutil
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


class Made(msgspec.Struct, frozen=True, gc=False):
    """What a file of a release was made of, when, a digest of what it holds, and when it was needed last."""

    key: bytes
    at: datetime
    size: int
    content: bytes
    needed: datetime


Manifest = dict[str, Made]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Manifest).decode


class Writer:
    """Writes into `folder`; `last` is the release before, and `known` its manifest."""

    def __init__(self, folder: Path, last: Path | None, known: Manifest, at: datetime) -> None:
        self.manifest: Manifest = {}
        self.made = 0
        self._folder, self._last, self._known, self._at = folder, last, known if last else {}, at
        self._folders: set[Path] = set()

    def write(self, file: File) -> None:
        """Links the file from the last release, or makes it."""
        before = self._known.get(file.path)
        if before and self._unchanged(file, before) and self._link(file.path):
            self.manifest[file.path] = msgspec.structs.replace(before, needed=self._at)
            return
        content = file.make()
        made = Made(file.key, self._at, len(content), blake2b(content, digest_size=16).digest(), self._at)
        if not (before and before.content == made.content and self._link(file.path)):
            self._write(file.path, content)
        self.manifest[file.path] = made
        self.made += 1

    def keep_assets(self) -> None:
        """Takes over the assets that some page in a cache may still ask for."""
        for path, before in self._known.items():
            due = path.startswith(ASSETS) and path not in self.manifest and self._at < before.needed + ASSETS_STAY
            if due and self._link(path):
                self.manifest[path] = before

    def _write(self, name: str, content: bytes) -> None:
        path = self._room(name)
        once = name.startswith(ASSETS)
        _write_new(path, content)
        for suffix, twin in TWINS.items():
            _write_new(path.with_name(path.name + suffix), (twin.best if once else twin.quick)(content))

    def _unchanged(self, file: File, before: Made) -> bool:
        return bool(file.key) and before.key == file.key and self._at < _due(file, before)

    def _link(self, name: str) -> bool:
        """Whether the file could be taken over from the last release."""
        return self._last is not None and take_over(self._last / name, self._room(name))

    def _room(self, name: str) -> Path:
        path = self._folder / name
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        return path


def load_manifest(path: Path) -> Manifest:
    """What is known of a release; empty where that cannot be read: then everything is made anew."""
    try:
        return _decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return {}


def save_manifest(manifest: Manifest, path: Path) -> None:
    path.write_bytes(_encode(manifest))


def _due(file: File, before: Made) -> datetime:
    """When the file is made anew although nothing in it has changed; an asset never is."""
    if file.path.startswith(ASSETS):
        return datetime.max.replace(tzinfo=before.at.tzinfo)
    share = file.key[0] / 255
    return before.at + FRESH_FOR * (1 - SPREAD * share)


def _write_new(path: Path, content: bytes) -> None:
    """Never into a file that is there: it may be a link to one of the release that is served."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def take_over(old: Path, new: Path) -> bool:
    """Whether a file could be linked with its twins; not where one is missing: somebody has been at that release."""
    try:
        for suffix in ("", *TWINS):
            _link(old.with_name(old.name + suffix), new.with_name(new.name + suffix))
    except FileNotFoundError:
        return False
    return True


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except FileExistsError:
        new.unlink()
        os.link(old, new)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without hard links
        shutil.copy2(old, new)
