"""Records in the files of a feed, in every packaging."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from aggregator.adapter.fhir.records import Unread, records_in
from tests.support.smart_feeds import Record, location, ndjson, schedule, slot

SLOTS = [slot("1"), slot("2"), slot("3")]


def bundle(records: Sequence[Record], **fields: Any) -> str:
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in records]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries, **fields})


PACKED: dict[str, Callable[[Sequence[Record]], str]] = {
    "lines": lambda records: ndjson(*records),
    "CR": lambda records: "\r".join(map(json.dumps, records)),
    "CR LF": lambda records: "\r\n".join(map(json.dumps, records)),
    "nothing between": lambda records: "".join(map(json.dumps, records)),
    "commas": lambda records: ",\n".join(map(json.dumps, records)),
    "record separators": lambda records: "".join(f"\x1e{json.dumps(one)}\n" for one in records),
    "a list": lambda records: json.dumps(records),
    "an indented list": lambda records: json.dumps(records, indent=2),
    "a list, one record a line": lambda records: "[" + ",\n".join(map(json.dumps, records)) + "]",
    "indented records": lambda records: "\n".join(json.dumps(one, indent=2) for one in records),
    "a Bundle": bundle,
    "Bundles": lambda records: "\n".join(bundle([one]) for one in records),
    "a byte order mark and blank lines": lambda records: "\ufeff\n \n" + ndjson(*records) + " \n",
}


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_records_are_read_from_every_packaging(pack: Callable[[Sequence[Record]], str]) -> None:
    assert list(records_in(pack(SLOTS), "Slot")) == SLOTS


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_truncated_text_ends_with_an_unread_record(pack: Callable[[Sequence[Record]], str]) -> None:
    found = list(records_in(pack(SLOTS).rstrip()[:-9], "Slot"))
    assert isinstance(found[-1], Unread)


def test_a_list_truncated_between_two_records_is_reported_as_unclosed() -> None:
    *read, last = records_in("[" + ndjson(SLOTS[0]) + ",", "Slot")
    assert (read, last) == ([SLOTS[0]], Unread("[" + ndjson(SLOTS[0]) + ",", "the list is not closed"))


@pytest.mark.parametrize("text", ["", " \n\r\n", "\ufeff"])
def test_blank_text_has_no_records(text: str) -> None:
    assert list(records_in(text, "Slot")) == []


@pytest.mark.parametrize(
    "text", ["[]", "{}", "null", "7", "<p>Sorry</p>", "[[", '{"error": 1}', ndjson(schedule()), "[" * 100_000]
)
def test_text_without_a_matching_record_is_reported_as_unread(text: str) -> None:
    (found,) = records_in(text, "Slot")
    assert isinstance(found, Unread)
    assert len(found.text) <= 200


def test_reading_continues_after_a_damaged_record() -> None:
    for text in (ndjson(SLOTS[0], '{"id": "2", ', SLOTS[2]), ndjson('{"id": "1", ', SLOTS[0], SLOTS[2])):
        found = list(records_in(text, "Slot"))
        assert [one for one in found if not isinstance(one, Unread)] == [SLOTS[0], SLOTS[2]]
        assert len(found) == 3


def test_a_bundle_with_a_next_page_is_reported_as_incomplete() -> None:
    text = bundle(SLOTS, link=[{"relation": "next", "url": "https://gull.example/?page=2"}])
    found = list(records_in(text, "Slot"))
    assert found[:3] == SLOTS
    assert isinstance(found[3], Unread)


def test_a_bundle_record_without_an_id_takes_it_from_its_full_url() -> None:
    nameless = {key: value for key, value in location().items() if key != "id"}
    entry = {"fullUrl": "https://gull.example/fhir/Location/7", "resource": nameless}
    (found,) = records_in(json.dumps({"resourceType": "Bundle", "entry": [entry]}), "Location")
    assert found == {**nameless, "id": "7"}


def test_garbage_is_abandoned_quickly() -> None:
    began = time.process_time()
    for text in ("{\n" * 200_000, "\r{" * 200_000, "<p>{</p>\n" * 100_000, "[{" * 100_000):
        assert any(isinstance(one, Unread) for one in records_in(text, "Slot"))
    assert time.process_time() - began < 5
