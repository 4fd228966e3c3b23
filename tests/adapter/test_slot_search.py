"""Searches on a FHIR server: what is asked, how pages follow one another, and what a missing page means."""

import json
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from aggregator.adapter.fhir.slot_search import search_query
from aggregator.model import Answer, Outcome, Report
from providers.fhir_slots import FhirSlots
from tests.support import pages
from tests.support.smart_feeds import Record, location, schedule, slot

BASE = "https://fhir.example.org/r4"
TODAY = date(2021, 5, 13)  # of `pages.NOW`
FIRST = f"{BASE}/Slot?{urlencode(search_query(f'{BASE}/Slot', TODAY, 'days'))}"
NEXT = f"{BASE}?_getpages=7"


def bundle(*records: Any, link: str = "", total: int | None = None) -> Record:
    found: Record = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in records]}
    found["link"] = [{"relation": "next", "url": link}] if link else []
    return found if total is None else found | {"total": total}


def of_place(number: str) -> tuple[Record, Record, Record]:
    return slot(number), schedule(number), location(number)


def gone() -> Answer:
    return Answer(url=NEXT, status=410, headers={}, body=b'{"resourceType": "OperationOutcome"}', fetched_at=pages.NOW)


def visit(answers: dict[str, Any], url: str = f"{BASE}/Slot", **options: str) -> Report:
    table = {at: one if isinstance(one, Answer) else json.dumps(one) for at, one in answers.items()}
    return pages.visit(FhirSlots(), pages.source(url, options=options), pages.TableClient(table))


def test_the_query_of_the_source_replaces_ours_and_an_empty_one_removes_it() -> None:
    assert search_query(f"{BASE}/Slot?service-type=57&_count=&start=ge2021", TODAY, "days") == [
        ("status", "free"),
        ("_include", "Slot:schedule"),
        ("_include:iterate", "Schedule:actor"),
        ("service-type", "57"),
        ("start", "ge2021"),
    ]


def test_times_may_be_asked_for_as_instants() -> None:
    starts = [value for name, value in search_query(f"{BASE}/Slot", TODAY, "instants") if name == "start"]
    assert starts == ["ge2021-05-13T00:00:00Z", "lt2021-06-13T00:00:00Z"]


@pytest.mark.parametrize("link", [NEXT, "/r4?_getpages=7"])
def test_records_of_all_pages_are_joined(link: str) -> None:
    free, its_schedule, its_place = of_place("7")
    report = visit({FIRST: bundle(free, link=link), NEXT: bundle(its_schedule, its_place)})
    assert (len(report.readings), report.whole) == (1, True)


@pytest.mark.parametrize(
    "second",
    [
        gone(),
        {"resourceType": "OperationOutcome", "issue": []},
        {"resourceType": "Bundle", "type": "history"},
        [],
        bundle(*of_place("8"), link=FIRST),
        bundle(*of_place("8"), link=NEXT),
        bundle(*of_place("8"), total=3),
        bundle(*of_place("8"), {"status": "free"}),
        bundle(*of_place("8"), "cut"),
    ],
)
def test_a_page_that_is_missing_or_damaged_makes_the_visit_partial(second: Any) -> None:
    report = visit({FIRST: bundle(*of_place("7"), link=NEXT), NEXT: second})
    assert report.readings
    assert not report.whole


def test_a_search_without_results_is_a_whole_visit() -> None:
    report = visit({FIRST: bundle(total=0)})
    assert (report.outcome, report.whole, report.only_available) == (Outcome.EMPTY, True, True)


@pytest.mark.parametrize("first", [{"resourceType": "OperationOutcome"}, {}, [], {"resourceType": "Bundle"}])
def test_an_answer_that_is_no_search_result_is_not_empty(first: Any) -> None:
    assert visit({FIRST: first}).outcome is Outcome.CHANGED


def test_places_that_did_not_come_along_are_requested_once() -> None:
    url = f"{BASE}/Slot?_include:iterate="
    asked = f"{BASE}/Slot?{urlencode(search_query(url, TODAY, 'days'))}"
    records = [*of_place("7")[:2], *of_place("8")[:2], *of_place("9")]
    by_id = f"{BASE}/Location?_id=7%2C8"
    report = visit({asked: bundle(*records), by_id: bundle(location("7"), location("8"))}, url)
    assert (len(report.readings), report.whole) == (3, True)
    report = visit({asked: bundle(*records), by_id: {"resourceType": "OperationOutcome"}}, url)
    assert (len(report.readings), report.whole) == (1, False)


def test_other_records_are_ignored() -> None:
    others = [{"resourceType": "Practitioner", "id": "7"}, {"resourceType": "OperationOutcome", "id": "7"}]
    assert visit({FIRST: bundle(*of_place("7"), *others)}).whole
