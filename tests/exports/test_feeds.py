"""The Atom feeds: RFC 4287, what counts as news, and which feeds contain it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from xml.etree import ElementTree as Xml

import msgspec
import pytest

from aggregator.config.region import Region
from aggregator.exports.atom import ENTRIES, Feeds, news
from aggregator.geography.atlas import Atlas
from aggregator.model import Available, Change, Place, Position, Snapshot
from aggregator.published_file import File, content_key
from aggregator.snapshot import HISTORY_SHOWN
from aggregator.wording.context import render_context
from tests.support.snapshots import HOSTILE, NOW, hostile, local, offer, place, region, snapshot, window

YES, NO, UNKNOWN = Available.YES, Available.NO, Available.UNKNOWN
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITE = "https://appointments.example.org/ma"
HERE = Position(latitude=42.36, longitude=-71.10)  # in 02139


def posted(number: int, *times: datetime, gone: bool = True, **fields: object) -> Place:
    """A place without appointments except for an hour from each of `times` on."""
    made = place(number, offer(window(14)), **({"position": HERE} | fields))
    changes = [Change(at=local(1, month=1), available=NO)]
    for at in times:
        changes += [Change(at=at, available=YES, count=12)]
        changes += [Change(at=at + timedelta(hours=1), available=NO)] if gone else []
    return msgspec.structs.replace(made, history=tuple(reversed(changes)))


def feeds(made: Snapshot, of: Region | None = None) -> dict[str, File]:
    of = of or region()
    spoken = render_context(made, of, "en")
    content_keys = {shown.id: content_key(shown) for shown in made.places}
    found = Feeds(of, spoken, content_keys)
    return {file.path: file for file in found.files(made.places, Atlas(made, of).codes_nearby())}


def feed(path: str, *places: Place, **fields: object) -> Xml.Element:
    return Xml.fromstring(feeds(snapshot(*places), region(**fields))[f"feeds/{path}.atom"].make())


def texts(of: Xml.Element, path: str) -> list[str]:
    return [found.text or "" for found in of.findall(path, ATOM)]


def links(of: Xml.Element, path: str) -> dict[str, str]:
    return {link.attrib["rel"]: link.attrib["href"] for link in of.findall(path, ATOM)}


@pytest.mark.parametrize(
    ("answers", "times"),
    [
        ((NO, YES, NO), [1]),
        ((NO, YES, YES, NO, YES), [1, 4]),  # a changed count is no news
        ((YES, NO), [0]),  # listed for the first time, with appointments
        ((NO, UNKNOWN, YES), [2]),
        ((NO, UNKNOWN), []),
        ((), []),
    ],
)
def test_a_feed_has_an_entry_when_a_place_gets_appointments(answers: tuple[Available, ...], times: list[int]) -> None:
    changes = [Change(at=local(1, hour), available=answer) for hour, answer in enumerate(answers)]
    shown = msgspec.structs.replace(place(1), history=tuple(reversed(changes)))

    assert [one.at.hour for one in reversed(list(news(shown)))] == times


def test_the_state_before_the_oldest_entry_of_a_cut_history_is_unknown() -> None:
    changes = [Change(at=NOW - timedelta(hours=hour), available=YES, count=hour) for hour in range(HISTORY_SHOWN)]

    assert list(news(msgspec.structs.replace(place(1), history=tuple(changes)))) == []


def test_an_entry_tells_what_when_where_and_for_whom() -> None:
    shown = posted(2, local(12, 8), name="High School", restrictions="Town residents only.")
    made = feed("all", shown)

    assert texts(made, "a:entry/a:title") == ["12 appointments: High School, Cedar Mills"]
    assert texts(made, "a:entry/a:updated") == ["2021-05-12T12:00:00+00:00"]
    (content,) = texts(made, "a:entry/a:content")
    assert content.startswith("<p>Restriction: Town residents only.</p><p>2 Example Street, Cedar Mills, MA 01902</p>")
    assert "Seen May 12, 8:00\u00a0AM" in content


def test_a_feed_has_everything_the_standard_requires() -> None:
    for path in ("all", "zip/02139", f"place/{posted(1).id}"):
        made = feed(path, posted(1, local(12, 8)))
        for needed in ("a:title", "a:id", "a:updated", "a:author/a:name", "a:entry/a:id", "a:entry/a:updated"):
            assert all(texts(made, needed)) and texts(made, needed), (path, needed)
        ids = texts(made, "a:id") + texts(made, "a:entry/a:id")
        assert all(one.startswith("urn:uuid:") for one in ids) and len(set(ids)) == len(ids)


def test_links_are_absolute_if_the_region_has_a_site_url_and_work_without_one() -> None:
    shown = posted(1, local(12, 8))
    absolute, relative = feed("zip/02139", shown, url=SITE), feed("zip/02139", shown)

    assert links(absolute, "a:link") == {"self": f"{SITE}/feeds/zip/02139.atom", "alternate": f"{SITE}/zip/02139/"}
    assert links(relative, "a:entry/a:link") == {"alternate": f"../../place/{shown.id}/"}


def test_ids_stay_the_same_when_the_site_moves_or_the_place_changes() -> None:
    here = feed("all", posted(1, local(12, 8)), url=SITE)
    there = feed("all", posted(1, local(12, 8), name="New name"), url="https://example.net/", title="Other title")

    assert texts(here, ".//a:id") == texts(there, ".//a:id")


def test_a_feed_without_entries_is_valid_and_never_changes() -> None:
    made = feed("all", posted(1))

    assert texts(made, "a:updated") == ["1970-01-01T00:00:00+00:00"]
    assert made.findall("a:entry", ATOM) == []


def test_entries_are_newest_first_at_most_a_week_old_and_limited_in_number() -> None:
    many = [posted(number, local(12, 8) + timedelta(minutes=number)) for number in range(ENTRIES + 5)]
    made = feed("all", posted(200, local(3, 8)), *many)
    times = texts(made, "a:entry/a:updated")

    assert times == sorted(times, reverse=True)
    assert len(times) == ENTRIES
    assert times[0] == texts(made, "a:updated")[0] == "2021-05-12T13:44:00+00:00"


def test_the_feed_of_a_place_keeps_older_entries() -> None:
    shown = posted(1, local(3, 8), local(12, 8))

    assert len(feed(f"place/{shown.id}", shown).findall("a:entry", ATOM)) == 2


def test_former_ids_of_a_place_keep_their_feed() -> None:
    shown = msgspec.structs.replace(posted(1, local(12, 8)), aliases=("old1",))
    made = feeds(snapshot(shown))

    assert "feeds/place/old1.atom" in made


def test_the_feed_of_a_postal_code_covers_only_places_near_it() -> None:
    near = posted(1, local(12, 8), name="Near")
    far = posted(2, local(12, 8), name="Far", position=Position(latitude=42.6, longitude=-71.1))  # 27 km north
    nowhere = posted(3, local(12, 8), name="Nowhere", position=None)

    assert texts(feed("zip/02139", near, far, nowhere), "a:entry/a:title") == ["12 appointments: Near, Birchfield"]


def test_postal_codes_within_15_miles_of_a_place_have_a_feed() -> None:
    paths = set(feeds(snapshot(place(1, position=Position(latitude=42.36, longitude=-71.10)))))

    assert {"feeds/all.atom", "feeds/zip/02139.atom", "feeds/zip/01801.atom"} <= paths  # 0 and 9 miles away
    assert not {"feeds/zip/01930.atom", "feeds/zip/01001.atom"} & paths  # 28 and 82 miles away


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda shown: shown, set()),
        (
            lambda shown: posted(1, local(12, 8), local(13, 8)),
            {"feeds/all.atom", "feeds/place/p07919.atom", "feeds/zip/02139.atom"},
        ),
    ],
)
def test_a_feed_is_rebuilt_only_if_its_entries_change(change: Callable[[Place], Place], changed: set[str]) -> None:
    shown = posted(1, local(12, 8))
    other = posted(2, local(12, 8), position=Position(latitude=42.1, longitude=-72.6))
    before, after = feeds(snapshot(shown, other)), feeds(snapshot(change(shown), other))
    different = {path for path in before if before[path].key != after[path].key}

    assert (different & {"feeds/all.atom", "feeds/place/p07919.atom", "feeds/zip/02139.atom"}) == changed
    assert "feeds/zip/01103.atom" not in different  # around the other place
    assert all(before[path].make() == after[path].make() for path in list(before)[:20] if path not in different)


def test_source_text_stays_text_in_a_feed() -> None:
    shown = msgspec.structs.replace(hostile(), history=(Change(at=local(12, 8), available=YES),))
    bell = place(31, name="Bell \x07\ufffe \ud800")
    bell = msgspec.structs.replace(bell, history=shown.history)
    made = feed("all", shown, bell)
    hostile_title, bell_title = sorted(texts(made, "a:entry/a:title"), key=lambda title: "Bell" in title)

    assert HOSTILE in hostile_title
    assert "Bell ??" in bell_title
    assert "<script" not in "".join(texts(made, "a:entry/a:content"))
