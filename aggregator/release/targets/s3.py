"""A release in an S3-compatible store, behind a CDN that compresses.

Sent are only files whose content the store lacks, by an inventory that is kept in the store itself and, against
asking for it each time, beside the releases. A file that the inventory does not name is never removed.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import monotonic

import msgspec

from aggregator.config import S3
from aggregator.errors import PublishError
from aggregator.release.targets.bucket import PATIENT, Bucket, Conflict, Patience, Unchanged
from aggregator.release.targets.lease import DEADLINE, Lease, decode, encode, owner_of, refuse_other
from aggregator.release.targets.plan import Inventory, StoredFile, opened, overdue, phases
from aggregator.release.targets.target import Uploaded
from aggregator.release.writing import Manifest
from aggregator.serving import headers_for

AT_ONCE = 8  # requests
INVENTORY, LEASE = ".aggregator/inventory", ".aggregator/lease"
COPY = ".inventory"
STORED = ("Content-Type", "Cache-Control")  # of our headers, what an object can keep; the CDN says the others
PRIVATE = {"Content-Type": "application/octet-stream", "Cache-Control": "no-store"}


class Copy(msgspec.Struct, frozen=True):
    """The inventory of the store as this machine saw it last."""

    etag: str
    inventory: Inventory


_encode = msgspec.msgpack.Encoder().encode
_decode_copy = msgspec.msgpack.Decoder(Copy).decode
_decode = msgspec.msgpack.Decoder(Inventory).decode


class S3Target:
    """`clock` counts seconds, for the deadline of a publication."""

    def __init__(self, place: S3, patience: Patience = PATIENT, clock: Callable[[], float] = monotonic) -> None:
        self._place, self._patience, self._clock = place, patience, clock

    def publish(self, release: Path, manifest: Manifest, at: datetime) -> Uploaded:
        bucket = Bucket(self._place, self._patience)
        try:
            _claim(bucket, owner_of(release.parent), at)
            return _Upload(bucket, release, self._clock).run(manifest, at)
        except OSError as error:
            raise PublishError(
                f"{release.parent}: cannot be read or written ({error}); {bucket.where} serves what it did"
            ) from error


class _Upload:
    """One publication."""

    def __init__(self, bucket: Bucket, release: Path, clock: Callable[[], float]) -> None:
        self._bucket, self._release, self._clock = bucket, release, clock
        self._copy = release.parent / COPY
        self._until = clock() + DEADLINE
        self._inventory: Inventory = {}
        self._contents: dict[str, bytes] = {}

    def run(self, manifest: Manifest, at: datetime) -> Uploaded:
        before = self._load()
        lacking = phases(manifest, before)
        self._inventory = opened(before, manifest, at)
        self._contents = {path: made.content for path, made in manifest.items()}
        self._save()
        try:
            for paths in lacking:
                self._send(paths)
            removed = overdue(self._inventory, at)
            self._remove(removed)
        except PublishError:
            with suppress(PublishError):
                self._save()  # what was sent need not be sent again
            raise
        self._save()
        sent = [path for paths in lacking for path in paths]
        return Uploaded(len(sent), sum(manifest[path].size for path in sent), len(removed))

    def _send(self, paths: list[str]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(self._send_one, paths):
                pass

    def _send_one(self, path: str) -> None:
        if self._clock() > self._until:
            raise PublishError(
                f"{self._bucket.where}: not all was sent within {DEADLINE / 60:.0f} minutes; what it served stays, "
                "and the next publication goes on"
            )
        headers = headers_for(path)
        content = (self._release / path).read_bytes()
        self._bucket.put(path, content, {name: headers[name] for name in STORED})
        self._inventory[path] = StoredFile(self._contents[path])

    def _remove(self, paths: list[str]) -> None:
        if paths:
            self._bucket.delete(paths)
            for path in paths:
                del self._inventory[path]

    def _load(self) -> Inventory:
        """What the store has; PublishError where it has somebody else's site."""
        try:
            copy = _decode_copy(self._copy.read_bytes())
        except (OSError, msgspec.MsgspecError):
            copy = Copy("", {})
        try:
            found = self._bucket.get(INVENTORY, copy.etag or None)
        except Unchanged:
            return copy.inventory
        if found is None and self._bucket.get("index.html"):
            raise PublishError(
                f"{self._bucket.where}: holds a site that was not published from here; choose another "
                "[target] prefix, or remove its index.html to have the site replaced"
            )
        try:
            return _decode(found.content) if found else {}
        except msgspec.MsgspecError:  # somebody has been at it: all is sent again
            return {}

    def _save(self) -> None:
        etag = self._bucket.put(INVENTORY, _encode(self._inventory), PRIVATE)
        self._copy.write_bytes(_encode(Copy(etag, self._inventory)))


def _claim(bucket: Bucket, owner: str, at: datetime) -> None:
    """Takes or renews the lease; PublishError where another machine has it."""
    for _ in range(2):  # a request that was answered, but not heard, conflicts with itself
        found = bucket.get(LEASE)
        refuse_other(decode(found.content) if found else None, owner, at, bucket.where)
        with suppress(Conflict):
            bucket.put_over(LEASE, encode(Lease(owner, at)), found.etag if found else None)
            return
    raise PublishError(f"{bucket.where}: another machine began to publish there at the same moment; only one may")
