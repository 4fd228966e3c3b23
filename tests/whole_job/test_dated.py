"""A file marked as having no visit times has none, so it need not be rebuilt for its age."""

from datetime import timedelta
from itertools import chain

from msgspec.structs import replace

from aggregator.exports.every_export import export_files
from aggregator.model import Snapshot
from aggregator.site.pages import page_files
from tests.support import snapshots

REGION = snapshots.region(url="https://appointments.example.org/")


def undated(known: Snapshot) -> dict[str, bytes]:
    """The files without visit times: path -> content."""
    files = chain(export_files(known, REGION), page_files(known, REGION))
    return {file.path: file.make() for file in files if file.key and not file.dated}


def test_files_without_visit_times_do_not_change_with_the_next_visit() -> None:
    before = snapshots.full()
    at, later = before.generated_at, timedelta(minutes=7)
    looked = tuple(
        replace(place, current=replace(place.current, checked_at=at + later, attempted_at=at + later))
        for place in before.places
    )
    kinds = undated(before)

    assert undated(replace(before, generated_at=at + later, places=looked)) == kinds
    assert {"feeds/all.atom", "share.png"} <= kinds.keys()
    assert any(path.endswith("slots.ics") for path in kinds) and any("feeds/zip/" in path for path in kinds)
