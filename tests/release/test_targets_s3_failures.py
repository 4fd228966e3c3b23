"""An object store that fails, refuses, or is slow, and a killed publication: the old site stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import obstore
import pytest
from obstore.store import S3Store

from aggregator.config.destination import S3
from aggregator.errors import PublishError
from aggregator.release.publisher import release_before
from aggregator.release.targets.bucket import RetryPolicy
from aggregator.release.targets.s3 import INVENTORY, S3Target
from tests.support.object_store import IMPATIENT, KEY, PREFIX, SECRET, made, send, site, stored
from tests.support.records import MINUTE, NOW
from tests.support.store_proxy import ProxiedRequest, Refusal, StoreProxy

pytest_plugins = ["tests.support.object_store_fixtures"]
PUBLISHER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from aggregator.config.destination import S3
from aggregator.release.releases import manifest_of
from aggregator.release.targets.s3 import S3Target
from aggregator.release.writing import load_manifest

bucket, endpoint, release = sys.argv[1:]
place, path = S3(bucket=bucket, prefix="alder", endpoint=endpoint), Path(release)
S3Target(place).publish(path, load_manifest(manifest_of(path)), datetime(2021, 5, 13, 14, 2, tzinfo=UTC))
"""


@pytest.mark.parametrize("failing", ["assets/page.2.js", "place/4/index.html", "index.html", "freshness.json"])
def test_a_failure_halfway_leaves_all_old_links_working_and_the_next_publish_completes(
    place: S3, proxy: StoreProxy, store: tuple[str, int], tmp_path: Path, failing: str
) -> None:
    old = made(tmp_path, 1)
    send(place, old)
    release = made(tmp_path, 2)
    proxy.behave = lambda request: (
        Refusal(400, "EntityTooLarge") if request[:2] == ("PUT", f"{PREFIX}/{failing}") else None
    )
    with pytest.raises(PublishError, match=r"the store cannot be used \(400 EntityTooLarge\).* the next publication"):
        send(place, release, MINUTE)
    there = stored(place, store)
    assert site(old).keys() <= there.keys()
    if failing != "freshness.json":
        assert there[f"{PREFIX}/index.html"] == b"<p>1</p>"

    proxy.behave = lambda request: None
    proxy.requested.clear()
    send(place, release, 2 * MINUTE)
    assert site(release).items() <= stored(place, store).items()
    assert f"{PREFIX}/{failing}" in proxy.put()


def test_a_file_sent_by_a_failed_publish_but_no_longer_wanted_is_corrected(
    place: S3, proxy: StoreProxy, store: tuple[str, int], tmp_path: Path
) -> None:
    send(place, made(tmp_path, 1))
    release = made(tmp_path, 2)
    proxy.requested.clear()

    def full(request: ProxiedRequest) -> Refusal | None:
        begun = f"{PREFIX}/index.html" in proxy.put()
        return Refusal(400, "Full") if begun and request.path.endswith(("freshness.json", "inventory")) else None

    proxy.behave = full
    with pytest.raises(PublishError, match="400 Full"):
        send(place, release, MINUTE)
    assert stored(place, store)[f"{PREFIX}/index.html"] == b"<p>2</p>"
    proxy.behave = lambda request: None
    back = release_before(tmp_path / "one/public")
    send(place, back, 2 * MINUTE)
    assert site(back).items() <= stored(place, store).items()


def test_a_temporary_error_of_the_store_is_retried(
    place: S3, proxy: StoreProxy, store: tuple[str, int], tmp_path: Path
) -> None:
    stumbled: set[str] = set()

    def once(request: ProxiedRequest) -> Refusal | None:
        if request.path in stumbled or request.method != "PUT":
            return None
        stumbled.add(request.path)
        return Refusal(503, "SlowDown")

    proxy.behave = once
    release = made(tmp_path, 1)
    send(place, release)
    assert len(stumbled) == 10
    assert stored(place, store) == site(release)


def test_an_unresponsive_store_times_out(place: S3, proxy: StoreProxy, tmp_path: Path) -> None:
    held = Event()
    proxy.behave = lambda request: Refusal(500, "Late") if held.wait(5) else None
    target = S3Target(place, RetryPolicy(request=0.2, retries=0, retrying=1))
    release = made(tmp_path, 1)
    with pytest.raises(PublishError, match=r"the store cannot be used \(no answer\)"):
        target.publish(release.path, release.manifest, NOW)
    held.set()


def test_an_upload_that_takes_too_long_stops_and_the_next_one_continues_it(
    place: S3, proxy: StoreProxy, store: tuple[str, int], tmp_path: Path
) -> None:
    release = made(tmp_path, 1)
    ticks = iter([0.0] * 4)
    target = S3Target(place, IMPATIENT, lambda: next(ticks, 481.0))
    with pytest.raises(PublishError, match="not all files were sent within 8 minutes"):
        target.publish(release.path, release.manifest, NOW)
    assert len(stored(place, store)) == 3
    assert send(place, release, MINUTE).files == 5


@pytest.mark.parametrize("code", ["InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied"])
def test_refused_credentials_are_not_shown_in_the_message(
    place: S3, proxy: StoreProxy, tmp_path: Path, code: str
) -> None:
    proxy.behave = lambda request: Refusal(403, code)
    with pytest.raises(PublishError, match=rf"refuses the credentials \(403 {code}\); check AWS_") as error:
        send(place, made(tmp_path, 1))
    message = f"{error.value} {error.value.__cause__}"
    assert SECRET not in message
    assert KEY not in message
    assert error.value.__suppress_context__


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("AWS_ACCESS_KEY_ID", "", "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ("AWS_SECRET_ACCESS_KEY", f"{SECRET}\n", "AWS_SECRET_ACCESS_KEY has a space, line break"),
        ("AWS_ACCESS_KEY_ID", "AKID ALDER", "AWS_ACCESS_KEY_ID has a space, line break"),
    ],
)
def test_unusable_credentials_are_named(
    place: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(PublishError, match=message) as error:
        send(place, made(tmp_path, 1))
    assert SECRET not in str(error.value)


def test_a_missing_bucket_is_an_error(place: S3, proxy: StoreProxy, tmp_path: Path) -> None:
    nowhere = S3(bucket="nowhere", endpoint=proxy.address)
    with pytest.raises(PublishError, match=r"s3://nowhere: there is no such bucket \(404 NoSuchBucket\)"):
        send(nowhere, made(tmp_path, 1))


def test_a_store_without_conditional_writes_works_if_the_environment_says_so(
    place: S3, proxy: StoreProxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_CONDITIONAL_PUT", "disabled")
    send(place, made(tmp_path, 1))
    assert not [one for one in proxy.requested if {"if-match", "if-none-match"} & one.headers.keys()]


@pytest.mark.parametrize("content", [b"", b"not an inventory"])
def test_without_a_readable_inventory_everything_is_sent_again(
    place: S3, store: tuple[str, int], tmp_path: Path, content: bytes
) -> None:
    release = made(tmp_path, 1)
    send(place, release)
    access = S3Store(place.bucket, endpoint=f"http://{store[0]}:{store[1]}", client_options={"allow_http": True})
    obstore.put(access, f"{PREFIX}/{INVENTORY}", content)
    assert send(place, release, MINUTE).files == 8


def test_a_process_killed_halfway_leaves_the_old_site_and_the_next_completes(
    place: S3, proxy: StoreProxy, store: tuple[str, int], tmp_path: Path
) -> None:
    old = made(tmp_path, 1)
    send(place, old)
    release = made(tmp_path, 2)
    reached, free = Event(), Event()

    def stop(request: ProxiedRequest) -> Refusal | None:
        if request[:2] == ("PUT", f"{PREFIX}/index.html"):
            reached.set()
            free.wait(20)
            return Refusal(500, "Gone")
        return None

    proxy.behave = stop
    arguments = [sys.executable, "-c", PUBLISHER, place.bucket, proxy.address, str(release.path)]
    with subprocess.Popen(arguments) as process:
        assert reached.wait(20)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        free.set()

    there = stored(place, store)
    assert site(old).keys() <= there.keys()
    assert there[f"{PREFIX}/index.html"] == b"<p>1</p>"
    assert there[f"{PREFIX}/freshness.json"] == b"[1]"
    proxy.behave = lambda request: None
    send(place, release, 3 * MINUTE)
    assert site(release).items() <= stored(place, store).items()
