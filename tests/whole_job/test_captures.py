"""Recordings of real booking systems, run through the whole job: the output must be what a person reads there.

The recordings are other people's pages and not part of this repository; these tests are skipped without them.
"""

import gzip
import json
import re
import shutil
import socket
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from selectolax.lexbor import LexborHTMLParser

from aggregator.cli import main
from tests.support.paths import ROOT

pytestmark = pytest.mark.usefixtures("few_zip_codes")

REGIONS = ROOT / "data" / "regions"


class Published(NamedTuple):
    """The result of a run: exit code, locations, sources on the status page, and text of the home page."""

    code: int
    data: list[dict[str, Any]]
    sources: dict[str, str]
    home: str
    status: str

    @property
    def slots(self) -> list[dict[str, Any]]:
        return [slot for place in self.data for slot in place["availability"]["slots"]]

    @property
    def listed(self) -> int:
        return sum(slot["count"] or 0 for slot in self.slots)

    @property
    def bookable(self) -> int:
        return sum(place["availability"]["available_count"] or 0 for place in self.data)

    def place(self, name: str) -> dict[str, Any]:
        (found,) = [place for place in self.data if place["name"] == name]
        return found


class Runner:
    """Runs recordings in order on one database."""

    def __init__(self, folder: Path, captures: Path) -> None:
        self.folder, self.captures = folder, captures

    def __call__(self, region: str, *recordings: str | Path) -> Published:
        paths = [str(self.captures / name if isinstance(name, str) else name) for name in recordings]
        out = self.folder / "out"
        file = self.folder / f"{region}.toml"  # in one language: the data is the same in all
        text = (REGIONS / file.name).read_text(encoding="utf-8")
        file.write_text(re.sub(r"(?m)^languages = .*", 'languages = ["en"]', text), encoding="utf-8")
        arguments = ["--region", str(file), "--db", str(self.folder / "a.db"), "--out", str(out)]
        code = main(["run", *arguments, "--quiet", "--replay", *paths])
        data = json.loads((out / "api/v1/locations.json").read_bytes())
        freshness = json.loads((out / "freshness.json").read_bytes())
        return Published(
            code,
            data["data"],
            {source["name"]: source["outcome"] for source in freshness["sources"]},
            _text(out / "index.html"),
            _text(out / "status/index.html"),
        )


def _text(path: Path) -> str:
    body = LexborHTMLParser(path.read_text()).body
    assert body is not None
    return " ".join(body.text(separator=" ").split())


@pytest.fixture
def run(tmp_path: Path, captures: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    class Closed(socket.socket):
        """asyncio needs a socket pair of its own; nothing may be connected."""

        def connect(self, address: Any) -> None:
            raise AssertionError(f"a replay opened a connection to {address}")

    monkeypatch.setattr(socket, "socket", Closed)
    return Runner(tmp_path, captures)


def test_four_massachusetts_pages_give_34_clinics_without_the_past_one(run: Runner) -> None:
    seen = run("massachusetts", "prepmod/search-ma-4-pages-2021-05-13.har")

    assert seen.sources["prepmod-ma"] == "OK"
    assert seen.code == 90  # this recording lacks the pharmacies
    assert (len(seen.slots), seen.listed, seen.bookable) == (34, 8098, 8094)
    over = seen.place("Neighbors in Need / MAN, Inc.")
    assert over["availability"]["available"] == "NO"
    assert [slot["count"] for slot in over["availability"]["slots"]] == [4]
    assert seen.place("Anthony's Malden")["address_lines"] == []
    assert seen.place("Anthony's Malden")["city"] == "Malden"
    needham = seen.place("Needham; Public Health Clinics")
    assert (needham["address_lines"], needham["postal_code"]) == (["178 Rosemary Street"], "02494")
    assert "McCloskey School Gymnasium" in seen.home
    assert "Last looked" not in seen.home


def test_two_clinics_at_one_venue_on_one_day_add_up(run: Runner) -> None:
    seen = run("massachusetts", "prepmod/search-ma-4-pages-2021-05-13.har")

    school = seen.place("McCloskey School Gymnasium")
    day = [slot for slot in school["availability"]["slots"] if slot["start"].startswith("2021-05-13")]
    assert sorted(slot["count"] for slot in day) == [302, 329]
    assert len({slot["booking_url"] for slot in day}) == 2


def test_a_waiting_room_is_busy_and_never_turns_a_place_no(run: Runner) -> None:
    known = run("massachusetts", "prepmod/search-ma-4-pages-2021-05-13.har")
    queued = run("massachusetts", "prepmod/visit-waiting-room-then-pages-2021-05-13.har")

    assert queued.sources["prepmod-ma"] == "BUSY"
    before = {place["id"]: place["availability"]["checked_at"] for place in known.data}
    assert {place["id"]: place["availability"]["checked_at"] for place in queued.data} == before
    assert {place["availability"]["available"] for place in queued.data} == {"UNKNOWN"}  # twelve hours old by then
    line = "The booking site is holding people in a line · It said at 10:01 AM that the wait was about 1 minute"
    assert f"Not known. {line} · Last answer" in queued.home


def test_on_a_new_database_a_waiting_room_shows_as_a_queue_not_as_empty(run: Runner) -> None:
    seen = run("massachusetts", "prepmod/visit-waiting-room-then-pages-2021-05-13.har")

    assert seen.data == []
    assert seen.sources["prepmod-ma"] == "BUSY"
    assert "holding people in a line" in seen.home
    for page in (seen.home, seen.status):
        assert "It said at 10:01 AM that the wait was about 1 minute" in page


def test_a_waiting_room_on_page_two_keeps_the_unread_places_unchanged(
    run: Runner, tmp_path: Path, captures: Path
) -> None:
    known = run("massachusetts", "prepmod/search-ma-4-pages-2021-05-13.har")
    names = ("search-ma-4-pages-2021-05-13", "visit-waiting-room-then-pages-2021-05-13")
    whole, queue = (json.loads((captures / f"prepmod/{name}.har").read_text())["log"]["entries"] for name in names)
    later = [{**entry, "startedDateTime": "2021-05-13T02:24:57+00:00"} for entry in (whole[0], queue[1])]
    made = tmp_path / "queued-from-page-2.har"
    made.write_text(json.dumps({"log": {"version": "1.2", "creator": {}, "entries": later}}))

    seen = run("massachusetts", made)

    assert seen.sources["prepmod-ma"] == "BUSY"
    assert [place["id"] for place in seen.data] == [place["id"] for place in known.data]
    times = {place["availability"]["checked_at"] for place in seen.data}
    assert times == {"2021-05-13T02:19:57Z", "2021-05-13T02:24:57Z"}
    assert seen.place("Needham; Public Health Clinics")["availability"]["checked_at"] == "2021-05-13T02:19:57Z"
    assert seen.place("Needham; Public Health Clinics")["availability"]["available"] == "YES"


def test_a_search_with_the_empty_marker_is_empty(run: Runner) -> None:
    seen = run("massachusetts", "prepmod/search-ma-no-clinics-2021-08-02.har")

    assert seen.sources["prepmod-ma"] == "EMPTY"
    assert seen.data == []


def test_a_page_without_a_pager_is_changed_not_empty(run: Runner, tmp_path: Path, captures: Path) -> None:
    recording = json.loads((captures / "prepmod/search-ma-no-clinics-2021-08-02.har").read_text())
    content = recording["log"]["entries"][0]["response"]["content"]
    content["text"] = content["text"].replace("pagy-nav", "something-else")
    made = tmp_path / "no-pager.har"
    made.write_text(json.dumps(recording))

    assert run("massachusetts", made).sources["prepmod-ma"] == "CHANGED"


def test_a_count_of_zero_with_a_sign_up_link_is_no(run: Runner) -> None:
    seen = run("massachusetts", "prepmod/search-ma-zero-with-link-2021-08-04.har")

    place = seen.place("Medford City Hall")
    assert place["availability"]["available"] == "NO"
    assert place["address_lines"] == ["85 George P. Hassett Drive"]


def test_a_count_without_a_sign_up_button_is_no(run: Runner, tmp_path: Path, captures: Path) -> None:
    recording = json.loads((captures / "prepmod/search-ma-1-page-2021-08-06.har").read_text())
    content = recording["log"]["entries"][0]["response"]["content"]
    button = re.compile(r"<a [^>]*registration\?clinic_id=6012[^>]*>.*?</a>", re.DOTALL)  # closed ones have none
    content["text"], buttons = button.subn("", content["text"])
    assert buttons == 1
    made = tmp_path / "closed.har"
    made.write_text(json.dumps(recording))

    seen = run("massachusetts", made)

    (place,) = seen.data
    closed, open_ = place["availability"]["slots"]
    assert (closed["count"], closed["available"]) == (14, "NO")
    assert (open_["count"], open_["available"]) == (25, "YES")
    assert place["availability"]["available_count"] == 25


def test_two_visits_keep_ids_record_each_change_once_and_drop_missing_places(run: Runner, tmp_path: Path) -> None:
    first = run("massachusetts", "prepmod/search-ma-4-pages-2021-05-13.har")
    again = run("massachusetts", "prepmod/search-ma-4-pages-2021-05-13.har")
    later = run("massachusetts", "prepmod/search-ma-1-page-2021-08-06.har")

    assert again.data == first.data
    assert [place["name"] for place in later.data] == ["Citizen Center"]
    haverhill = [place["id"] for place in first.data if place["name"] == "Citizen Center"]
    assert [place["id"] for place in later.data] == haverhill
    place = json.loads((tmp_path / f"out/api/v1/places/{haverhill[0]}.json").read_text())
    assert [change["count"] for change in place["history"]] == [39]
    with gzip.open(tmp_path / "history/2021-05-13.jsonl.gz", "rt") as moved:  # older than the region's history
        pruned = [json.loads(line) for line in moved]
    known = first.place("Citizen Center")["availability"]["available_count"]
    assert [line["count"] for line in pruned if "citizen center" in line["location"]] == [known]


def test_the_early_2021_layout_gives_eight_clinics_with_102_appointments(run: Runner) -> None:
    seen = run("massachusetts", "prepmod/search-reggie-lewis-2021-03-01.har")

    (place,) = seen.data
    assert place["name"] == "Reggie Lewis State Track Athletic Ctr, Tremont Street, Boston, MA, USA"
    assert (place["address_lines"], place["city"], place["postal_code"]) == (["1350 Tremont Street"], "Boston", "02120")
    assert (len(seen.slots), seen.listed) == (8, 102)
    assert sum(slot["available"] == "YES" for slot in seen.slots) == 2
    assert place["availability"]["products"] == ["Pfizer"]


@pytest.mark.parametrize(
    ("region", "source", "name", "listed"),
    [("rhode-island", "prepmod-ri", "html-ri", 3925), ("washington", "prepmod-wa", "html-wa", 2612)],
)
def test_pages_read_before_a_failure_count(run: Runner, region: str, source: str, name: str, listed: int) -> None:
    seen = run(region, f"prepmod/{name}-2021-08.har")

    assert (len(seen.slots), seen.listed) == (20, listed)
    assert seen.sources[source] == "DOWN"
    assert "/appointment/en/clinic/search" in seen.status


def test_prepmods_feed_keeps_its_wall_clock_times_and_corrects_their_offset(run: Runner) -> None:
    seen = run("washington", "prepmod/smart-wa-2021-09-01.har")

    assert (len(seen.data), len(seen.slots), seen.bookable) == (2, 49, 257)
    walla = seen.place("Walla Walla Mobile Units")
    assert walla["availability"]["slots"][0]["start"] == "2021-09-13T09:00:00-07:00"
    assert walla["availability"]["valid_at"] == "2021-09-01T21:56:12Z"
    assert walla["info_phone"] == "509-730-3669"
    assert walla["county"] == "Walla Walla"
    assert ["prepmod-prepmod.doh.wa.gov-clinic", "6320"] in walla["external_ids"]
    assert walla["availability"]["products"] == ["Johnson & Johnson", "Pfizer"]
    assert "registration?clinic_id=6320" in walla["availability"]["slots"][0]["booking_url"]
    by_date: dict[str, int] = {}
    for slot in seen.place("Yakima County Health District COVID Vaccination Site")["availability"]["slots"]:
        by_date[slot["start"][:10]] = by_date.get(slot["start"][:10], 0) + slot["count"]
    assert by_date == {"2021-09-05": 105, "2021-09-08": 98}


def test_the_smart_example_feed_has_ten_locations_300_slots_and_capacity_30000(run: Runner) -> None:
    seen = run("massachusetts", "smart_scheduling_links/spec-example-ma.har")

    assert (len(seen.data), len(seen.slots), seen.listed) == (10, 300, 30_000)
    assert {place["availability"]["available"] for place in seen.data} == {"NO"}  # all in March, visited in April
    boston = seen.place("SMART Vaccine Clinic Boston")
    assert (boston["address_lines"], boston["postal_code"]) == (["123 Summer St"], "02114")
    assert boston["availability"]["products"] == ["Moderna"]
    assert {slot["dose"] for slot in seen.slots} == {"first_dose_only"}


def test_cvs_slots_are_whole_days_and_its_capacity_is_not_a_count(run: Runner) -> None:
    seen = run("virginia", "cvs/smart-feed-va-2021-05-17.har")

    (store,) = seen.data
    assert (store["name"], store["city"], store["postal_code"]) == ("CVS #2004", "Alexandria", "22306")
    assert store["address_lines"] == ["3117 Lockheed Blvd."]
    assert ["cvs", "02004"] in store["external_ids"]
    assert ["vtrcks", "CV1002004"] in store["external_ids"]
    busy, free = store["availability"]["slots"]
    assert (busy["available"], free["available"], free["count"]) == ("NO", "YES", None)
    assert (free["start"], free["all_day"]) == ("2021-05-19T00:00:00-04:00", True)
    assert store["availability"]["available_count"] is None


def test_walgreens_span_of_days_is_one_slot_and_its_placeholder_id_is_dropped(run: Runner) -> None:
    seen = run("alaska", "walgreens/smart-ak-2021-10-20.har")

    (store,) = seen.data
    assert (store["name"], store["county"]) == ("Walgreens #13656", "Anchorage")
    assert store["info_phone"] == "907-644-8400"
    assert {system for system, _ in store["external_ids"]} == {"walgreens", "npi_usa"}
    (span,) = store["availability"]["slots"]
    assert (span["start"], span["end"]) == ("2021-10-21T00:00:00-08:00", "2021-10-26T00:00:00-08:00")
    assert (span["available"], span["count"], span["all_day"]) == ("YES", None, True)
    assert store["availability"]["valid_at"].startswith("2021-10-20T01:31:57")
    assert "Some day from Oct 21 to Oct 25" in seen.home


def test_publishing_the_same_replay_twice_works(run: Runner, tmp_path: Path) -> None:
    run("massachusetts", "prepmod/search-ma-1-page-2021-08-06.har")
    shutil.rmtree(tmp_path / "out.releases")
    assert run("massachusetts", "prepmod/search-ma-1-page-2021-08-06.har").data
