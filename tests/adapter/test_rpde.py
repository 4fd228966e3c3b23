"""RPDE feeds, read by the OpenActive adapter in visits that follow each other."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from aggregator.adapter import Page, PageError, rpde
from aggregator.adapter.rpde.feed_page import read_page
from aggregator.clean import MAX_SLOTS
from aggregator.current import answer_at, slots_at
from aggregator.errors import Unreachable
from aggregator.model import Answer, Outcome, Report
from aggregator.visit.one_visit import collect
from providers.openactive import Openactive
from tests.support.memory_hosts import HandClock, run
from tests.support.pages import NOW, Reply, TableClient, answer, source

HOME = "https://data.heron.example.org"
PLACES, TIMES = f"{HOME}/places", f"{HOME}/times"
DAY = timedelta(days=1)
DOWN = Unreachable("no answer; the next visit tries again")
SOURCE = source(PLACES, provider="openactive", time_zone="Europe/London", options={"feeds": [PLACES, TIMES]})
BIG = 2**60


def at(feed: str, number: int) -> str:
    return f"{feed}?afterChangeNumber={number}"


def page(following: str, *items: dict[str, Any]) -> str:
    return json.dumps({"next": following, "items": items, "license": "https://creativecommons.org/licenses/by/4.0/"})


def end(feed: str, number: int) -> dict[str, Reply]:
    """The last page of a feed, which is empty and its own next page."""
    return {at(feed, number): page(at(feed, number))}


def item(identity: str, modified: int, **data: Any) -> dict[str, Any]:
    return {"state": "updated", "kind": "any", "id": identity, "modified": modified, "data": data}


def deleted(identity: str, modified: int) -> dict[str, Any]:
    return {"state": "deleted", "kind": "any", "id": identity, "modified": modified}


def facility(identity: str = "1", modified: int = 1, hall: str = "Heron", **data: Any) -> dict[str, Any]:
    location = {"@id": f"{HOME}/halls/{hall}", "name": f"{hall} Hall", "address": "1 Weir Lane, Ternham"}
    made = {"@type": "FacilityUse", "@id": f"{HOME}/uses/{identity}", "location": location}
    return item(identity, modified, **(made | data))


def slot(identity: str, left: int, modified: int = 1, of: str = "1", day: int = 20, **data: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": "Slot", "facilityUse": f"{HOME}/uses/{of}", "remainingUses": left}
    made |= {"startDate": f"2021-05-{day:02}T09:00:00Z"}
    return item(identity, modified, **(made | data))


def _of_kind(kind: str | None) -> dict[str, Any]:
    return {"@type": kind}


class Harvesting:
    """Visits to one source, each of which begins with what the earlier ones kept."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.requested: list[str] = []

    def visit(self, replies: Mapping[str, Reply], when: datetime = NOW) -> Report:
        dated = {url: replace(_answer(reply, url), fetched_at=when) if not isinstance(reply, Exception) else reply
                 for url, reply in replies.items()}  # fmt: skip
        client = TableClient(dated)
        report = run(collect(SOURCE, Openactive(), client, HandClock(when), kept=dict(self.kept)))
        self.kept = {key: text for key, text in (self.kept | dict(report.kept)).items() if text}
        self.requested = client.requested
        return report


def _answer(reply: Reply, url: str) -> Answer:
    assert not isinstance(reply, Exception)
    return reply if isinstance(reply, Answer) else answer(reply, url)


def expired(url: str, status: int = 410) -> Answer:
    return replace(answer("Gone", url), status=status)


def shown(report: Report) -> dict[str, tuple[str, int | None]]:
    """What people see of each place: name -> answer and count."""
    found = {}
    for reading in report.readings:
        said = reading.availability
        assert said is not None
        known, count = answer_at(said.available, slots_at(said.slots, said.checked_at), said.count)
        found[reading.location.name.removesuffix(" Hall")] = (str(known), count)
    return found


def first_read(*slots: dict[str, Any], places: tuple[dict[str, Any], ...] = ()) -> Harvesting:
    """A source after its first full read."""
    made = Harvesting()
    report = made.visit(
        {PLACES: page(at(PLACES, 9), *(places or (facility(),))), TIMES: page(at(TIMES, 9), *slots)}
        | end(PLACES, 9)
        | end(TIMES, 9)
    )
    assert (report.outcome, report.whole) == (Outcome.OK, True)
    return made


def changes(*slots: dict[str, Any], places: tuple[dict[str, Any], ...] = ()) -> dict[str, Reply]:
    """The pages of a visit that reads on from `first_read`."""
    found: dict[str, Reply] = {}
    for feed, items in ((PLACES, places), (TIMES, slots)):
        found |= {at(feed, 9): page(at(feed, 30), *items), **end(feed, 30)} if items else end(feed, 9)
    return found


# --- reading on -----------------------------------------------------------------------------------------------------


def test_a_later_visit_asks_only_for_what_came_since_and_still_knows_everything() -> None:
    made = first_read(slot("a", 2), slot("b", 0))
    report = made.visit(changes(slot("b", 3, 10)))
    assert made.requested == [at(PLACES, 9), at(TIMES, 9), at(TIMES, 30)]
    assert shown(report) == {"Heron": ("YES", 5)}


def test_a_deleted_slot_is_gone() -> None:
    made = first_read(slot("a", 2), slot("b", 0))
    assert shown(made.visit(changes(deleted("a", 10), deleted("never seen", 11)))) == {"Heron": ("NO", 0)}
    assert not any(" a" in key for key in made.kept)


def test_a_deleted_slot_is_gone_even_if_the_feed_breaks_off_after_it() -> None:
    made = first_read(slot("a", 2), slot("b", 0))
    broken: dict[str, Reply] = {at(TIMES, 9): page(at(TIMES, 30), deleted("a", 10)), at(TIMES, 30): DOWN}
    report = made.visit(end(PLACES, 9) | broken)
    (reading,) = report.readings
    assert reading.availability is not None
    assert (report.outcome, shown(report), reading.availability.incomplete) == (
        Outcome.DOWN,
        {"Heron": ("UNKNOWN", None)},
        False,
    )
    assert shown(made.visit({**end(PLACES, 9), **end(TIMES, 30)})) == {"Heron": ("NO", 0)}


def test_a_visit_that_breaks_off_lists_only_the_places_that_changed() -> None:
    made = first_read(slot("a", 2), slot("b", 1, of="2"), places=(facility("1"), facility("2", hall="Tern")))
    broken: dict[str, Reply] = {at(TIMES, 9): page(at(TIMES, 30), slot("a", 1, 10)), at(TIMES, 30): DOWN}
    assert shown(made.visit(end(PLACES, 9) | broken)) == {"Heron": ("YES", 1)}


def test_an_empty_page_that_leads_elsewhere_is_not_the_end() -> None:
    made = first_read(slot("a", 0))
    filtered: dict[str, Reply] = {
        at(TIMES, 9): page(at(TIMES, 12)),
        at(TIMES, 12): page(at(TIMES, 15), slot("b", 4, 15)),
    }
    assert shown(made.visit({**end(PLACES, 9), **filtered, **end(TIMES, 15)})) == {"Heron": ("YES", 4)}


def test_the_first_full_read_may_take_several_visits_and_until_then_only_yes_counts() -> None:
    made = Harvesting()
    begun: dict[str, Reply] = {PLACES: page(at(PLACES, 9), facility()), **end(PLACES, 9)}
    begun |= {TIMES: page(at(TIMES, 5), slot("a", 0)), at(TIMES, 5): DOWN}
    report = made.visit(begun)
    assert shown(report) == {"Heron": ("UNKNOWN", None)}
    assert all(one.availability and one.availability.incomplete for one in report.readings)
    report = made.visit({**end(PLACES, 9), at(TIMES, 5): page(at(TIMES, 9), slot("b", 0)), **end(TIMES, 9)})
    assert made.requested == [at(PLACES, 9), at(TIMES, 5), at(TIMES, 9)]
    assert shown(report) == {"Heron": ("NO", 0)}


def test_the_newest_change_of_an_item_counts_even_beyond_the_precision_of_floats() -> None:
    made = first_read(slot("a", 3, BIG + 1))
    assert shown(made.visit(changes(slot("a", 0, BIG + 2), slot("a", 3, BIG + 1)))) == {"Heron": ("NO", 0)}


def test_the_same_id_in_two_feeds_is_two_things() -> None:
    made = first_read(slot("1", 2))
    assert shown(made.visit(changes(deleted("1", 10)))) == {"Heron": ("UNKNOWN", None)}


def test_a_slot_of_the_past_is_neither_shown_nor_kept() -> None:
    made = first_read(slot("a", 2, day=13), slot("b", 1, day=14), slot("over", 5, day=12))
    assert not any("over" in key for key in made.kept)
    report = made.visit(end(PLACES, 9) | end(TIMES, 9), NOW + DAY)
    assert shown(report) == {"Heron": ("UNKNOWN", None)}
    assert not any(key.endswith((" a", " b")) for key in made.kept)


def test_of_very_many_slots_the_free_ones_are_listed() -> None:
    slots = [slot(f"full {n}", 0) for n in range(MAX_SLOTS)]
    made = first_read(*slots, slot("free", 1, day=29))
    report = made.visit(end(PLACES, 9) | end(TIMES, 9))
    assert shown(report) == {"Heron": ("YES", 1)}
    assert report.problems == made.visit(end(PLACES, 9) | end(TIMES, 9)).problems
    assert not any("only the first" in problem.reason for problem in report.problems)


# --- parents --------------------------------------------------------------------------------------------------------


def test_a_deleted_parent_takes_its_slots_along_and_the_last_one_its_place() -> None:
    made = first_read(slot("a", 2), slot("b", 1, of="2"), places=(facility("1"), facility("2")))
    assert shown(made.visit(changes(places=(deleted("2", 10),)))) == {"Heron": ("YES", 2)}
    report = made.visit({at(PLACES, 30): page(at(PLACES, 40), deleted("1", 40)), **end(PLACES, 40), **end(TIMES, 9)})
    assert (report.gone, report.readings) == ((f"id:{HOME}/halls/Heron",), ())
    assert len(made.kept) == 2, "only the two cursors are left"


def test_a_parent_that_moves_leaves_its_old_place() -> None:
    made = first_read(slot("a", 2))
    report = made.visit(changes(places=(facility("1", 10, hall="Tern"),)))
    assert (shown(report), report.gone) == ({"Tern": ("YES", 2)}, (f"id:{HOME}/halls/Heron",))


def test_a_free_slot_waits_for_its_parent_and_until_then_no_place_is_full() -> None:
    made = Harvesting()
    report = made.visit(
        {PLACES: page(at(PLACES, 9), facility()), TIMES: page(at(TIMES, 9), slot("a", 0), slot("b", 3, of="2"))}
        | end(PLACES, 9)
        | end(TIMES, 9)
    )
    assert shown(report) == {"Heron": ("UNKNOWN", None)}
    assert "parent: is in no feed" in report.message
    report = made.visit(changes(places=(facility("2", 10, hall="Tern"),)))
    assert shown(report) == {"Heron": ("NO", 0), "Tern": ("YES", 3)}


def test_parts_of_a_facility_are_slots_of_one_place() -> None:
    courts = [{"@type": "IndividualFacilityUse", "@id": f"{HOME}/uses/1/court-{n}"} for n in (1, 2)]
    made = first_read(slot("a", 1, of="1/court-1"), slot("b", 1, of="1/court-2"),
                      places=(facility(individualFacilityUse=courts),))  # fmt: skip
    assert shown(made.visit(changes())) == {"Heron": ("YES", 2)}


def test_times_inside_of_their_parent_count() -> None:
    inside = [{"@type": "ScheduledSession", "startDate": "2021-05-20T09:00:00Z", "remainingAttendeeCapacity": 4}]
    made = first_read(places=(facility(subEvent=inside),))
    assert shown(made.visit(changes())) == {"Heron": ("YES", 4)}


def test_what_is_only_online_is_no_place() -> None:
    online: dict[str, Any] = {"eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode", "location": None}
    made = first_read(slot("a", 2), slot("b", 2, of="2"), places=(facility(), facility("2", **online)))
    assert shown(made.visit(changes())) == {"Heron": ("YES", 2)}


# --- cursors that expire --------------------------------------------------------------------------------------------


def test_after_an_expired_cursor_everything_is_unknown_until_a_full_read_is_allowed_again() -> None:
    made = first_read(slot("a", 2), slot("b", 0))
    gone: dict[str, Reply] = {at(TIMES, 9): expired(at(TIMES, 9))}
    report = made.visit(end(PLACES, 9) | gone, NOW + DAY)
    assert (report.outcome, shown(report)) == (Outcome.CHANGED, {"Heron": ("UNKNOWN", None)})
    assert "until 2021-05-20, then it is read again" in report.message
    assert all(one.availability and not one.availability.incomplete for one in report.readings)

    report = made.visit(end(PLACES, 9), NOW + 6 * DAY)
    assert (made.requested, shown(report)) == ([at(PLACES, 9)], {"Heron": ("UNKNOWN", None)})

    week: dict[str, Reply] = {TIMES: page(at(TIMES, 50), slot("c", 1, day=29)), **end(TIMES, 50), **end(PLACES, 9)}
    report = made.visit(week, NOW + 7 * DAY)
    assert (report.outcome, shown(report)) == (Outcome.OK, {"Heron": ("YES", 1)})
    assert not any(key.endswith((" a", " b")) for key in made.kept)


def test_a_missing_cursor_is_believed_to_have_expired_in_the_third_visit_in_a_row() -> None:
    made = first_read(slot("a", 2))
    missing: dict[str, Reply] = {**end(PLACES, 9), at(TIMES, 9): expired(at(TIMES, 9), 404)}
    for number in (1, 2):
        report = made.visit(missing)
        assert (report.outcome, report.readings) == (Outcome.CHANGED, ())
        assert f"answers 404 (visit {number} of 3" in report.message
    assert shown(made.visit(changes())) == {"Heron": ("YES", 2)}
    found = [shown(made.visit(missing)) for _ in range(3)]
    assert found == [{}, {}, {"Heron": ("UNKNOWN", None)}]


def test_both_cursors_may_be_missing() -> None:
    made = first_read(slot("a", 2))
    missing: dict[str, Reply] = {at(feed, 9): expired(at(feed, 9), 404) for feed in (PLACES, TIMES)}
    found = [shown(made.visit(missing)) for _ in range(3)]
    assert found == [{}, {}, {"Heron": ("UNKNOWN", None)}]


def test_an_expired_cursor_is_followed_by_a_full_read_if_the_last_one_was_a_week_ago() -> None:
    made = first_read(slot("a", 2, day=28), slot("b", 1, day=28))
    begun = made.visit({**end(PLACES, 9), at(TIMES, 9): expired(at(TIMES, 9)), TIMES: DOWN}, NOW + 8 * DAY)
    assert shown(begun) == {"Heron": ("UNKNOWN", None)}, "the slots of the earlier read may be taken"
    full: dict[str, Reply] = {TIMES: page(at(TIMES, 60), slot("b", 3, day=28)), **end(TIMES, 60), **end(PLACES, 9)}
    assert shown(made.visit({**full}, NOW + 9 * DAY)) == {"Heron": ("YES", 3)}


def test_a_full_read_shows_which_places_are_no_more() -> None:
    made = first_read(slot("a", 2), places=(facility("1"), facility("2", hall="Tern")))
    again: dict[str, Reply] = {at(PLACES, 9): expired(at(PLACES, 9)), PLACES: page(at(PLACES, 70), facility("1", 70))}
    report = made.visit({**again, **end(PLACES, 70), **end(TIMES, 9)}, NOW + 7 * DAY)
    assert report.gone == (f"id:{HOME}/halls/Tern",)


def test_if_nothing_can_be_requested_the_visit_says_why() -> None:
    made = first_read(slot("a", 2))
    made.visit({at(PLACES, 9): expired(at(PLACES, 9)), at(TIMES, 9): expired(at(TIMES, 9))})
    report = made.visit({}, NOW + DAY)
    assert (report.outcome, report.readings, report.gone, report.requests) == (Outcome.CHANGED, (), (), 0)
    assert "may be read at most once a week" in report.message


def test_a_feed_that_is_not_at_its_url_is_an_error() -> None:
    report = Harvesting().visit({PLACES: expired(PLACES, 404)})
    assert (report.outcome, report.kept) == (Outcome.CHANGED, ())
    assert "the feed is no longer at this URL" in report.message


def test_another_version_of_what_is_kept_is_read_again_and_no_sooner_than_after_a_week() -> None:
    made = first_read(slot("a", 2, day=28))
    made.kept = {key: text.replace('"version": 1', '"version": 0') for key, text in made.kept.items()}
    assert made.visit({}).outcome is Outcome.CHANGED
    full: dict[str, Reply] = {PLACES: page(at(PLACES, 9), facility()), TIMES: page(at(TIMES, 9), slot("a", 1, day=28))}
    assert shown(made.visit({**full, **end(PLACES, 9), **end(TIMES, 9)}, NOW + 7 * DAY)) == {"Heron": ("YES", 1)}


def test_what_was_kept_of_another_feed_is_removed() -> None:
    made = first_read(slot("a", 2))
    made.kept |= {"feed 0123 x": '["x", 1, 1, {}]', "feed 0123": "{}"}
    made.visit(changes())
    assert not any("0123" in key for key in made.kept)


# --- pages of another shape -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        page(at(TIMES, 10), {"state": "updated", "id": "a", "modified": 10}),
        page(at(TIMES, 10), slot("a", 0, 10) | {"state": "new"}),
        page(at(TIMES, 10), slot("a", 0, 10) | {"modified": 1.5}),
        page(at(TIMES, 10), slot("a", 0, 10) | {"id": None}),
        page(at(TIMES, 10), slot("a", 0, 10, **_of_kind(None))),
        page(at(TIMES, 10), slot("a", 0, 10, **_of_kind("Elsewhere"))),
        page(at(TIMES, 9), slot("a", 0, 10)),
        json.dumps({"next": at(TIMES, 10), "rows": []}),
        json.dumps({"items": []}),
        "[]",
        "<p>Hello</p>",
    ],
)
def test_a_page_of_another_shape_moves_no_cursor_and_takes_nothing_away(body: str) -> None:
    made = first_read(slot("a", 2))
    before = dict(made.kept)
    report = made.visit({**end(PLACES, 9), at(TIMES, 9): body})
    assert (report.outcome, report.gone) == (Outcome.CHANGED, ())
    assert report.readings == ()
    assert made.kept == before
    assert shown(made.visit(changes())) == {"Heron": ("YES", 2)}


def test_a_feed_that_leads_back_to_an_earlier_page_is_an_error() -> None:
    made = first_read(slot("a", 2))
    round_trip: dict[str, Reply] = {at(TIMES, 9): page(at(TIMES, 10)), at(TIMES, 10): page(at(TIMES, 9))}
    report = made.visit(end(PLACES, 9) | round_trip)
    assert (report.outcome, len(made.requested)) == (Outcome.CHANGED, 3)
    assert "loops endlessly" in report.message


def test_percent_encoding_does_not_hide_the_end_of_a_feed() -> None:
    asked = f"{TIMES}?afterTimestamp=1&afterId=2-2021-05-20T09:00"
    found = read_page(Page(answer(page(asked.replace(":00", "%3A00")), asked)), asked)
    assert (found.is_end, found.license) == (True, "https://creativecommons.org/licenses/by/4.0/")


def test_a_page_without_a_dataset_is_an_error() -> None:
    with pytest.raises(PageError, match=r"describes no dataset with feeds .*options\.feeds"):
        rpde.dataset(Page(answer("<html><script type='application/ld+json'>{broken</script></html>", HOME)))
