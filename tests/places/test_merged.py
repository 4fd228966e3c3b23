"""The URLs of places that merge, split, or return: from saved visits to published files."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from aggregator import cycle
from aggregator.faults import RAISE_ALL
from aggregator.model import Available, Place, Reading
from aggregator.places import update_place_ids
from aggregator.places.merge import with_earlier
from aggregator.snapshot import take
from aggregator.store.store import Store
from tests.support.pages import clinic, read_search
from tests.support.records import DAY, HOUR, NOW, reading, region, report, save, slot
from tests.support.stores import empty_store

HALL: dict[str, Any] = {"name": "Gull Hall", "city": "Boston", "state": "MA", "postal_code": "02120"}
SOURCES = "".join(
    f'[[sources]]\nname = "{name}"\nprovider = "prepmod"\nurl = "https://{name}.example.org/"\n'
    for name in ("w", "x", "y", "z", "example")
)
REGION = region('url = "https://alder.test/"\nexpires_after = 86400\n', sources=SOURCES)


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        yield opened


def lists(db: Store, hours: int, **streets: str) -> None:
    """A visit to each source, which lists one location with its own id on this street."""
    at = NOW + hours * HOUR
    for source, street in streets.items():
        place = {**HALL, "address_lines": (street,), "booking_url": f"https://{source}.example.org/"}
        save(db, report(reading(f"id:{source}", at=at, **place), at=at, source=source))


def drawn(db: Store, source: str) -> str:
    return next(row.place_id for row in db.locations([source], NOW - DAY))


class Published:
    """The files of that hour's release, rendered when they are read."""

    def __init__(self, db: Store, hours: int) -> None:
        at = NOW + hours * HOUR
        update_place_ids(db, REGION, at)
        self.snapshot = take(db, REGION, at)
        self.files = {file.path: file for file in cycle._files(self.snapshot, REGION, RAISE_ALL)}

    def text(self, path: str) -> str:
        return self.files[path].make().decode()

    def leads_to(self, id: str) -> str:
        """The place that each URL of an id shows or redirects to."""
        page = self.text(f"place/{id}/index.html")
        shown = msgspec.json.decode(self.text(f"api/v1/places/{id}.json"))["data"]["id"]
        assert (f"0; url=../../place/{shown}/" in page) == (shown != id)
        assert f"place/{shown}/" in self.text(f"feeds/place/{id}.atom")
        assert f"place/{shown}/" in self.text(f"place/{id}/slots.ics")
        return str(shown)

    def place(self, name: str) -> Place:
        (found,) = (place for place in self.snapshot.places if place.location.name == name)
        return found


def test_every_url_of_a_merged_place_works_through_merges_and_splits(db: Store) -> None:
    for hours, (source, street) in enumerate({"z": "1 Kite St", "y": "20 Tern Rd", "x": "300 Skua Ave"}.items()):
        lists(db, hours, **{source: street})
    a, b, c = (drawn(db, source) for source in "xyz")
    lists(db, 2, w="1 Kite St.")
    first = Published(db, 2)
    assert [first.leads_to(id) for id in (a, b, c)] == [a, b, c]

    lists(db, 3, x="20 Tern Road")
    once = Published(db, 3)
    assert [once.leads_to(id) for id in (a, b, c)] == [b, b, c]

    lists(db, 4, x="1 Kite Street", y="1 Kite St.")
    twice = Published(db, 4)
    assert [twice.leads_to(id) for id in (a, b, c)] == [c, c, c]
    assert [place.id for place in twice.snapshot.places] == [c]

    lists(db, 5, x="300 Skua Ave")
    parted = Published(db, 5)
    assert [parted.leads_to(id) for id in (a, b, c)] == [a, c, c]


def test_a_venue_keeps_its_page_when_a_clinic_leaves_and_its_history_when_renamed(db: Store) -> None:
    def visit(hours: int, *rows: str) -> None:
        at = NOW + hours * HOUR
        found = read_search(*rows)
        readings = tuple(
            msgspec.structs.replace(one, availability=msgspec.structs.replace(one.availability, checked_at=at))
            for one in found.readings
            if one.availability
        )
        save(db, msgspec.structs.replace(found, readings=readings, started_at=at))

    def ids() -> dict[str, str]:
        return {row.location.name: row.place_id for row in db.locations(["example"], NOW - DAY)}

    tern = clinic("Tern Hall on 05/22/2021", "9 Skua Rd, Worcester MA, 01602", number="7002")
    visit(0, clinic(count="5"), tern)
    update_place_ids(db, REGION, NOW)
    gull = ids()["Gull Hall"]

    visit(1, clinic("Skua School on 05/20/2021", "12 Auk St, Lowell MA, 01850"), tern)  # clinic 7001 has moved
    files = Published(db, 1)
    assert ids()["Gull Hall"] == gull != ids()["Skua School"]
    assert "Gull Hall" in files.text(f"place/{gull}/index.html")
    assert "Skua School" in files.text(f"place/{ids()['Skua School']}/index.html")

    visit(2, clinic("Gull Hall on 05/27/2021", "1 Kite Street, Boston 02121, 02121", number="7003", count="8"), tern)
    files = Published(db, 2)
    place = files.place("Gull Hall")
    assert place.id == gull
    assert place.location.address_lines == ("1 Kite Street",)
    assert len(place.aliases) == 1
    assert place.aliases[0] != ids()["Skua School"]
    yes, unknown = Available.YES, Available.UNKNOWN
    found = [(change.available, change.count, change.at) for change in place.history]
    assert found == [(yes, 8, NOW + 2 * HOUR), (unknown, None, NOW + HOUR), (yes, 5, NOW)]
    assert files.leads_to(place.aliases[0]) == gull


def test_restrictions_stay_with_their_days_if_two_spellings_of_a_venue_differ(db: Store) -> None:
    def row(street: str, day: int, restrictions: str) -> Reading:
        place = {**HALL, "address_lines": (street,), "restrictions": restrictions}
        return reading(f"at:{street}", slot(NOW + day * DAY), **place)

    save(db, report(row("1 Kite St", 1, "Second dose only"), row("1 Kite Street", 2, ""), source="x"))
    place = Published(db, 0).place("Gull Hall")
    assert [one.restrictions for one in place.current.slots] == ["Second dose only", ""]
    assert place.location.restrictions == "Second dose only"


def test_history_ends_where_the_current_answer_begins() -> None:
    with empty_store() as db:
        for hours, count in enumerate((3, 2, 1)):
            at = NOW + hours * HOUR
            save(db, report(reading("1", slot(NOW + DAY, count), at=at), at=at))
        (changes,) = db.history(9, NOW).values()
    newest, middle, oldest = changes
    assert with_earlier((newest,), (middle, oldest)) == (newest, middle, oldest)
    assert with_earlier((middle,), (newest, oldest)) == (middle, oldest)
    assert with_earlier((), (middle, oldest)) == (middle, oldest)
    assert with_earlier((newest,), ()) == (newest,)
    same = msgspec.structs.replace(newest, at=oldest.at)
    assert with_earlier((newest,), (same,)) == (same,)
