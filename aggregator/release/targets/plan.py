"""Plans an upload to an object store: which files to send, in which order, and which to remove.

A store has no link to switch atomically. So each file is sent before the files that link to it, and a file that left
the release is removed only when no cached page can request it any more.
"""

from datetime import datetime, timedelta

import msgspec

from aggregator.release.writing import Manifest
from aggregator.serving import ASSETS

GRACE = timedelta(hours=1)  # how long a file stays after it left the release
FRESHNESS = "freshness.json"  # sent last, because it tells scripts that the other files are there
ABSENT, DOUBTFUL = b"", b"?"


class StoredFile(msgspec.Struct, frozen=True, gc=False):
    """The inventory's record of a file in the store.

    `content`: hash of its content; ABSENT if the file may be missing, DOUBTFUL if it may be the old or the new one.
    `gone`: since when it is not part of the release; None if it is.
    """

    content: bytes
    gone: datetime | None = None


Inventory = dict[str, StoredFile]


def upload_phases(manifest: Manifest, inventory: Inventory) -> list[list[str]]:
    """Paths to send, in five phases of which each has to be complete before the next.

    Assets; new files, to which nothing links yet; replaced data files; replaced pages; the freshness file.
    """
    to_upload: list[list[str]] = [[] for _ in range(5)]
    for path, entry in manifest.items():
        stored = inventory.get(path, StoredFile(ABSENT))
        if stored.content != entry.content_hash:
            to_upload[_phase(path, new=stored.content == ABSENT)].append(path)
    return to_upload


def _phase(path: str, *, new: bool) -> int:
    if path == FRESHNESS:
        return 4
    if path.startswith(ASSETS):
        return 0
    if new and "/" in path:
        return 1
    return 3 if path.endswith(".html") else 2


def inventory_during_upload(inventory: Inventory, manifest: Manifest, at: datetime) -> Inventory:
    """The inventory to store before the upload: still true if the process is killed at any point of it."""
    now: Inventory = {}
    for path, stored in inventory.items():
        if path not in manifest:
            gone = stored.gone or at
            now[path] = StoredFile(ABSENT if at - gone >= GRACE else stored.content, gone)
    for path, entry in manifest.items():
        content = inventory.get(path, StoredFile(ABSENT)).content
        now[path] = StoredFile(content if content in (entry.content_hash, ABSENT) else DOUBTFUL)
    return now


def expired_paths(inventory: Inventory, at: datetime) -> list[str]:
    """Paths that left the release at least `GRACE` ago and can be removed."""
    return [path for path, stored in inventory.items() if stored.gone and at - stored.gone >= GRACE]
