"""NDJSON of SMART Scheduling Links: how records are read and joined, and what is missed when a file is."""

import json

import pytest

from aggregator import fhir
from aggregator.errors import PageError, RecordError
from tests.smart_feeds import location, ndjson, schedule, slot

IMMUNIZATION = {"system": "http://terminology.hl7.org/CodeSystem/service-type", "code": "57"}


def read(locations: str, schedules: str, *slots: str | None) -> tuple[list[fhir.Joined], list[RecordError]]:
    feed = fhir.Feed(("MA",))
    feed.add("Location", locations)
    feed.add("Schedule", schedules)
    for text in slots:
        feed.add("Slot", text)
    rows = list(feed.rows())
    return [r for r in rows if isinstance(r, fhir.Joined)], [r for r in rows if isinstance(r, RecordError)]


def slot_ids(joined: fhir.Joined) -> list[str]:
    return [record["id"] for record, _, _ in joined.slots]


# --- joining --------------------------------------------------------------------------------------------------------


def test_slots_find_their_location_through_their_schedule() -> None:
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
def test_lines_are_read_tolerantly(text: str) -> None:
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
        json.dumps([location("8")]),
        json.dumps(schedule("8")),
        json.dumps({**location("8"), "id": ""}),
        json.dumps({**location("8"), "address": ["1 Kite St"]}),
        "[" * 100_000,
        "\x00\ud800",
    ],
    ids=[
        "not JSON", "cut", "list", "text", "no number", "number", "null", "records in a list", "another kind", "no id",
        "parts of another type", "nested without end", "rubbish",
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_counted_and_loses_no_other(line: str) -> None:
    joined, errors = read(ndjson(location(), line, location("9")), "", "")
    assert [row.location["id"] for row in joined] == ["7", "9"]
    assert [error.field for error in errors] == ["Location"]
    assert len(str(errors[0])) < 400


def test_ids_of_slots_may_repeat_and_a_record_in_two_files_counts_once() -> None:
    one = slot(id="7")
    records = [one, {**one, "start": "2021-05-21T09:00:00-04:00"}, {**one, "status": "busy"}]
    (joined,), errors = read(ndjson(location()), ndjson(schedule()), ndjson(*records), ndjson(*records))
    assert (slot_ids(joined), errors) == (["7", "7", "7"], [])


def test_references_to_records_in_none_of_the_files_are_counted() -> None:
    schedules = ndjson(schedule(), schedule("s9", place="9"), schedule("s0", actor=[]))
    slots = ndjson(slot(), slot("s9"), slot("gone"), slot("gone", id="gone-2"), slot(schedule=None))
    (joined,), errors = read(ndjson(location()), schedules, slots)

    assert slot_ids(joined) == ["7-1"]
    assert {error.field: error.value for error in errors} == {
        "schedule without location": "2",
        "slot without schedule": "3",
    }


def test_records_of_other_states_and_services_are_left_out_without_a_word() -> None:
    places = ndjson(location(), location("8", state="VT"), location("9", state=" ma "), location("10", state="Vermont"))
    other = [{"coding": [{**IMMUNIZATION, "code": "124"}]}]
    schedules = ndjson(schedule(), schedule("8"), schedule("o", place="7", serviceType=other))
    joined, errors = read(places, schedules, ndjson(slot(), slot("8"), slot("o")))
    assert [(row.location["id"], slot_ids(row)) for row in joined] == [("7", ["7-1"]), ("9", [])]
    assert errors == []


def test_the_first_reference_to_a_location_is_the_place() -> None:
    actors = [None, {"reference": "Practitioner/1"}, {"reference": "Location/7"}, {"reference": "Location/8"}]
    joined, _ = read(ndjson(location(), location("8")), ndjson(schedule(actor=actors)), ndjson(slot()))
    assert [len(row.slots) for row in joined] == [1, 0]


# --- files that are not there, or not whole -------------------------------------------------------------------------

GOOD = ndjson(slot("8"))
PLACES, SCHEDULES = ndjson(location(), location("8")), ndjson(schedule(), schedule("8"))
WEB_PAGE = "<!DOCTYPE html>\n<title>Sorry</title>\n<p>Try again</p>\n"


@pytest.mark.parametrize(
    ("places", "schedules", "slots", "whole", "unread"),
    [
        (PLACES, SCHEDULES, [GOOD], True, 0),
        (PLACES, SCHEDULES, [GOOD, ""], True, 0),
        (PLACES, SCHEDULES, [GOOD, None], False, 0),
        (PLACES, SCHEDULES, [GOOD + GOOD[:50]], False, 1),
        (PLACES, SCHEDULES, [WEB_PAGE, GOOD], False, 1),
        (PLACES, SCHEDULES + SCHEDULES[:50], [GOOD], False, 1),
        (PLACES + PLACES[:50], SCHEDULES, [GOOD], True, 1),
    ],
    ids=[
        "all there", "one empty", "one missing", "one cut", "a web page for one", "schedules cut", "locations cut",
    ],
)  # fmt: skip
def test_a_location_knows_whether_all_that_could_hold_its_slots_was_read(
    places: str, schedules: str, slots: list[str | None], whole: bool, unread: int
) -> None:
    joined, errors = read(places, schedules, *slots)
    assert [(len(row.slots), row.whole) for row in joined] == [(0, whole), (1, whole)]
    assert len(errors) == unread


@pytest.mark.parametrize("kind", ["Location", "Schedule"])
def test_a_web_page_for_locations_or_schedules_is_not_the_file(kind: str) -> None:
    with pytest.raises(PageError, match=f"the {kind} file is a web page; it begins '<!DOCTYPE"):
        fhir.Feed(("MA",)).add(kind, "\ufeff\n " + WEB_PAGE)


def test_places_without_any_slot_file_about_them_are_not_places_without_slots() -> None:
    with pytest.raises(PageError, match="names no Slot file for MA, where it lists 2 places"):
        read(PLACES, SCHEDULES)
    assert read(ndjson(location(state="VT")), "") == ([], [])
