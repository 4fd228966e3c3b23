"""What an object store lacks of a release, in which order it is sent, and what is removed later.

A store has no link to switch. So a file is sent before those that link to it, and one that is not in the release any
more is removed only when no cached page can ask for it.
"""

from datetime import datetime, timedelta

import msgspec

from aggregator.release.writing import Manifest
from aggregator.serving import ASSETS

GRACE = timedelta(hours=1)
FRESHNESS = "freshness.json"  # tells scripts that all the rest is there
ABSENT, DOUBTFUL = b"", b"?"


class StoredFile(msgspec.Struct, frozen=True, gc=False):
    """A file that the store may have, and since when no release has it.

    `content` is a digest of what it holds; ABSENT if it may not be there, DOUBTFUL if that is either old or new.
    """

    content: bytes
    gone: datetime | None = None


Inventory = dict[str, StoredFile]


def phases(manifest: Manifest, inventory: Inventory) -> list[list[str]]:
    """The files to send, each list after the one before.

    Assets; what is new, so that nothing links to it yet; data that are replaced; pages that are; the freshness file.
    """
    lacking: list[list[str]] = [[] for _ in range(5)]
    for path, made in manifest.items():
        held = inventory.get(path, StoredFile(ABSENT))
        if held.content != made.content:
            lacking[_phase(path, new=held.content == ABSENT)].append(path)
    return lacking


def _phase(path: str, *, new: bool) -> int:
    if path == FRESHNESS:
        return 4
    if path.startswith(ASSETS):
        return 0
    if new and "/" in path:
        return 1
    return 3 if path.endswith(".html") else 2


def opened(inventory: Inventory, manifest: Manifest, at: datetime) -> Inventory:
    """The inventory to keep before files are sent and removed: a process killed meanwhile could not say which were."""
    now: Inventory = {}
    for path, held in inventory.items():
        if path not in manifest:
            gone = held.gone or at
            now[path] = StoredFile(ABSENT if at - gone >= GRACE else held.content, gone)
    for path, made in manifest.items():
        content = inventory.get(path, StoredFile(ABSENT)).content
        now[path] = StoredFile(content if content in (made.content, ABSENT) else DOUBTFUL)
    return now


def overdue(inventory: Inventory, at: datetime) -> list[str]:
    """What no release has had for so long that it can be removed."""
    return [path for path, held in inventory.items() if held.gone and at - held.gone >= GRACE]
