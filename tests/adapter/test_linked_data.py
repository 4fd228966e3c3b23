"""JSON-LD on web pages: which scripts can be read, which nodes are events, and where they take place."""

import json
from typing import Any

import pytest

from aggregator.adapter import Html, Page, RecordError, linked_data
from aggregator.model import Answer
from tests.support.records import NOW

EVENT = '{"@type": "Event", "name": "Flu Clinic"}'


def page(*scripts: str) -> Page:
    body = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    text = f"<html><head>{body}</head><body></body></html>"
    kind = {"content-type": "text/html; charset=utf-8"}
    return Page(Answer(url="https://town.example/", status=200, headers=kind, body=text.encode(), fetched_at=NOW))


def events(*scripts: Any) -> list[dict[str, Any]]:
    values, errors = linked_data.scripts(Html(page(*(json.dumps(script) for script in scripts)).text))
    assert errors == []
    return linked_data.events(values)


@pytest.mark.parametrize(
    "script",
    [
        EVENT,
        f"\n {EVENT} ;\n",
        f"//<![CDATA[\n{EVENT}\n//]]>",
        f"/* <![CDATA[ */ [{EVENT}] /* ]]> */",
        f"<!-- {EVENT} -->",
        EVENT.replace("}", ", }"),
        f"[{EVENT},\n]",
        EVENT.replace("Flu Clinic", "Flu\n\tClinic"),
        EVENT.replace("Flu Clinic", 'Flu, ]"Clinic'.replace('"', '\\"')).replace("}", ",}"),
    ],
)
def test_what_websites_get_wrong_is_mended(script: str) -> None:
    one = page(script)
    assert [event["@type"] for event in linked_data.events(one.linked_data)] == ["Event"]
    assert one.unread == []


def test_mending_changes_no_text() -> None:
    (event,) = linked_data.events(page('{"@type": "Event", "name": "a, ] b, } c",}').linked_data)
    assert event["name"] == "a, ] b, } c"


@pytest.mark.parametrize("script", ['{"name": "Clinic "F""}', '{"startDate": }', "", "var a = 1", "[" * 5000])
def test_a_broken_script_is_lost_alone_and_counted_once(script: str) -> None:
    one = page(EVENT, script)
    assert len(linked_data.events(one.linked_data)) == 1
    assert len(linked_data.events(one.linked_data)) == 1
    assert [error.field for error in one.unread] == ["script"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Event", True),
        ("https://schema.org/Event", True),
        ("schema:SocialEvent", True),
        (["Thing", "EducationEvent"], True),
        ("Festival", True),
        ("EventSeries", False),
        ("EventVenue", False),
        ("Place", False),
        (None, False),
    ],
)
def test_events_are_known_by_their_type(kind: Any, expected: bool) -> None:
    assert linked_data.is_event({"@type": kind}) is expected


def test_events_are_found_wherever_they_are_nested() -> None:
    def one(name: str) -> dict[str, Any]:
        return {"@type": "Event", "name": name}

    found = events(
        {"@graph": [one("a"), {"@type": "WebPage", "mainEntity": one("b")}]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": one("c")}]},
        [{"@type": "Place", "event": [one("d")]}],
        {"@type": "Event", "name": "season", "subEvent": [one("e")]},
    )
    assert [event["name"] for event in found] == ["a", "b", "c", "d", "e"]


def test_an_event_in_two_scripts_is_one_and_references_are_followed() -> None:
    event = {"@type": "Event", "url": "https://town.example/1", "location": {"@id": "#hall"}}
    found = events(event, [event], {"@id": "#hall", "@type": "Place", "name": "Grange Hall"})
    assert [one["location"]["name"] for one in found] == ["Grange Hall"]


def test_a_reference_to_nothing_stays_and_has_no_name() -> None:
    (event,) = events({"@type": "Event", "location": {"@id": "#hall"}})
    with pytest.raises(RecordError, match="neither a name nor an address"):
        linked_data.place(event["location"])


def test_an_offer_of_offers_stands_for_those_in_it() -> None:
    one, two = {"availability": "InStock"}, {"availability": "SoldOut"}
    assert linked_data.offers({"offers": [{"offerCount": 9, "offers": [one, two]}, two]}) == [one, two, two]
    assert linked_data.offers({"offers": one}) == [one]
    assert linked_data.offers({"offers": "free"}) == []
    assert linked_data.offers({}) == []


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (None, {}),
        ([], {}),
        ("Pier, 1 Pier Road", {"name": "Pier, 1 Pier Road", "address": "Pier, 1 Pier Road"}),
        ([{"name": "Hall"}, {"name": "Other"}], {"name": "Hall", "address": "", "position": None}),
        ({"name": ["Hall", "Halle"], "address": "1 Main St"}, {"name": "Hall", "address": "1 Main St"}),
        ({"address": [{"streetAddress": "1 Main St"}]}, {"name": "1 Main St", "address": "1 Main St"}),
        ({"name": "Hall", "address": {"telephone": "555"}}, {"info_phone": "555"}),
        ({"name": "Hall", "geo": [{"latitude": 1, "longitude": "2"}]}, {"position": (1, "2")}),
        ({"name": "Hall", "geo": {"latitude": 1, "longitude": ""}}, {"position": None}),
    ],
)
def test_a_place_is_read_in_the_forms_that_websites_write(location: Any, expected: dict[str, Any]) -> None:
    found = linked_data.place(location)
    assert {key: found[key] for key in expected} == expected
    assert bool(found) == bool(expected)


@pytest.mark.parametrize("location", [7, {"telephone": "555"}, {"name": "", "address": {}}])
def test_a_place_without_name_and_address_is_not_read(location: Any) -> None:
    with pytest.raises(RecordError, match="location"):
        linked_data.place(location)
