"""Manifests and NDJSON of SMART Scheduling Links: what is tolerated, what is refused, how records are joined."""

from typing import Any

import pytest

from aggregator.adapter import fhir
from aggregator.adapter.fhir.services import of_service
from aggregator.errors import PageError
from aggregator.model import Available
from aggregator.redact import shown_url
from tests.support.pages import SITE
from tests.support.smart_feeds import EXTENSION, MANIFEST, PLAIN, Record, by_hl7, extension, output, schedule

LOCATION, SCHEDULE, SLOT = PLAIN
IMMUNIZATION = {"system": "http://terminology.hl7.org/CodeSystem/service-type", "code": "57"}
COVID = {"system": "http://fhir-registry.smarthealthit.org/CodeSystem/service-type", "code": "covid19-immunization"}


# --- the manifest ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "files"),
    [
        ([LOCATION, SCHEDULE, SLOT], ["locations", "schedules", "slots"]),
        ([LOCATION, SCHEDULE, [SLOT, [output("Slot", "more.ndjson")]]], ["locations", "schedules", "slots", "more"]),
        ([*PLAIN, output("Practitioner", "people.ndjson")], ["locations", "schedules", "slots"]),
        ([*PLAIN, SLOT], ["locations", "schedules", "slots"]),
        ([{**LOCATION, "extension": None}, SCHEDULE, SLOT], ["locations", "schedules", "slots"]),
        ([{**LOCATION, "extension": "MA"}, SCHEDULE, SLOT], ["locations", "schedules", "slots"]),
        ([*PLAIN, output("Slot", "a.ndjson", state=["VT", "MA"])], ["locations", "schedules", "slots", "a"]),
        ([*PLAIN, output("Slot", "a.ndjson", state="ma")], ["locations", "schedules", "slots", "a"]),
        ([*PLAIN, output("Slot", "a.ndjson", state=["VT"])], ["locations", "schedules", "slots"]),
        ([*PLAIN, output("Slot", "a.ndjson", state="Mass.")], ["locations", "schedules", "slots", "a"]),
        ([*PLAIN, output("Slot", "a.ndjson", state=["Vermont"])], ["locations", "schedules", "slots"]),
        ([*PLAIN, output("Slot", "slots/MA.ndjson")], ["locations", "schedules", "slots", "slots/MA"]),
        ([*PLAIN, output("Slot", "slots/VT.ndjson")], ["locations", "schedules", "slots"]),
        ([*PLAIN, output("Slot", "slots/VT.ndjson", state=["MA"])], ["locations", "schedules", "slots", "slots/VT"]),
        ([LOCATION, SCHEDULE, output("Slot", "a.ndjson", state=["VT"])], ["locations", "schedules"]),
        ([*PLAIN, output("Slot", "a.ndjson", state=["Massachusetts"])], ["locations", "schedules", "slots", "a"]),
        ([*PLAIN, output("Slot", "a.ndjson", state=["everywhere"])], ["locations", "schedules", "slots", "a"]),
        ([*PLAIN, output("PractitionerRole", "roles.ndjson")], ["locations", "schedules", "slots", "roles"]),
        ([LOCATION, output("Schedule", "VT.ndjson", state=["VT"]), SLOT], ["locations", "VT", "slots"]),
        ([output("Location", "l.ndjson", state="VT"), output("Schedule", "s.ndjson", state="VT"),
          output("Slot", "a.ndjson", state=["MA", "VT"])], ["l", "s", "a"]),
    ],
    ids=[
        "plain", "nested lists", "other types", "named twice", "extension null", "extension of another type",
        "one of several states", "a bare state in small letters", "another state",
        "a state with a period", "another state in full", "state in the name",
        "another state in the name", "the tag before the name", "no slots of ours", "a state in full",
        "a state nobody knows", "roles",
        "slots of any state need the schedules of all", "slots of two states need what is above them in both",
    ],
)  # fmt: skip
def test_files_for_our_states_are_found_in_every_manifest_layout(listed: list[Any], files: list[str]) -> None:
    found = fhir.outputs({"output": listed}, MANIFEST, ("MA",))
    assert [file.url for file in found] == [f"{SITE}/smart/{name}.ndjson" for name in files]


def test_a_url_that_cannot_be_parsed_is_shown_without_its_query() -> None:
    wrong = {**SLOT, "url": "https://[gull/MA.ndjson?sig=secret"}
    found = fhir.outputs({"output": [*PLAIN, wrong]}, MANIFEST, ("MA",))
    feed = fhir.Feed(MANIFEST, ("MA",))
    feed.add(found[-1], "<p>Sorry")
    assert [loss.url for loss in feed.losses()] == [wrong["url"]]
    assert shown_url(wrong["url"]) == "https://[gull/MA.ndjson"


def test_a_manifest_url_is_used_unchanged_with_its_files_timestamp() -> None:
    signed = {**SLOT, "url": "https://blob.example.org/Slot-x.ndjson?sig=a%2Bb", "extension": {"currentAsOf": "then"}}
    found = fhir.outputs({"output": [LOCATION, SCHEDULE, signed]}, MANIFEST, ("MA",))
    assert found[-1] == fhir.Output("Slot", "https://blob.example.org/Slot-x.ndjson?sig=a%2Bb", "then")


@pytest.mark.parametrize(
    "manifest",
    [
        None,
        "output",
        [],
        {},
        {"output": None},
        {"output": {"Slot": "a.ndjson"}},
        {"output": []},
        {"output": [1, None, "x", {"type": "Slot"}, {"type": "Slot", "url": 7}]},
        {"output": [LOCATION, SCHEDULE]},
        {"output": [SCHEDULE, SLOT]},
        {"output": [LOCATION, SLOT]},
    ],
)
def test_a_manifest_missing_a_required_file_type_is_an_error(manifest: Any) -> None:
    with pytest.raises(PageError, match=r"bulk-publish (has no list `output`|names no )"):
        fhir.outputs(manifest, MANIFEST, ("MA",))


# --- parts of a record ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extensions", "expected"),
    [
        ([extension("dose", 1, "Integer"), extension("dose", 2, "Integer")], [1, 2]),
        ([extension("dose", "1", "Integer")], ["1"]),
        ([extension("other", 1), None, "text", {"url": EXTENSION + "dose"}], [None]),
        (None, []),
        ([], []),
    ],
    ids=["repeated", "of another type than named", "incomplete", "null", "none"],
)
def test_a_repeated_extension_keeps_all_its_values(extensions: Any, expected: list[Any]) -> None:
    assert fhir.values({"extension": extensions}, "dose") == expected


def test_contacts_of_the_same_kind_keep_their_order() -> None:
    contacts = [{"system": "url", "value": "u"}, {"system": "phone", "value": "1"}, {"system": "phone", "value": None}]
    assert fhir.telecom({"telecom": contacts}, "phone") == ["1", ""]
    assert fhir.telecom({"telecom": None}, "phone") == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"latitude": 42.3, "longitude": -71.1, "altitude": 9}, (42.3, -71.1)),
        ({"latitude": 42.3}, None),
        (None, None),
    ],
)
def test_a_position_needs_both_coordinates(given: Any, expected: tuple[float, float] | None) -> None:
    assert fhir.place({"position": given})["position"] == expected


GENERAL = {**IMMUNIZATION, "code": "124"}
OWN = {"system": "https://gull.example/services", "code": "road-test", "display": "Driving test"}


@pytest.mark.parametrize(
    ("types", "wanted", "kept"),
    [
        ([[IMMUNIZATION, COVID], [COVID], [{**IMMUNIZATION, "code": 57}], []], "", [0, 1, 2, 3]),
        ([[IMMUNIZATION, GENERAL], [GENERAL], [OWN]], "", [0]),
        ([[OWN], [GENERAL], []], "", [0, 2]),
        ([[OWN], [IMMUNIZATION], []], "road-test", [0, 2]),
        ([[OWN], [IMMUNIZATION]], " driving TEST", [0]),
        ([[GENERAL], [IMMUNIZATION]], "124", [0]),
    ],
    ids=[
        "immunizations and what states no type", "other types beside immunizations are other services",
        "a feed of one service that is no immunization", "the code that a source names", "its display", "a code of HL7",
    ],
)  # fmt: skip
def test_schedules_for_other_services_are_skipped(types: list[list[Record]], wanted: str, kept: list[int]) -> None:
    schedules = [schedule("7", serviceType=[{"coding": [coding]} for coding in codings]) for codings in types]
    assert sorted(of_service(schedules, wanted)) == kept


def test_a_service_type_may_be_plain_text() -> None:
    schedules = [schedule("7", serviceType=[{"text": text}]) for text in ("Enrollment interview", "Passport")]
    assert of_service(schedules, "") == {0, 1}
    assert of_service(schedules, "passport") == {1}


def test_extensions_from_2021_and_from_hl7_are_read_the_same_way() -> None:
    phone = {"system": "phone", "value": "617-555-0107"}
    record = {"extension": [by_hl7("booking-phone", phone, "ContactPoint"), extension("booking-phone", "617-555-0108")]}
    assert fhir.values(record, "booking-phone") == ["617-555-0107", "617-555-0108"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["some"], Available.YES),
        (["none"], Available.NO),
        (["unknown"], Available.UNKNOWN),
        ([True], Available.YES),
        ([False], Available.NO),
        (["plenty"], Available.UNKNOWN),
        ([None], Available.UNKNOWN),
        ([["some"]], Available.UNKNOWN),
        (["none", "some", "unknown"], Available.YES),
        (["none", "unknown"], Available.UNKNOWN),
        ([], None),
    ],
)
def test_has_availability_may_be_a_code_or_boolean_and_the_best_schedule_wins(
    values: list[Any], expected: Available | None
) -> None:
    assert fhir.has_availability([schedule("7", extension("has-availability", value)) for value in values]) is expected
