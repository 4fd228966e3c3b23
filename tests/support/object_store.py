"""A small site in an object store: publishes releases there and reads what the bucket contains."""

from datetime import timedelta
from pathlib import Path

import obstore
from obstore.store import S3Store

from aggregator.config.destination import S3
from aggregator.published_file import File, fixed
from aggregator.release.publisher import Release, publish
from aggregator.release.targets.bucket import RetryPolicy
from aggregator.release.targets.s3 import S3Target
from aggregator.release.targets.target import Uploaded
from tests.support.records import MINUTE, NOW
from tests.support.store_proxy import ProxiedRequest, StoreProxy

KEY, SECRET = "AKIDALDER", "do-not-tell-anybody"
PREFIX = "alder"
IMPATIENT = RetryPolicy(request=5, retries=2, retrying=5)


def files(number: int, places: int = 3) -> list[File]:
    """A site whose home page, data, and places differ with `number`; its last place is new."""
    return [
        fixed("freshness.json", b"[%d]" % number),
        fixed("index.html", b"<p>%d</p>" % number),
        fixed("about/index.html", b"<p>about</p>"),
        fixed("api/v1/locations.json", b"[%d]" % number),
        fixed(f"assets/page.{number}.js", b"'use strict'"),
        *(fixed(f"place/{n}/index.html", b"<p>%d</p>" % (n < number)) for n in range(number, number + places)),
    ]


def made(tmp_path: Path, number: int, machine: str = "one") -> Release:
    return publish(files(number), tmp_path / machine / "public", NOW + number * MINUTE)


def send(place: S3, release: Release, after: timedelta = timedelta()) -> Uploaded:
    return S3Target(place, IMPATIENT).publish(release.path, release.manifest, NOW + after)


def stored(place: S3, store: tuple[str, int]) -> dict[str, bytes]:
    """The objects in the bucket, except our own records."""
    access = S3Store(place.bucket, endpoint=f"http://{store[0]}:{store[1]}", client_options={"allow_http": True})
    paths = [str(one["path"]) for batch in obstore.list(access) for one in batch]
    return {path: bytes(obstore.get(access, path).bytes()) for path in paths if "/.aggregator/" not in path}


def site(release: Release) -> dict[str, bytes]:
    return {f"{PREFIX}/{path}": (release.path / path).read_bytes() for path in release.manifest}


def upload_of(proxy: StoreProxy, path: str) -> ProxiedRequest:
    return next(one for one in proxy.requested if one.method == "PUT" and one.path == f"{PREFIX}/{path}")
