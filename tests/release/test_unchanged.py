"""A cycle in which nothing changed rewrites only the files that say "checked just now"."""

from datetime import datetime, time, timedelta
from itertools import chain
from pathlib import Path

import pytest
from msgspec.structs import replace

from aggregator.exports import atom, data_files
from aggregator.exports.every_export import export_files
from aggregator.model import Available, Place, Snapshot
from aggregator.release.compress import SUFFIXES
from aggregator.release.publisher import publish
from aggregator.release.writing import MAX_AGE
from aggregator.site import pages
from aggregator.site.pages import page_files
from tests.support import snapshots
from tests.support.records import MINUTE

pytestmark = pytest.mark.usefixtures("few_zip_codes")

NEVER = timedelta(days=1000)  # so that no file becomes due for its age

REGION = snapshots.region(url="https://appointments.example.org/", languages=("en", "es"))
JUST_NOW = {"freshness.json", "index.html", "es/index.html", "status/index.html", "es/status/index.html"}


def visited(known: Snapshot, later: timedelta) -> Snapshot:
    """The same answers, checked again."""
    at = known.generated_at + later
    places = tuple(_looked_at(place, later) for place in known.places)
    return replace(known, generated_at=at, places=places)


def _looked_at(place: Place, later: timedelta) -> Place:
    current = place.current
    checked = current.checked_at and current.checked_at + later
    return replace(place, current=replace(current, checked_at=checked))


def written(out: Path, known: Snapshot, max_age: timedelta = MAX_AGE) -> set[str]:
    """Files that differ from the previous release, without their precompressed copies."""
    before = _inodes(out)
    publish(chain(export_files(known, REGION), page_files(known, REGION)), out, known.generated_at, max_age=max_age)
    new = {path for path, inode in _inodes(out).items() if before.get(path) != inode}
    return {path for path in new if not path.endswith(SUFFIXES)}


def _inodes(out: Path) -> dict[str, int]:
    here = out.resolve()
    return {path.relative_to(here).as_posix(): path.stat().st_ino for path in here.rglob("*") if path.is_file()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    written(tmp_path / "public", snapshots.full())
    return tmp_path / "public"


def test_if_only_visit_times_changed_only_files_showing_them_are_written(out: Path) -> None:
    assert written(out, visited(snapshots.full(), MINUTE), NEVER) == JUST_NOW


def test_an_unchanged_offers_page_is_not_rebuilt(tmp_path: Path) -> None:
    with snapshots.room_for(2):
        assert "offers/index.html" in written(tmp_path / "public", snapshots.full())
        assert written(tmp_path / "public", visited(snapshots.full(), MINUTE), NEVER) == JUST_NOW


def test_the_offers_page_is_rebuilt_at_midnight_to_match_the_home_pages_day() -> None:
    def key(at: datetime) -> bytes:
        files = page_files(replace(snapshots.full(), generated_at=at), REGION)
        return next(file.key for file in files if file.path == "offers/index.html")

    now = snapshots.full().generated_at
    midnight = datetime.combine(now.astimezone(REGION.zone).date() + timedelta(days=1), time.min, REGION.zone)
    with snapshots.room_for(2):
        assert key(now) == key(midnight - MINUTE) != key(midnight)


def test_after_ten_minutes_every_displayed_time_is_updated(out: Path) -> None:
    made = written(out, visited(snapshots.full(), 10 * MINUTE))

    assert {"api/v1/locations.json", "api/v1/locations.csv", "zip/01901/index.html"} <= made
    assert {f"place/{place.id}/index.html" for place in snapshots.full().places if place.current.checked_at} <= made


def test_a_changed_answer_appears_in_all_files_that_contain_it(out: Path) -> None:
    known = visited(snapshots.full(), MINUTE)
    first, *rest = known.places
    gone = replace(first, current=replace(first.current, available=Available.NO, available_count=0, slots=()))
    made = written(out, replace(known, places=(gone, *rest)), NEVER)

    assert {
        *("api/v1/locations.json", "api/v1/locations.geojson", "api/v1/locations.csv"),
        *(f"api/v1/places/{first.id}.json", f"place/{first.id}/index.html", f"es/place/{first.id}/index.html"),
    } <= made
    assert f"place/{rest[0].id}/index.html" not in made


def test_in_a_large_region_lists_are_rebuilt_when_due_and_show_their_age(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pages, data_files, atom):
        monkeypatch.setattr(module, "LARGE_REGION", 1)
    out = tmp_path / "public"
    written(out, snapshots.full())
    known = visited(snapshots.full(), MINUTE)
    first, *rest = known.places
    gone = replace(first, current=replace(first.current, available=Available.NO, available_count=0, slots=()))
    changed = replace(known, places=(gone, *rest))
    at_once, later = written(out, changed, NEVER), written(out, visited(changed, 10 * MINUTE))

    assert {"index.html", "api/v1/locations.json", f"place/{first.id}/index.html"} <= at_once
    assert not [path for path in at_once if path.startswith(("zip/", "town/", "es/zip/", "es/town/"))]
    assert {"zip/01901/index.html", "town/alder/index.html", "api/v1/locations.csv"} <= later
    assert "Open a place for its latest answer." in (out / "zip/01901/index.html").read_text()
