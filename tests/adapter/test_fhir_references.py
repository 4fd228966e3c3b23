"""References between records of a feed, in every form that FHIR allows."""

from typing import Any

import pytest

from aggregator.adapter.fhir.locations import Places
from aggregator.adapter.fhir.references import Index, Named, named
from tests.support.smart_feeds import Record, location, schedule

UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Schedule/7", Named("Schedule", "7")),
        ("Schedule/7/", Named("Schedule", "7")),
        ("/Schedule/7", Named("Schedule", "7")),
        ("schedule/7", Named("Schedule", "7")),
        ("https://gull.example/fhir/Schedule/7", Named("Schedule", "7")),
        ("https://gull.example/fhir/Schedule/7/", Named("Schedule", "7")),
        ("https://gull.example/fhir/Schedule/7/_history/2", Named("Schedule", "7")),
        ("Schedule/7/_history/2", Named("Schedule", "7")),
        ("Schedule/7/_history/2/", Named("Schedule", "7")),
        ("Schedule/a%20b", Named("Schedule", "a b")),
        ("Schedule/7#part", Named("Schedule", "7")),
        (f"urn:uuid:{UUID}", Named("", UUID)),
        ("urn:oid:1.2.3", Named("", "1.2.3")),
        ("7", Named("", "7")),
        ("Schedule?identifier=x|7", Named("", "")),
        ("#s", Named("", "")),
        ("", Named("", "")),
        (None, Named("", "")),
    ],
)
def test_type_and_id_are_read_from_every_form_of_reference(reference: Any, expected: Named) -> None:
    assert named({"reference": reference}) == expected
    assert named(reference) == expected


def test_a_reference_may_give_only_its_type_or_an_identifier() -> None:
    assert named({"reference": "7", "type": "Schedule"}) == Named("Schedule", "7")
    assert named({"identifier": {"system": "urn:x", "value": "7"}}) == Named("", "", ("urn:x", "7"))
    assert named({"identifier": {"system": "urn:x"}, "display": "Gull Hall"}) == Named("", "")
    assert named(["Schedule/7"]) == Named("", "")


def index(*records: Record) -> Index:
    found = Index("Location")
    for record in records:
        found.add(record)
    return found


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"reference": "Location/7"}, "7"),
        ("Location/7", "7"),
        ({"reference": f"urn:uuid:{UUID.upper()}"}, UUID),
        ({"reference": "Location/A"}, "A"),
        ({"reference": "Location/a"}, ""),
        ({"reference": "Schedule/7"}, ""),
        ({"reference": "Location/8"}, ""),
        ({"identifier": {"system": "urn:x", "value": "1"}}, "7"),
        ({"identifier": {"system": "urn:x", "value": "2"}}, ""),
        ({"identifier": {"system": "urn:y", "value": "1"}}, ""),
    ],
    ids=[
        "relative", "text", "a UUID in capitals", "capitals", "ids differ by case", "another kind", "not there",
        "by identifier", "an identifier of two", "an identifier of none",
    ],
)  # fmt: skip
def test_a_reference_resolves_to_its_record_or_nothing(reference: Any, expected: str) -> None:
    one, two = {"system": "urn:x", "value": "1"}, {"system": "urn:x", "value": "2"}
    places = index(location(identifier=[one, two]), location(UUID, identifier=[two]), location("A"))
    assert places.find(reference) == expected


@pytest.mark.parametrize(
    ("actors", "keys", "vague"),
    [
        ({"reference": "Location/7"}, {"7"}, False),
        ([{"reference": "#l"}], {"7"}, False),
        ([{"reference": "#h"}], {"7"}, False),
        ([{"reference": "#gone"}], set(), True),
        ([{"reference": "Location/9"}], set(), False),
        ([{"reference": "Location/7"}, {"reference": "Location/9"}], {"7"}, False),
        ([{"reference": "Location/7"}, {"display": "Dr. Gull"}], {"7"}, False),
        ([{"reference": "Location/7"}, {"identifier": {"system": "urn:x", "value": "9"}}], {"7"}, True),
        ([{"reference": "urn:uuid:9"}], set(), True),
        ([{"type": "Location", "display": "Gull Hall"}], set(), True),
        ([], set(), True),
        (None, set(), True),
    ],
    ids=[
        "a single actor", "a Location inside", "a service inside", "inside, and not there", "a Location not listed",
        "one of two not listed", "a person beside", "an unknown identifier beside", "a URN of nothing", "a name",
        "no actors", "null",
    ],
)  # fmt: skip
def test_a_schedule_is_placed_or_marked_vague(actors: Any, keys: set[str], vague: bool) -> None:
    pin = [{"system": "urn:x", "value": "1"}]
    places = Places()
    places.indexes["Location"].add(location(identifier=pin))
    inside = [
        {**location("l"), "identifier": pin},
        {"resourceType": "HealthcareService", "id": "h", "location": [{"reference": "Location/7"}]},
    ]
    placed = places.of(schedule(actor=actors, contained=inside))
    assert (set(placed.keys), placed.vague) == (keys, vague)


def test_a_named_place_inside_a_role_is_a_place_of_its_own() -> None:
    places = Places()
    inside = {"resourceType": "Location", "id": "c", "name": "Bayberry Practice"}
    role = {"resourceType": "PractitionerRole", "id": "r", "contained": [inside], "location": [{"reference": "#c"}]}
    places.indexes["PractitionerRole"].add(role)
    (found,) = places.new_in(role)
    assert (found["id"], found["name"]) == ("r#c", "Bayberry Practice")
    places.indexes["Location"].add(found)
    assert places.of({"actor": [{"reference": "PractitionerRole/r"}]}).keys == {"r#c"}
    assert places.new_in(role) == []
