"""NDJSON of SMART Scheduling Links: how records are read and joined, and what is lost if a file is missing."""

import json

import pytest

from aggregator.adapter import fhir
from aggregator.errors import PageError, RecordError
from tests.support.smart_feeds import MANIFEST, Record, extension, location, ndjson, schedule, slot

IMMUNIZATION = {"system": "http://terminology.hl7.org/CodeSystem/service-type", "code": "57"}


def read(
    locations: str, schedules: str, *slots: str | None, service: str = "", **others: str | None
) -> tuple[list[fhir.Joined], list[RecordError]]:
    """The rows of a feed. `others`: additional files."""
    feed = fed(locations, schedules, *slots, service=service, **others)
    feed.losses()
    rows = list(feed.rows())
    return [r for r in rows if isinstance(r, fhir.Joined)], [r for r in rows if isinstance(r, RecordError)]


def fed(locations: str, schedules: str, *slots: str | None, service: str = "", **others: str | None) -> fhir.Feed:
    feed = fhir.Feed(MANIFEST, ("MA",), service)
    files = [("Location", locations), ("Schedule", schedules), *others.items(), *(("Slot", text) for text in slots)]
    for number, (kind, text) in enumerate(files):
        feed.add(fhir.Output(kind, f"https://clinics.example.org/{kind}-{number}.ndjson"), text)
    return feed


def lost(feed: fhir.Feed) -> list[str]:
    """The files that a feed reports as lost, by name."""
    return [loss.url.rpartition("/")[2] for loss in feed.losses()]


def slot_ids(joined: fhir.Joined) -> list[str]:
    return [record["id"] for record, _, _ in joined.slots]


# --- joining --------------------------------------------------------------------------------------------------------


def test_slots_are_linked_to_locations_through_their_schedules() -> None:
    places = ndjson(location("7"), location("8"))
    schedules = ndjson(schedule("s7", place="7"), schedule("t7", place="7"), schedule("s8", place="8"))
    joined, errors = read(places, schedules, ndjson(slot("s8"), slot("t7"), slot("s7")))

    assert [(row.location["id"], slot_ids(row), row.whole) for row in joined] == [
        ("7", ["t7-1", "s7-1"], True),
        ("8", ["s8-1"], True),
    ]
    assert ([s["id"] for s in joined[0].schedules], errors) == (["s7", "t7"], [])


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + ndjson(location()),
        ndjson(location()).replace("\n", "\r\n") + "\n \n",
        ndjson(location()).rstrip(),
        ndjson(location(description="a\\tb")).replace("a\\\\tb", "a\tb"),
        ndjson(location("a_b 7")),
    ],
    ids=["byte order mark", "other line ends and blank lines", "no last line end", "raw tab", "odd id"],
)
def test_unusual_line_formats_are_accepted(text: str) -> None:
    joined, errors = read(text, "", "")
    assert (len(joined), errors) == (1, [])


@pytest.mark.parametrize(
    "line",
    [
        ndjson(location("8")).replace("}", ""),
        ndjson(location("8"))[:60],
        "[]",
        '"Location"',
        "NaN",
        "7",
        "null",
        json.dumps(schedule("8")),
        json.dumps({**location("8"), "id": ""}),
        json.dumps({**location("8"), "address": ["1 Kite St"]}),
        "[" * 100_000,
        "\x00\ud800",
    ],
    ids=[
        "not JSON", "cut", "list", "text", "no number", "number", "null", "another kind", "no id",
        "parts of another type", "nested without end", "rubbish",
    ],
)  # fmt: skip
def test_an_unreadable_line_is_counted_and_does_not_affect_the_others(line: str) -> None:
    joined, errors = read(ndjson(location(), line, location("9")), "", "")
    assert [row.location["id"] for row in joined] == ["7", "9"]
    assert [error.field for error in errors] == ["https://clinics.example.org/Location-0.ndjson"]
    assert len(str(errors[0])) < 400


def test_slot_ids_may_repeat_and_a_record_in_two_files_counts_once() -> None:
    one = slot(id="7")
    records = [one, {**one, "start": "2021-05-21T09:00:00-04:00"}, {**one, "status": "busy"}]
    (joined,), errors = read(ndjson(location()), ndjson(schedule()), ndjson(*records), ndjson(*records))
    assert (slot_ids(joined), errors) == (["7", "7", "7"], [])


def test_references_to_missing_records_are_counted() -> None:
    schedules = ndjson(schedule(), schedule("s9", place="9"), schedule("s0", actor=[]))
    slots = ndjson(slot(), slot("s9"), slot("s0"), slot("gone"), slot("gone", id="gone-2"), slot(schedule=None))
    (joined,), errors = read(ndjson(location()), schedules, slots)

    assert slot_ids(joined) == ["7-1"]
    assert {error.field: error.value for error in errors} == {
        "schedule without location": "2",
        "slot without location": "1",
        "slot without schedule": "3",
    }


def test_records_for_other_states_and_services_are_skipped_silently() -> None:
    places = ndjson(location(), location("8", state="VT"), location("9", state=" ma "), location("10", state="Vermont"))
    other = [{"coding": [{**IMMUNIZATION, "code": "124"}]}]
    schedules = ndjson(schedule(), schedule("8"), schedule("o", place="7", serviceType=other))
    joined, errors = read(places, schedules, ndjson(slot(), slot("8"), slot("o")))
    assert [(row.location["id"], slot_ids(row)) for row in joined] == [("7", ["7-1"]), ("9", [])]
    assert errors == []


def test_a_location_with_the_same_id_in_another_state_is_not_matched() -> None:
    ours, other = location(name="Gull Hall"), location(state="VT", name="Auk Hall")
    for places in ((ours, other), (other, ours)):
        (joined,), _ = read(ndjson(*places), ndjson(schedule()), ndjson(slot()))
        assert joined.location["name"] == "Gull Hall"


def test_a_schedule_with_several_locations_applies_to_each() -> None:
    actors = [None, {"reference": "Practitioner/1"}, {"reference": "Location/7"}, {"reference": "Location/8"}]
    joined, errors = read(ndjson(location(), location("8")), ndjson(schedule(actor=actors)), ndjson(slot()))
    assert [(len(row.slots), row.whole) for row in joined] == [(1, True), (1, True)]
    assert errors == []


def service(number: str, *locations: str, kind: str = "HealthcareService", **fields: object) -> Record:
    """A service or role at these Locations."""
    places = [{"reference": f"Location/{one}"} for one in locations]
    return {"resourceType": kind, "id": number, "location": places, **fields}


THROUGH = [{"reference": "HealthcareService/h"}, {"reference": "PractitionerRole/r"}]


@pytest.mark.parametrize("actor", THROUGH, ids=["service", "role"])
def test_a_schedule_without_a_location_uses_that_of_its_service_or_role(actor: Record) -> None:
    services = {
        "HealthcareService": ndjson(service("h", "8")),
        "PractitionerRole": ndjson(service("r", kind="PractitionerRole", healthcareService=THROUGH[:1])),
    }
    places, plans = ndjson(location(), location("8")), ndjson(schedule(actor=[actor]))
    joined, errors = read(places, plans, ndjson(slot()), **services)
    assert [(len(row.slots), row.whole) for row in joined] == [(0, True), (1, True)]
    assert errors == []


@pytest.mark.parametrize("actor", [*THROUGH, {"reference": "Practitioner/1"}, {"display": "Gull Hall"}])
@pytest.mark.parametrize(
    ("status", "whole"), [("free", False), ("busy", True)], ids=["a free slot", "a busy slot hides no appointment"]
)
def test_a_free_slot_that_cannot_be_located_could_be_at_any_place(actor: Record, status: str, whole: bool) -> None:
    plans = ndjson(schedule(), schedule("s", actor=[actor]))
    joined, errors = read(ndjson(location()), plans, ndjson(slot(status="busy"), slot("s", status=status)))
    assert (joined[0].whole, joined[0].schedules_whole) == (whole, False)
    assert {error.field for error in errors} == {"schedule without location", "slot without location"}


def test_services_are_fetched_only_for_schedules_without_a_location() -> None:
    for actors, wanted in (([{"reference": "Location/7"}, *THROUGH], False), (THROUGH, True)):
        feed = fed(ndjson(location()), ndjson(schedule(actor=actors)))
        assert feed.wants("HealthcareService") is wanted


def test_a_schedule_for_a_missing_location_does_not_affect_other_places() -> None:
    plans = ndjson(schedule(), schedule("s", place="9"))
    (joined,), errors = read(ndjson(location()), plans, ndjson(slot(status="busy"), slot("s")))
    assert joined.whole
    assert [error.field for error in errors] == ["schedule without location"]


def test_a_schedule_with_one_missing_location_is_reported() -> None:
    actors = [{"reference": "Location/7"}, {"reference": "Location/9"}]
    (joined,), errors = read(ndjson(location()), ndjson(schedule(actor=actors)), ndjson(slot()))
    assert (len(joined.slots), joined.whole) == (1, True)
    assert [error.field for error in errors] == ["schedule without location"]


def test_a_slot_without_a_schedule_could_be_at_any_place() -> None:
    plans = ndjson(schedule())
    for status, whole in (("free", False), ("busy", True), ("perhaps", False)):
        (joined,), _ = read(ndjson(location()), plans, ndjson(slot(), slot("gone", status=status)))
        assert joined.whole is whole


def test_slots_of_a_schedule_id_used_at_two_places_are_ambiguous() -> None:
    plans = ndjson(schedule(), schedule("8"), schedule("s", place="7"), schedule("s", place="8"))
    joined, _ = read(ndjson(location(), location("8")), plans, ndjson(slot("s"), slot("7", status="busy")))
    assert [(len(row.slots), row.whole) for row in joined] == [(1, False), (0, False)]


def test_a_schedule_contained_in_its_slot_is_joined() -> None:
    inside = {"reference": "#s"}
    one = slot(schedule=inside, contained=[{**schedule("s", place="7")}])
    joined, errors = read(ndjson(location()), ndjson(schedule("t", place="7")), ndjson(one))
    assert (slot_ids(joined[0]), joined[0].whole, errors) == (["7-1"], True, [])


def test_slots_entered_in_error_are_ignored() -> None:
    joined, errors = read(ndjson(location()), ndjson(schedule()), ndjson(slot(status="entered-in-error"), slot()))
    assert (len(joined[0].slots), errors) == (1, [])


# --- missing and truncated files --------------------------------------------------------------------------------------

GOOD = ndjson(slot("8"))
PLACES, SCHEDULES = ndjson(location(), location("8")), ndjson(schedule(), schedule("8"))
WEB_PAGE = "<!DOCTYPE html>\n<title>Sorry</title>\n<p>Try again</p>\n"


@pytest.mark.parametrize(
    ("places", "schedules", "slots", "whole", "unread"),
    [
        (PLACES, SCHEDULES, [GOOD], True, 0),
        (PLACES, SCHEDULES, [GOOD, ""], False, 0),
        (PLACES, SCHEDULES, [GOOD, None], False, 0),
        (PLACES, SCHEDULES, [GOOD + GOOD[:50]], False, 0),
        (PLACES, SCHEDULES, [GOOD[:50] + "\n" + GOOD + GOOD], False, 1),
        (PLACES, SCHEDULES, [WEB_PAGE, GOOD], False, 0),
        (PLACES, SCHEDULES + SCHEDULES[:50], [GOOD], False, 0),
        (PLACES + PLACES[:50], SCHEDULES, [GOOD], True, 0),
    ],
    ids=[
        "all there", "one empty", "one missing", "one cut off", "a line damaged", "a web page for one",
        "schedules cut off", "locations cut off",
    ],
)  # fmt: skip
def test_a_location_is_whole_only_if_everything_that_could_hold_its_slots_was_read(
    places: str, schedules: str, slots: list[str | None], whole: bool, unread: int
) -> None:
    joined, errors = read(places, schedules, *slots)
    assert [(len(row.slots), row.whole) for row in joined] == [(0, whole), (1, whole)]
    assert len(errors) == unread


@pytest.mark.parametrize(
    ("locations", "schedules", "slots", "expected"),
    [
        (PLACES, SCHEDULES, GOOD, []),
        (WEB_PAGE, SCHEDULES, GOOD, ["Location-0.ndjson"]),
        (PLACES, WEB_PAGE, GOOD, ["Schedule-1.ndjson", "$bulk-publish"]),
        (PLACES, SCHEDULES, SCHEDULES, ["Slot-2.ndjson"]),
        (PLACES, SCHEDULES, GOOD + WEB_PAGE, ["Slot-2.ndjson"]),
        ("", SCHEDULES, GOOD, ["Location-0.ndjson"]),
        (PLACES, "", "", ["Schedule-1.ndjson"]),
        (PLACES, SCHEDULES, "\n", ["Slot-2.ndjson"]),
        (PLACES, SCHEDULES, ndjson(slot("x"), slot("y"), slot("8")), ["$bulk-publish"]),
        ("", "", "", ["Location-0.ndjson"]),
    ],
    ids=[
        "all as they should be", "locations", "schedules, so that no slot can be joined", "schedules for slots",
        "rubbish behind the slots", "no locations", "no schedules", "no slots", "most slots cannot be joined",
        "a feed without anything",
    ],
)  # fmt: skip
def test_files_with_unexpected_content_are_named(
    locations: str, schedules: str, slots: str, expected: list[str]
) -> None:
    assert lost(fed(locations, schedules, slots)) == expected


def test_an_empty_slot_file_is_trusted_if_no_slots_are_expected() -> None:
    plan = schedule("7", extension("has-availability", "unknown"))
    assert lost(fed(ndjson(location()), ndjson(plan), "")) == []
    assert lost(fed(ndjson(location(state="VT")), ndjson(schedule()), "")) == []


def test_an_empty_location_file_of_a_state_is_trusted_if_nothing_refers_to_it() -> None:
    for text, expected in (("", []), (ndjson(schedule()), ["l.ndjson"])):
        feed = fhir.Feed(MANIFEST, ("MA",))
        feed.add(fhir.Output("Location", "https://gull.example/l.ndjson", states=frozenset({"MA"})), "")
        feed.add(fhir.Output("Schedule", "https://gull.example/s.ndjson", states=frozenset({"MA"})), text)
        assert lost(feed) == expected


def test_places_in_a_state_without_a_slot_file_are_an_error_not_full() -> None:
    with pytest.raises(PageError, match="names no Slot file for MA, but lists 2 places there"):
        read(PLACES, SCHEDULES)
    assert read(ndjson(location(state="VT")), "") == ([], [])
