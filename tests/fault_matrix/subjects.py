"""The visits that are combined with the faults: every adapter's recorded or made-up good visits."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from msgspec.structs import replace

from aggregator.config.region import Pace, Region, Source
from aggregator.demo.servers import ADAPTERS
from aggregator.har.document import Content, Entry, Pair, RecordedRequest, RecordedResponse
from aggregator.har.recording import Recording, load_recording
from aggregator.kit import cases
from aggregator.kit.cases import Case
from aggregator.model import Outcome
from tests.providers.test_providers import CASES
from tests.support import pages, smart_feeds

NOW = datetime(2021, 5, 13, 14, 0, tzinfo=UTC)
LEAST_BYTES = 1024 * 1024  # maximum size for a source; small, so that an endless response ends soon
LEFT_OUT = {"one_off_doors/both"}  # states yes and no at once: without one of the sentences it states the other
MOST_REQUESTS = 60  # maximum for a visit that fits into its deadline at the pace of a host


@dataclass(frozen=True, eq=False)
class Subject:
    """A source, its region, and a recorded visit. `is_ours`: the recording is part of the repository."""

    name: str
    source: Source
    region: Region
    recording: Recording
    is_ours: bool = True


@cache
def all_subjects() -> dict[str, Subject]:
    """All visits by name. Those of real booking systems are missing without ../shared/captures."""
    found = [*_of_cases(), *_made_up()]
    return {subject.name: subject for subject in found}


@cache
def missing() -> tuple[str, ...]:
    """Names of the cases whose recordings are missing."""
    return tuple(case.name for case in map(cases.load, CASES) if not case.recording.is_file())


def _of_cases() -> Iterator[Subject]:
    for case in map(cases.load, CASES):
        first = case.after is None  # a later visit begins with what an earlier recording left
        if first and case.recording.is_file() and _goes_well(case) and case.name not in LEFT_OUT:
            is_ours = case.recording.parent == case.path.parent
            yield _subject(case.name, case.source, load_recording([case.recording]), is_ours)


def _goes_well(case: Case) -> bool:
    return bool(case.expect) and Outcome(case.expect.get("outcome", "OK")).is_good  # type: ignore[union-attr]


def _subject(name: str, source: Source, recording: Recording, is_ours: bool = True) -> Subject:
    largest = max((len(entry.body) for entry in recording.entries), default=0)
    source = replace(source, max_bytes=max(LEAST_BYTES, 4 * largest), pace=Pace(spacing=0.5, deadline=600.0))
    region = Region(
        name="matrix",
        title="Matrix",
        states=source.states or ("MA",),
        time_zone=source.time_zone,
        country=source.country or "US",
        contact="operator@matrix.test",
        sources=(source,),
    )
    return Subject(name, source, region, recording, is_ours)


def _made_up() -> Iterator[Subject]:
    """Visits of the adapters whose cases are in their own tests."""
    yield _subject("prepmod/made-up", pages.source(provider="prepmod"), _recording(_prepmod(), "text/html"))
    smart = pages.source(smart_feeds.MANIFEST, provider="smart_scheduling_links")
    yield _subject("smart_scheduling_links/made-up", smart, _recording(_smart(), "application/json"))
    stores = "https://stores.example.org/api/stores.json"
    harbor = pages.source(stores, provider="harbor_drug", adapters=str(ADAPTERS))
    yield _subject("harbor_drug/made-up", harbor, _recording({stores: _stores()}, "application/json"))


def _recording(replies: dict[str, str], kind: str) -> Recording:
    return Recording(
        tuple(
            Entry(
                started_date_time=NOW,
                request=RecordedRequest(method="GET", url=url),
                response=RecordedResponse(
                    status=200, content=Content(text=body), headers=(Pair("content-type", kind),)
                ),
            )
            for url, body in replies.items()
        )
    )


def _prepmod() -> dict[str, str]:
    second = f"{pages.SEARCH}?page=2"
    first = [
        pages.clinic("Gull Hall on 05/20/2021", "1 Kite St, Boston MA, 02120", number="1", count="23"),
        pages.clinic("Tern School on 05/21/2021", "2 Kite St, Boston MA, 02120", number="2", count="5"),
        pages.clinic("Heron Hall on 05/22/2021", "3 Kite St, Boston MA, 02120", number="3", count="0", link=""),
    ]
    last = [
        pages.clinic("Gull Hall on 05/27/2021", "1 Kite St, Boston MA, 02120", number="4", count="7"),
        pages.clinic("Egret Center on 05/23/2021", "4 Kite St, Boston MA, 02120", number="5", count="41"),
    ]
    return {pages.FIRST_PAGE: pages.search(*first, next_page="/appointment/en/clinic/search?page=2"),
            second: pages.search(*last)}  # fmt: skip


def _smart() -> dict[str, str]:
    places = [smart_feeds.location(str(n), name=f"Hall {n}") for n in range(1, 5)]
    plans = [smart_feeds.schedule(str(n)) for n in range(1, 5)]
    slots = [
        smart_feeds.slot(str(n), smart_feeds.capacity(n), id=f"{n}-{day}", start=f"2021-05-{day}T09:00:00-04:00",
                         end=f"2021-05-{day}T09:15:00-04:00", status="busy" if n == 4 else "free")
        for n in range(1, 5) for day in (20, 21)
    ]  # fmt: skip
    return {str(url): str(body) for url, body in smart_feeds.feed(places, plans, slots).items()}


def _stores() -> str:
    def store(number: int, *times: str) -> dict[str, object]:
        openings = [{"date": "2021-05-20", "times": times, "vaccine": "Moderna COVID-19 Vaccine"}] if times else []
        place = {
            "street": f"{number} Pier St",
            "town": "Boston",
            "zip": "02120",
            "lat": 42.3,
            "lng": -71.1 + number / 100,
        }
        return {"storeNumber": str(number), "phone": "617-555-0100", "openings": openings} | place

    stores = [store(1, "09:00", "09:20"), store(2, "10:00"), store(3), store(4, "11:00", "11:20", "11:40")]
    return json.dumps({"asOf": "2021-05-13T09:58:00-04:00", "stores": stores})
