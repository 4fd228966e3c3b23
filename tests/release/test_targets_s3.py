"""A release in an object store: what is sent, in which order, what is removed, and by which machine."""

from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from aggregator.config.destination import S3
from aggregator.errors import PublishError
from aggregator.release.publisher import release_before
from aggregator.release.targets.s3 import INVENTORY, LEASE
from aggregator.serving.headers import IMMUTABLE, SHORT
from tests.support.object_store import PREFIX, made, send, site, stored, upload_of
from tests.support.records import HOUR, MINUTE
from tests.support.store_proxy import ProxiedRequest, Refusal, StoreProxy

pytest_plugins = ["tests.support.object_store_fixtures"]


def test_every_file_is_stored_unchanged_with_its_type_and_cache_time(
    place: S3, proxy: StoreProxy, store: tuple[str, int], tmp_path: Path
) -> None:
    release = made(tmp_path, 1)
    uploaded = send(place, release)

    assert stored(place, store) == site(release)
    assert uploaded == (8, release.size, 0)
    for path, kind, kept in (
        ("index.html", "text/html; charset=utf-8", SHORT),
        ("api/v1/locations.json", "application/json; charset=utf-8", SHORT),
        ("assets/page.1.js", "text/javascript; charset=utf-8", IMMUTABLE),
    ):
        headers = upload_of(proxy, path).headers
        assert (headers["content-type"], headers["cache-control"]) == (kind, kept)
        assert "content-encoding" not in headers


def test_each_upload_is_signed_with_a_checksum_that_the_store_verifies(
    place: S3, proxy: StoreProxy, tmp_path: Path
) -> None:
    send(place, made(tmp_path, 1))
    put = [one for one in proxy.requested if one.method == "PUT"]
    assert [one.headers["x-amz-content-sha256"] for one in put] == [one.checksum for one in put]


def test_only_changed_files_are_sent_again(
    place: S3, proxy: StoreProxy, store: tuple[str, int], tmp_path: Path
) -> None:
    send(place, made(tmp_path, 1))
    proxy.requested.clear()
    release = made(tmp_path, 2)
    send(place, release, MINUTE)

    sent = {path.removeprefix(f"{PREFIX}/") for path in proxy.put()} - {INVENTORY, LEASE}
    assert sent == {
        "assets/page.2.js", "place/4/index.html", "api/v1/locations.json", "index.html", "freshness.json",
    }  # fmt: skip
    assert site(release).items() <= stored(place, store).items()


def test_the_inventory_is_downloaded_again_only_if_it_changed(place: S3, proxy: StoreProxy, tmp_path: Path) -> None:
    send(place, made(tmp_path, 1))
    proxy.requested.clear()
    send(place, made(tmp_path, 2))
    inventory = next(one for one in proxy.requested if one.method == "GET" and one.path == f"{PREFIX}/{INVENTORY}")
    assert "if-none-match" in inventory.headers


def test_files_are_sent_before_pages_that_link_to_them_and_freshness_last(
    place: S3, proxy: StoreProxy, tmp_path: Path
) -> None:
    for number in (1, 2):
        proxy.requested.clear()
        send(place, made(tmp_path, number))
        order = [path for path in proxy.put() if ".aggregator" not in path]
        assert order[0] == f"{PREFIX}/assets/page.{number}.js"
        assert order.index(f"{PREFIX}/place/{number + 2}/index.html") < order.index(f"{PREFIX}/index.html")
        assert order.index(f"{PREFIX}/api/v1/locations.json") < order.index(f"{PREFIX}/index.html")
        assert order[-1] == f"{PREFIX}/freshness.json"


def test_removed_files_are_deleted_after_an_hour_and_foreign_files_never(
    place: S3, store: tuple[str, int], tmp_path: Path
) -> None:
    access = S3Store(place.bucket, endpoint=f"http://{store[0]}:{store[1]}", client_options={"allow_http": True})
    for path in ("notes.txt", f"{PREFIX}/place/mine.html"):
        obstore.put(access, path, b"mine")
    send(place, made(tmp_path, 1))
    release = made(tmp_path, 2)
    gone = f"{PREFIX}/place/1/index.html"

    send(place, release, MINUTE)
    assert send(place, release, MINUTE + HOUR - timedelta(seconds=1)).removed == 0
    assert gone in stored(place, store)
    assert send(place, release, MINUTE + HOUR).removed == 1
    mine = {"notes.txt": b"mine", f"{PREFIX}/place/mine.html": b"mine"}
    assert stored(place, store) == site(release) | mine


def test_a_file_that_returns_within_the_hour_stays(place: S3, store: tuple[str, int], tmp_path: Path) -> None:
    send(place, made(tmp_path, 1))
    send(place, made(tmp_path, 2), MINUTE)
    back = release_before(tmp_path / "one/public")
    assert send(place, back, 2 * MINUTE).files == 3
    send(place, back, 3 * HOUR)
    assert stored(place, store) == site(back)


def test_a_site_not_published_from_here_is_refused_and_left_unchanged(
    place: S3, store: tuple[str, int], tmp_path: Path
) -> None:
    access = S3Store(place.bucket, endpoint=f"http://{store[0]}:{store[1]}", client_options={"allow_http": True})
    obstore.put(access, f"{PREFIX}/index.html", b"mine")
    with pytest.raises(PublishError, match=r"s3://site-\d+/alder: holds a site that was not published by this program"):
        send(place, made(tmp_path, 1))
    assert stored(place, store) == {f"{PREFIX}/index.html": b"mine"}


def test_a_second_machine_is_refused_until_the_first_was_silent_for_ten_minutes(
    place: S3, store: tuple[str, int], tmp_path: Path
) -> None:
    first, second = made(tmp_path, 1, "one"), made(tmp_path, 2, "two")
    send(place, first)
    with pytest.raises(PublishError, match=r"s3://.*: another machine .* only one may"):
        send(place, second, 9 * MINUTE)
    assert stored(place, store) == site(first)
    send(place, second, 10 * MINUTE)
    assert site(second).items() <= stored(place, store).items()


def test_of_two_machines_that_start_at_once_one_is_refused(
    place: S3, proxy: StoreProxy, store: tuple[str, int], tmp_path: Path
) -> None:
    releases = [made(tmp_path, number, f"machine {number}") for number in (1, 2)]
    direct = S3(bucket=place.bucket, prefix=PREFIX, endpoint=f"http://{store[0]}:{store[1]}")

    def overtaken(request: ProxiedRequest) -> Refusal | None:
        if request.method == "PUT" and request.path.endswith(LEASE) and not stored(place, store):
            send(direct, releases[1])
        return None

    proxy.behave = overtaken
    with pytest.raises(PublishError, match="another machine"):
        send(place, releases[0])
    assert stored(place, store) == site(releases[1])


def test_a_lease_taken_by_a_request_whose_response_was_lost_is_ours(
    place: S3, proxy: StoreProxy, store: tuple[str, int], tmp_path: Path
) -> None:
    release = made(tmp_path, 1)
    direct = S3(bucket=place.bucket, prefix=PREFIX, endpoint=f"http://{store[0]}:{store[1]}")

    def lost(request: ProxiedRequest) -> Refusal | None:
        if request.method == "PUT" and request.path.endswith(LEASE) and len(proxy.put()) == 1:
            send(direct, release)
            return Refusal(412, "PreconditionFailed")
        return None

    proxy.behave = lost
    send(place, release)
    assert stored(place, store) == site(release)
