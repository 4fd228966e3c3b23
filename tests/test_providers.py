"""Every adapter on every case of `tests/providers/NAME/`: the recording replayed, the report held against `[expect]`.

A case is a TOML file: the keys of a source in a region file, `har` (a recording beside it, made by ourselves) or
`capture` (one of ../shared/captures; skipped where absent), and the table `expect`.
"""

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aggregator import registry
from aggregator.collect import collect
from aggregator.current import answer_at, slots_at
from aggregator.cycle import RecordedClock
from aggregator.model import Available, Reading, Report
from aggregator.region import Region, Source
from aggregator.web.client import Client, Hosts
from aggregator.web.har import ReplayTransport, load_recording
from aggregator.web.validators import MemoryAnswers
from tests.conftest import CAPTURES

FOLDER = Path(__file__).parent / "providers"
CASES = sorted(FOLDER.glob("*/*.toml"))
REGION = {"name": "case", "title": "Case", "states": ["MA"], "time_zone": "America/New_York", "contact": "a@b.org"}
OF_REGION = ("states", "time_zone", "country")


def source_of(case: Path, given: dict[str, Any]) -> Source:
    """The source a case describes; `states`, `time_zone` and `country` are those of its region."""
    region = REGION | {key: given[key] for key in OF_REGION if key in given}
    keys = {key: value for key, value in given.items() if key not in ("har", "capture", "expect", *OF_REGION)}
    source = {"name": case.stem, "provider": case.parent.name} | keys
    made = msgspec.convert(region | {"sources": [source]}, Region)
    zone = made.sources[0].time_zone or made.time_zone
    states = {"states": made.states, "country": made.country, "time_zone": zone}
    state = made.sources[0].state or (made.states[0] if len(made.states) == 1 else None)
    return msgspec.structs.replace(made.sources[0], **states, state=state)


def replayed(source: Source, recording: Path) -> Report:
    """The report of one visit to `source`, answered from the recording."""
    loaded = load_recording([recording])
    clock = RecordedClock(loaded.now)
    registry.check([source])

    async def work() -> Report:
        hosts = Hosts("test", clock, MemoryAnswers(), False, ReplayTransport(loaded), replay=True)
        return await collect(source, registry.load(source.provider)(), Client(source, hosts), clock)

    return asyncio.run(work())


def shown(reading: Reading) -> dict[str, Any]:
    """A place as the expectations speak of it, at the time it was looked at."""
    said, place = reading.availability, reading.location
    slots = slots_at(said.slots, said.checked_at) if said else ()
    available, count = answer_at(said.available, slots) if said else (Available.UNKNOWN, None)
    free = [slot for slot in slots if slot.available is Available.YES]
    return {
        "name": place.name,
        "city": place.city,
        "postal_code": place.postal_code,
        "state": place.state,
        "address": list(place.address_lines),
        "phone": place.booking_phone or place.info_phone,
        "location_type": place.location_type.value,
        "available": available.value,
        "count": count,
        "slots": len(slots),
        "first": free[0].start.isoformat() if free else "",
        "all_day": free[0].all_day if free else False,
        "products": list(dict.fromkeys(name for slot in free or slots for name in slot.products)),
        "doses": list(dict.fromkeys(dose for slot in free or slots for dose in slot.doses)),
        "booking_url": next((slot.booking_url for slot in free if slot.booking_url), place.booking_url),
        "restrictions": "\n".join((place.restrictions, *(slot.restrictions for slot in slots))),
        "external_ids": [list(pair) for pair in place.external_ids],
        "listed": sum(slot.count or 0 for slot in slots),
    }


def totals(report: Report, places: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "outcome": report.outcome.value,
        "whole": report.whole,
        "locations": len(places),
        "with_appointments": sum(place["available"] == "YES" for place in places),
        "unknown": sum(place["available"] == "UNKNOWN" for place in places),
        "slots": sum(place["slots"] for place in places),
        "bookable": sum(place["count"] or 0 for place in places),
        "listed": sum(place["listed"] for place in places),
        "problems": len(report.problems) - report.unread,
        "unread": report.unread,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_a_recorded_visit_gives_what_a_person_reads_there(case: Path) -> None:
    given = tomllib.loads(case.read_text(encoding="utf-8"))
    recording = CAPTURES / given["capture"] if "capture" in given else case.parent / given["har"]
    if "capture" in given and not CAPTURES.is_dir():
        pytest.skip("the recordings of real booking systems (../shared/captures) are not here")
    report = replayed(source_of(case, given), recording)
    places = [shown(reading) for reading in report.readings]
    expected = dict(given["expect"])
    wanted = expected.pop("places", [])
    found = totals(report, places)

    assert {"problems": 0, "unread": 0} | expected == {
        key: found[key] for key in {"problems": 0, "unread": 0} | expected
    }, (report.message, report.problems[:5])
    for want in wanted:
        named = [place for place in places if place["name"] == want["name"]]
        assert any(_agrees(place, want) for place in named), (want, named)


def _agrees(place: dict[str, Any], want: dict[str, Any]) -> bool:
    inside = want.get("restrictions", "") in place["restrictions"]
    ids = all(pair in place["external_ids"] for pair in want.get("external_ids", []))
    plain = {key: value for key, value in want.items() if key not in ("restrictions", "external_ids")}
    return inside and ids and all(place[key] == value for key, value in plain.items())


def test_every_provider_has_a_case_of_our_own() -> None:
    own = {case.parent.name for case in CASES if "har" in tomllib.loads(case.read_text(encoding="utf-8"))}
    tested_elsewhere = {"harbor_drug", "prepmod", "smart_scheduling_links"}  # on the demo, and in files of their own
    assert set(registry.names()) - tested_elsewhere == own
