"""Feeds of SMART Scheduling Links that are incomplete, malformed, or hostile."""

import pytest

from aggregator.current import answer_at
from aggregator.errors import PageError, Refused, Throttled, Unreachable
from aggregator.model import Available, Outcome
from providers.smart_scheduling_links import SmartSchedulingLinks
from tests.support.pages import (
    SITE,
    WAITING_ROOM,
    Reply,
    TableClient,
    answer,
    availability_of,
    only_reading,
    source,
    visit,
)
from tests.support.plain_records import assert_plain
from tests.support.smart_feeds import (
    LOCATIONS,
    MANIFEST,
    PLAIN,
    SCHEDULES,
    SLOTS,
    Record,
    capacity,
    extension,
    feed,
    link,
    location,
    manifest,
    ndjson,
    output,
    product,
    read,
    read_feed,
    schedule,
    slot,
)

SECOND = f"{SITE}/smart/second.ndjson"
PUBLISHERS = ("", "prepmod", "cvs", "walgreens", "rite_aid", "kroger")


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Unreachable(f"{SECOND}: timed out"), Outcome.DOWN),
        (Refused(f"{SECOND} answers 403"), Outcome.BLOCKED),
        (PageError(f"{SECOND} answers 404"), Outcome.CHANGED),
        (WAITING_ROOM, Outcome.BUSY),
        (ndjson(slot("9"))[:40], Outcome.CHANGED),
        ("<p>Sorry", Outcome.CHANGED),
    ],
    ids=["timeout", "refused", "not there", "waiting room", "cut in the middle", "a web page"],
)
def test_with_a_slot_file_missing_free_slots_count_and_other_places_keep_their_answer(
    reply: Reply, outcome: Outcome
) -> None:
    places = [location(number, name=f"Hall {number}") for number in ("1", "2", "3", "4")]
    slots = [slot("1"), slot("2", status="busy"), slot("3", capacity(0))]
    replies = feed(places, [schedule(number) for number in ("1", "2", "3", "4")], slots)
    listed = [*PLAIN[:2], output("Slot", "second.ndjson"), PLAIN[2]]

    report = read_feed({**replies, MANIFEST: manifest(*listed), SECOND: reply})

    assert [r.availability.available if r.availability else None for r in report.readings] == [
        Available.YES,
        None,
        None,
        None,
    ]
    assert (report.outcome, report.whole) == (outcome, False)
    assert report.message


def test_retry_after_on_one_file_is_honored() -> None:
    replies = feed([location()], [schedule()], [slot()])
    assert read_feed({**replies, SLOTS: Throttled("429", retry_after=600)}).next_after == 600


@pytest.mark.parametrize("url", [MANIFEST, LOCATIONS, SCHEDULES])
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Unreachable("timed out"), Outcome.DOWN),
        (WAITING_ROOM, Outcome.BUSY),
        ("<title>Access Denied</title>", Outcome.BLOCKED),
        ("<title>Welcome</title>", Outcome.CHANGED),
    ],
)
def test_without_manifest_locations_or_schedules_no_answer_changes(url: str, reply: Reply, outcome: Outcome) -> None:
    report = read_feed({**feed([location()], [schedule()], [slot()]), url: reply})
    assert (report.outcome, report.whole) == (outcome, False)
    assert [reading.availability for reading in report.readings] == ([None] if url == SCHEDULES else [])


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", '"x"', "7", '{"output": {}}', '{"output": [null]}', manifest(*PLAIN[:2]), "\x00" * 100],
)
def test_a_malformed_manifest_never_means_no_appointments(text: str) -> None:
    report = read_feed({MANIFEST: text})
    assert (report.outcome, report.readings, report.whole) == (Outcome.CHANGED, (), False)
    assert report.message.startswith(MANIFEST)


def test_places_without_a_slot_file_for_their_state_are_not_places_without_slots() -> None:
    listed = [*PLAIN[:2], output("Slot", "NY.ndjson", state=["NY"])]
    report = read_feed({**feed([location()], [schedule()], []), MANIFEST: manifest(*listed)})
    assert (report.outcome, report.readings) == (Outcome.CHANGED, ())
    assert "no Slot file for MA" in report.message


@pytest.mark.parametrize("text", ["", "\n", " \r\n\t", "\ufeff"])
@pytest.mark.parametrize("url", [SCHEDULES, SLOTS])
def test_an_empty_file_is_a_failed_file(url: str, text: str) -> None:
    report = read_feed({**feed([location()], [schedule()], [slot()]), url: text})
    assert (report.outcome, report.whole, only_reading(report).availability) == (Outcome.CHANGED, False, None)
    assert report.message.startswith(f"{url} is empty")


def test_an_empty_slot_file_is_trusted_if_the_manifest_counts_no_records() -> None:
    listed = [*PLAIN[:2], {**PLAIN[2], "count": 0}]
    report = read_feed({**feed([location()], [schedule()], []), MANIFEST: manifest(*listed)})
    found = availability_of(only_reading(report))
    assert (report.whole, found.available, found.by_absence) == (True, Available.NO, True)


def test_an_empty_slot_file_is_trusted_if_every_schedule_states_its_availability() -> None:
    report = read_feed(feed([location()], [schedule("7", extension("has-availability", "none"))], []))
    found = availability_of(only_reading(report))
    assert (report.whole, found.available, found.by_absence) == (True, Available.NO, False)


def test_a_slot_file_with_fewer_records_than_the_manifest_counts_is_truncated() -> None:
    listed = [*PLAIN[:2], {**PLAIN[2], "count": 2}]
    report = read_feed({**feed([location()], [schedule()], [slot(status="busy")]), MANIFEST: manifest(*listed)})
    assert (report.outcome, only_reading(report).availability) == (Outcome.CHANGED, None)
    assert report.message.startswith(f"{SLOTS} contains 1 Slot records, but the manifest counts 2; look at it")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"error": "try again later"}', "contains no Slot record"),
        ('{\n  "error": {\n    "code": 17\n  }\n}', "contains no Slot record"),
        ("<p>Es sind gerade sehr viele da", "contains no Slot record"),
        ("Vous êtes dans la file d'attente", "contains no Slot record"),
        (ndjson(schedule()), "contains no Slot record"),
        ("[]", "contains no Slot record"),
        (ndjson(slot("8")) + ndjson(slot())[:40], "breaks off after 1 Slot records"),
    ],
    ids=["JSON", "JSON on several lines", "a web page", "a waiting room", "another kind", "an empty list", "cut off"],
)
def test_a_failed_file_is_reported_by_its_url_without_the_query(text: str, reason: str) -> None:
    url = f"{SLOTS}?sig=secret"
    listed = [*PLAIN[:2], {**PLAIN[2], "url": url}]
    places = [location(str(number)) for number in range(40)]
    plans = [schedule(str(number)) for number in range(40)]
    report = read_feed({**feed(places, plans, []), MANIFEST: manifest(*listed), url: text})

    assert (report.outcome, report.whole) == (Outcome.CHANGED, False)
    assert report.message.startswith(f"{SLOTS} {reason}")
    assert any(problem.field == "file" and "slots.ndjson" in problem.value for problem in report.problems)
    assert "secret" not in str(report)
    answers = {r.location.key: r.availability for r in report.readings}
    assert [key for key, answer in answers.items() if answer] == (["id:8"] if "after 1" in reason else [])


def test_a_failed_file_of_one_state_leaves_the_other_states_answers_complete() -> None:
    listed = [
        *PLAIN[:2],
        output("Slot", "slots.ndjson", state=["MA"]),
        output("Slot", "second.ndjson", state="Rhode Island"),
    ]
    places = [location(), location("8", state="RI"), location("9", state="Rhode Island")]
    replies = feed(places, [schedule(), schedule("8"), schedule("9")], [slot(status="busy")])
    where = source(MANIFEST, state=None, states=("MA", "RI"))
    client = TableClient({**replies, MANIFEST: manifest(*listed), SECOND: "<p>Sorry"})

    found = {r.location.key: r.availability for r in visit(SmartSchedulingLinks(), where, client).readings}

    assert found["id:8"] is None and found["id:9"] is None
    assert found["id:7"] is not None and found["id:7"].available is Available.NO


def test_a_file_with_a_malformed_url_fails_alone() -> None:
    listed = [*PLAIN, {**PLAIN[2], "url": "https://[gull/slots.ndjson?sig=secret"}]
    report = read_feed({**feed([location()], [schedule()], [slot()]), MANIFEST: manifest(*listed)})
    assert availability_of(only_reading(report)).available is Available.YES
    assert (report.outcome, report.whole) == (Outcome.CHANGED, False)
    assert "links to 'https://[gull/slots.ndjson', which is not a URL that can be requested" in report.message
    assert "secret" not in str(report)


def test_files_that_nothing_can_join_are_not_fetched() -> None:
    client = TableClient({MANIFEST: manifest(), LOCATIONS: "<p>Sorry"})
    report = visit(SmartSchedulingLinks(), source(MANIFEST), client)
    assert (client.requested, report.outcome) == ([MANIFEST, LOCATIONS], Outcome.CHANGED)


def test_a_location_that_is_no_longer_listed_is_gone_only_after_a_whole_visit() -> None:
    whole = read_feed(feed([location()], [schedule()], [slot()]))
    cut = read_feed(feed([location(), ndjson(location("8"))[:40]], [schedule(), schedule("8")], [slot()]))
    assert [(len(report.readings), report.whole) for report in (whole, cut)] == [(1, True), (1, False)]


def test_dangling_references_are_counted_and_shown() -> None:
    report = read_feed(feed([location()], [schedule()], [slot(), slot("gone")]))
    assert (len(report.readings), report.unread, report.whole) == (1, 1, False)
    assert report.problems[0].field == "slot without schedule"


@pytest.mark.parametrize(
    "broken",
    [
        {"name": ""},
        {"position": [42.3, -71.1]},
        {"telecom": ["617-555-0107"]},
        {"identifier": ["7"]},
    ],
    ids=["no name", "position", "telecom", "identifier"],
)
def test_a_malformed_location_fails_alone(broken: Record) -> None:
    places = [location("1", name="Tern Hall"), location("2", **broken), location("3", name="Auk Hall")]
    report = read_feed(feed(places, [schedule("1"), schedule("2"), schedule("3")], [slot("1"), slot("2"), slot("3")]))
    assert [reading.location.name for reading in report.readings] == ["Tern Hall", "Auk Hall"]
    assert (report.outcome, report.unread, report.whole) == (Outcome.OK, 1, False)
    assert len(report.problems) == 1


def test_a_number_in_an_address_is_read_as_text_and_a_malformed_description_is_dropped() -> None:
    places = [location("1", address={"city": "Boston", "state": "MA", "postalCode": 2120}, description=["x"])]
    report = read_feed(feed(places, [schedule("1")], [slot("1")]))
    assert [(r.location.postal_code, r.location.description) for r in report.readings] == [("02120", "")]
    assert (report.unread, [found.field for found in report.problems]) == (0, ["description"])


@pytest.mark.parametrize(
    "broken",
    [{"start": None}, {"start": "soon"}, {"end": "2021-05-19T00:00:00Z"}, {"start": ["2021-05-20"]}],
    ids=["no start", "a word", "an end before the start", "a list"],
)
@pytest.mark.parametrize("publisher", PUBLISHERS)
def test_a_malformed_slot_fails_alone(publisher: str, broken: Record) -> None:
    report = read(slot(id="7-2", **broken), slot(), publisher=publisher)
    found = availability_of(only_reading(report))
    assert len(found.slots) == 1
    assert answer_at(found.available, found.slots)[0] is Available.YES
    assert found.available is Available.UNKNOWN, "the lost one may still be open when this one is past"
    assert len(report.problems) == 1


@pytest.mark.parametrize("publisher", PUBLISHERS)
def test_hostile_text_of_a_location_becomes_plain_text_and_harms_nothing_else(publisher: str) -> None:
    text = "<script>alert(1)</script>\u202e\x07\ud800" + "A" * 1_000_000
    place = location(
        name=text,
        description=text,
        address={"line": [text] * 9, "city": text, "state": text, "postalCode": text, "district": text},
        telecom=[{"system": "url", "value": "javascript:alert(1)"}, {"system": "phone", "value": text}],
        identifier=[{"system": text, "value": text}],
    )
    plan = schedule("7", product(text), extension("vaccine-dose", text))
    report = read(slot("7", link("javascript:alert(1)")), place=place, plan=plan, publisher=publisher)

    reading = only_reading(report)
    assert_plain(reading)
    assert_plain(report.problems)
    assert len(reading.location.name) <= 200
    assert reading.location.info_url == ""
    assert len(report.problems) <= 50


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00" * 50,
        manifest().encode("utf-16-le"),
        answer(manifest(), MANIFEST, content_type="text/plain; charset=utf-16"),
    ],
    ids=["rubbish", "UTF-16 without its mark", "a wrong label"],
)
def test_a_manifest_in_a_wrong_encoding_never_means_no_appointments(body: Reply) -> None:
    report = read_feed({**feed([location()], [schedule()], [slot()]), MANIFEST: body})
    assert (report.outcome, report.readings, report.whole) == (Outcome.CHANGED, (), False)


@pytest.mark.parametrize(
    "body",
    [
        manifest().encode("utf-16"),
        answer(manifest(), MANIFEST, content_type="application/json; charset=undefined"),
        answer(manifest(), MANIFEST, content_type="application/json; charset=utf-16"),
    ],
    ids=["a byte order mark", "an encoding that is none", "JSON with a wrong label"],
)
def test_a_manifest_is_read_if_its_encoding_can_be_detected(body: Reply) -> None:
    report = read_feed({**feed([location()], [schedule()], [slot()]), MANIFEST: body})
    assert (report.outcome, len(report.readings), report.whole) == (Outcome.OK, 1, True)


def test_an_undecodable_byte_loses_no_line() -> None:
    raw = ndjson(location(name="Caf@")).encode().replace(b"@", b"\xe9")
    report = read_feed({**feed([], [schedule()], [slot()]), LOCATIONS: raw})
    assert (report.unread, only_reading(report).location.name) == (0, "Café")
