"""Whatever fails in a publish fails alone: everything else is published, and what is missing is listed by id."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from aggregator import published_file, snapshot
from aggregator.cli import main
from aggregator.config.region import parse_region
from aggregator.cycle import make_release
from aggregator.errors import PublishError, RecordError, StoreError
from aggregator.exports import atom, data_files, subscriptions
from aggregator.exports.univaf import location_data
from aggregator.faults import MOST_LISTED, RAISE_ALL, Faults
from aggregator.model import Available, Fault, Outcome, Position, Reading, Stage
from aggregator.places import grouping
from aggregator.places.evidence import Facts, Finding
from aggregator.site import cards, pages, status_page, views
from aggregator.site.templates import Level
from aggregator.store.store import Store
from tests.support.records import MINUTE, NOW, REGION, SOURCES, availability, location, reading, report, save

BAD = "Kestrel Barn"
FEW_PAGES = REGION.replace('"MA"', '"AS"')  # in a state with one ZIP code
TEXT = FEW_PAGES + SOURCES + SOURCES.replace('"county"', '"town"')


class World(NamedTuple):
    """A region with two sources and eight places, among them BAD. `ids` by name."""

    folder: Path
    store: Store
    ids: dict[str, str]

    def publish(self) -> tuple[Fault, ...]:
        known, _ = make_release(parse_region(TEXT, "alder.toml"), self.store, self.folder / "public", NOW)
        return known.faults

    def page(self, path: str) -> str:
        return (self.folder / "public" / path).read_text()

    def listed(self) -> set[str]:
        return {place["name"] for place in json.loads(self.page("api/v1/locations.json"))["data"]}

    def status(self, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main(["status", "--json", "--region", str(self.folder / "alder.toml")])
        return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alder.toml").write_text(TEXT)
    with Store(tmp_path / "data/aggregator.db") as store:
        for source, names in (("county", ("Heron Hall", BAD, "Wren Library", "Gull Gym")), ("town", SECOND)):
            save(store, report(*map(_reading, names), source=source))
        rows = store.db.execute("SELECT json_extract(facts, '$.name'), place_id FROM locations")
        yield World(tmp_path, store, dict(rows))


SECOND = ("Larch House", "Alder Church", "Tern School", "Otter Pool")


def _reading(name: str) -> Reading:
    """Every second place has appointments; all are near each other, so that all are compared with each other."""
    number = len(name)
    place: dict[str, Any] = {"name": name, "address_lines": (f"{number} Example St",), "city": "Alder", "state": "MA"}
    spot = Position(latitude=42.1, longitude=-71.2 + number / 10000)
    if number % 2 or name == BAD:
        return reading(name, position=spot, postal_code="01999", **place)
    made = location(name, position=spot, postal_code="01999", **place)
    return Reading(location=made, availability=availability(available=Available.NO))


def _fails_for_bad(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, but it fails if its arguments contain BAD."""

    def failing(*given: Any, **named: Any) -> Any:
        if f"name='{BAD}'" in repr(given):
            raise ZeroDivisionError("no such luck")
        return work(*given, **named)

    return failing


WORK = [
    (grouping, "Facts", Stage.MATCHING),
    (snapshot, "_view", Stage.SNAPSHOT),
    (snapshot, "merge_views", Stage.SNAPSHOT),
    (published_file, "content_key", Stage.LISTS),
    (cards, "_card", Stage.LISTS),
    (Level, "card", Stage.LISTS),
    (pages, "place_view", Stage.FILES),
    (subscriptions, "calendar_file", Stage.FILES),
    (data_files, "location_data", Stage.EXPORTS),
    (data_files, "row", Stage.EXPORTS),
    (atom, "news", Stage.EXPORTS),
]


@pytest.mark.parametrize(("room", "name", "stage"), WORK, ids=[name for _, name, _ in WORK])
def test_a_place_that_fails_in_one_stage_is_skipped_and_all_others_are_published(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    room: Any,
    name: str,
    stage: Stage,
) -> None:
    if name == "card":  # at this stage the place is a card; it has no page yet
        monkeypatch.setattr(pages._Pages, "_places", lambda self: iter(()))
    monkeypatch.setattr(room, name, _fails_for_bad(getattr(room, name)))
    faults = world.publish()
    monkeypatch.undo()
    monkeypatch.chdir(world.folder)

    mine = [fault for fault in faults if world.ids[BAD] in fault.id]
    assert stage in {fault.stage for fault in mine}
    assert len(mine) == len(faults)
    reason = "ZeroDivisionError: no such luck (whole_job/test_faults.py, line "
    assert all(reason in fault.reason for fault in faults)
    others = world.ids.keys() - {BAD}
    assert world.listed() >= others
    home, shown = world.page("index.html"), world.page("status/index.html")
    assert all(other in home for other in others)
    assert "could not be published" in shown and world.ids[BAD] in shown
    if name != "card":
        assert all((world.folder / "public/place" / world.ids[other] / "index.html").is_file() for other in others)
    code, found = world.status(capsys)
    assert [fault["id"] for fault in found["left_out"]] == [fault.id for fault in faults]
    assert code == 91  # its sources were last visited years ago


def test_a_pair_that_cannot_be_compared_stays_unmerged_and_is_reported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*pair: Facts) -> Finding:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr(grouping, "compare", failing)
    first = world.publish()
    assert first and {fault.stage for fault in first} == {Stage.MATCHING}
    assert world.listed() == world.ids.keys()
    monkeypatch.undo()
    monkeypatch.chdir(world.folder)
    assert world.publish() == first  # nothing has changed, so nothing is compared
    save(world.store, report(_reading("Heron Hall"), at=NOW + MINUTE, whole=False))
    world.store.db.execute("UPDATE locations SET matched = 0")
    assert world.publish() == ()


def test_if_matching_fails_places_are_published_with_their_last_ids(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.places.assign_ids._Settled", None)
    assert [(fault.stage, fault.id) for fault in world.publish()] == [(Stage.MATCHING, "all places")]
    assert world.listed() == world.ids.keys()


@pytest.mark.parametrize("name", ["town/alder/index.html", "api/v1/locations.csv", "es/index.html"])
def test_a_page_or_export_that_fails_is_skipped_alone(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def failing(*given: object, **named: object) -> bytes:
        raise ZeroDivisionError("no such luck")

    where = {"town/alder/index.html": (pages, "town_view"), "api/v1/locations.csv": (data_files, "table")}
    if name.startswith("es"):
        home = views.home_view
        monkeypatch.setattr(
            pages, "home_view", lambda *given: failing() if given[2].language.tag == "es" else home(*given)
        )
    else:
        monkeypatch.setattr(*where[name], failing)
    text = TEXT.replace("contact =", 'languages = ["en", "es"]\ncontact =')
    known, release = make_release(parse_region(text, "alder.toml"), world.store, world.folder / "public", NOW)
    assert {fault.id.removeprefix("es/") for fault in known.faults} == {name.removeprefix("es/")}
    assert {"index.html", "es/status/index.html", "api/v1/locations.json"} <= release.manifest.keys()
    assert name not in release.manifest


def test_an_incomplete_file_is_rebuilt_at_the_next_publish(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_files, "location_data", _fails_for_bad(location_data))
    world.publish()
    assert BAD not in world.listed()
    monkeypatch.undo()
    monkeypatch.chdir(world.folder)
    assert world.publish() == ()
    assert BAD in world.listed()


def test_a_source_that_cannot_be_rendered_stops_neither_the_home_nor_the_status_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room, name in ((views, "_unreadable_source"), (status_page, "_source_row"), (data_files, "_freshness")):
        work = getattr(room, name)

        def failing(source: Any, *rest: Any, work: Callable[..., Any] = work) -> Any:
            if source.name == "town":
                raise ZeroDivisionError("no such luck")
            return work(source, *rest)

        monkeypatch.setattr(room, name, failing)
    monkeypatch.setattr(Outcome, "is_good", False)
    assert {fault.id for fault in world.publish()} == {"town"}
    assert all(name in world.page("index.html") for name in world.ids)
    assert [source["name"] for source in json.loads(world.page("freshness.json"))["sources"]] == ["county"]


def test_without_a_home_page_nothing_is_published_and_status_states_the_reason_first(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.publish()
    before = (world.folder / "public").resolve()
    monkeypatch.setattr(pages, "home_view", None)
    with pytest.raises(PublishError, match=r"index\.html cannot be made \(TypeError.*the last release stays served"):
        world.publish()
    monkeypatch.undo()
    monkeypatch.chdir(world.folder)

    assert (world.folder / "public").resolve() == before
    code, found = world.status(capsys)
    assert (code, found["publish_failed_at"]) == (92, "2021-05-13T14:00:00Z")
    assert "index.html cannot be made" in found["publish_failure"]
    main(["status", "--region", str(world.folder / "alder.toml")])
    assert capsys.readouterr().out.startswith("The last publish failed")
    world.publish()
    assert world.status(capsys)[1]["publish_failure"] == ""


def test_a_name_that_no_file_can_have_is_skipped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.geography.atlas.town_slug", lambda town: "a" * 300)
    (fault,) = world.publish()
    assert (fault.stage, fault.id) == (Stage.FILES, f"town/{'a' * 300}/index.html")
    assert world.listed() == world.ids.keys()


# --- the fault collector ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [StoreError("locked"), PublishError("full"), MemoryError()])
def test_an_error_about_the_whole_run_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)), Faults().isolated(Stage.FILES, "index.html"):
        raise error


def test_a_fault_names_each_item_once_per_stage_in_printable_text() -> None:
    faults = Faults()
    for _ in range(3):
        with faults.isolated(Stage.LISTS, "a\u202eb\ud800"):
            raise ValueError("x\n\x1b[31m" + "long " * 100)
    with faults.isolated(Stage.LISTS, "c"):
        raise RecordError("name", "", "is empty")
    first, second = faults.found
    assert (first.id, faults.count) == (r"a\u202eb\ud800", 4)
    assert first.reason.startswith(r"ValueError: x \x1b[31mlong long ") and len(first.reason) < 400
    assert second.reason == "name: is empty (seen: '')"


def test_faults_beyond_the_limit_are_only_counted() -> None:
    faults = Faults()
    for number in range(MOST_LISTED + 5):
        faults.note(Stage.LISTS, str(number), ValueError())
    assert (len(faults.found), faults.count) == (MOST_LISTED, MOST_LISTED + 5)


def test_without_a_fault_collector_the_first_error_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(RAISE_ALL.each(Stage.LISTS, [1, 0], lambda number: 1 / number, str))
