"""Publishes to an S3-compatible store, behind a CDN that compresses.

An inventory in the store records the content hash of each file, so only changed files are sent. A copy of it with its
ETag is cached next to the releases and saves most downloads. Files that are not in the inventory are never removed.
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
from aggregator.release.targets.bucket import DEFAULT_RETRIES, Bucket, Conflict, NotModified, RetryPolicy
from aggregator.release.targets.lease import DEADLINE, Lease, check_lease, decode, encode, owner_of
from aggregator.release.targets.plan import Inventory, StoredFile, expired_paths, inventory_during_upload, upload_phases
from aggregator.release.targets.target import Uploaded
from aggregator.release.writing import Manifest
from aggregator.serving import headers_for

CONCURRENT_REQUESTS = 8
INVENTORY, LEASE = ".aggregator/inventory", ".aggregator/lease"
INVENTORY_CACHE = ".inventory"
STORED = ("Content-Type", "Cache-Control")  # the headers that an object can store; the CDN adds the others
PRIVATE = {"Content-Type": "application/octet-stream", "Cache-Control": "no-store"}


class CachedInventory(msgspec.Struct, frozen=True):
    """The inventory as this machine last read or wrote it."""

    etag: str
    inventory: Inventory


_encode = msgspec.msgpack.Encoder().encode
_decode_cached = msgspec.msgpack.Decoder(CachedInventory).decode
_decode = msgspec.msgpack.Decoder(Inventory).decode


class S3Target:
    """A store as a target. `clock` returns seconds and measures the deadline of a publication."""

    def __init__(
        self, place: S3, retry_policy: RetryPolicy = DEFAULT_RETRIES, clock: Callable[[], float] = monotonic
    ) -> None:
        self._place, self._retry_policy, self._clock = place, retry_policy, clock

    def publish(self, release: Path, manifest: Manifest, at: datetime) -> Uploaded:
        bucket = Bucket(self._place, self._retry_policy)
        try:
            _take_lease(bucket, owner_of(release.parent), at)
            return _Upload(bucket, release, self._clock).run(manifest, at)
        except OSError as error:
            raise PublishError(
                f"{release.parent}: cannot be read or written ({error}); "
                f"{bucket.where} keeps serving the files it has. Free some space or make the folder writable"
            ) from error


class _Upload:
    """One publication. `_send_one` runs in several threads, each with files of its own."""

    def __init__(self, bucket: Bucket, release: Path, clock: Callable[[], float]) -> None:
        self._bucket, self._release, self._clock = bucket, release, clock
        self._cache_path = release.parent / INVENTORY_CACHE
        self._until = clock() + DEADLINE
        self._inventory: Inventory = {}
        self._content_hashes: dict[str, bytes] = {}

    def run(self, manifest: Manifest, at: datetime) -> Uploaded:
        before = self._load()
        to_upload = upload_phases(manifest, before)
        self._inventory = inventory_during_upload(before, manifest, at)
        self._content_hashes = {path: entry.content_hash for path, entry in manifest.items()}
        self._save()
        try:
            for paths in to_upload:
                self._send(paths)
            removed = expired_paths(self._inventory, at)
            self._remove(removed)
        except PublishError:
            with suppress(PublishError):
                self._save()  # so that the next publication need not send these files again
            raise
        self._save()
        sent = [path for paths in to_upload for path in paths]
        return Uploaded(len(sent), sum(manifest[path].size for path in sent), len(removed))

    def _send(self, paths: list[str]) -> None:
        with ThreadPoolExecutor(CONCURRENT_REQUESTS) as pool:
            for _ in pool.map(self._send_one, paths):
                pass

    def _send_one(self, path: str) -> None:
        if self._clock() > self._until:
            raise PublishError(
                f"{self._bucket.where}: not all files were sent within {DEADLINE / 60:.0f} minutes; "
                "the store keeps serving the files it has, and the next publication sends the rest"
            )
        headers = headers_for(path)
        content = (self._release / path).read_bytes()
        self._bucket.put(path, content, {name: headers[name] for name in STORED})
        self._inventory[path] = StoredFile(self._content_hashes[path])

    def _remove(self, paths: list[str]) -> None:
        if paths:
            self._bucket.delete(paths)
            for path in paths:
                del self._inventory[path]

    def _load(self) -> Inventory:
        """The inventory of the store; PublishError if the store holds a site without one."""
        try:
            cached = _decode_cached(self._cache_path.read_bytes())
        except (OSError, msgspec.MsgspecError):
            cached = CachedInventory("", {})
        try:
            found = self._bucket.get(INVENTORY, cached.etag or None)
        except NotModified:
            return cached.inventory
        if found is None and self._bucket.get("index.html"):
            raise PublishError(
                f"{self._bucket.where}: holds a site that was not published by this program; choose another "
                "[target] prefix, or remove its index.html to have the site replaced"
            )
        try:
            return _decode(found.content) if found else {}
        except msgspec.MsgspecError:  # it is damaged or was edited, so every file is sent again
            return {}

    def _save(self) -> None:
        etag = self._bucket.put(INVENTORY, _encode(self._inventory), PRIVATE)
        self._cache_path.write_bytes(_encode(CachedInventory(etag, self._inventory)))


def _take_lease(bucket: Bucket, owner: str, at: datetime) -> None:
    """Takes or renews the lease; PublishError if another machine holds it."""
    for _ in range(2):  # a retry after a lost response conflicts with its own first attempt
        found = bucket.get(LEASE)
        check_lease(decode(found.content) if found else None, owner, at, bucket.where)
        with suppress(Conflict):
            bucket.put_over(LEASE, encode(Lease(owner, at)), found.etag if found else None)
            return
    raise PublishError(
        f"{bucket.where}: another machine began to publish there at the same moment; only one may. "
        "Stop `aggregator` on one of the two"
    )
