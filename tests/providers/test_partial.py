"""Recordings of only a part of a visit (their facts are next to them), completed with made-up responses."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Slot
from tests.providers.test_providers import replayed, source_of

COLOR = "https://home.color.com/api/v1"
RXTOUCH = "https://hannafordsched.rxtouch.com/rbssched/program/covid19"


def answered(method: str, url: str, body: Any) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    response = {"status": 200, "content": {"text": text}}
    return {"startedDateTime": "2021-03-02T12:00:00Z", "request": {"method": method, "url": url}, "response": response}


def slots(folder: Path, provider: str, given: dict[str, Any], entries: list[dict[str, Any]]) -> tuple[Slot, ...]:
    """The slots of the only place in a visit answered by these entries."""
    recording = folder / "visit.har"
    recording.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    (reading,) = replayed(source_of(Path(provider, "partial.toml"), given), recording).readings
    assert reading.availability is not None
    return reading.availability.slots


def recorded(capture: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(capture.read_text())["log"]["entries"]
    return entries


@pytest.mark.parametrize(
    ("number", "by_day"), [(0, {"2021-02-22": 0}), (1, {"2021-02-22": 1}), (2, {"2021-02-22": 2, "2021-02-23": 1})]
)
def test_color_counts_free_places_per_local_day_and_never_below_zero(
    captures: Path, tmp_path: Path, number: int, by_day: dict[str, int]
) -> None:
    address = {"line1": "1 Kite St", "city": "Natick", "state": "MA", "postal_code": "01760"}
    sites = {"collection_sites": [{"name": "Natick Mall", "address": address}]}
    url = f"{COLOR}/get_onsite_claim?partner=natickmall"
    claim = answered("GET", url, {"token": "xyz", "population_settings": sites})
    answer = recorded(captures / "color/peer-made-natick-mall.har")[number]

    found: Counter[str] = Counter()
    for slot in slots(tmp_path, "color", {"url": url}, [claim, answer]):
        found[str(slot.start.date())] += slot.count or 0

    assert found == by_day


def test_rxtouch_reads_times_from_the_day_not_the_month(captures: Path, tmp_path: Path) -> None:
    store = {"FacilityId": 1234, "Address": "1 Kite St", "City": "NATICK", "Zip": " 01760"}
    door = f"{RXTOUCH}/Patient/Advisory"
    ours = [
        answered("GET", door, "<title>Advisory</title>"),
        answered("POST", f"{RXTOUCH}/Patient/CheckZipCode", '""'),
        answered(
            "GET", f"{RXTOUCH}/Patient/Schedule", '<select id="facility"><option value="1234">#1</option></select>'
        ),
        answered("POST", f"{RXTOUCH}/Facility/GetInfo", store),
    ]
    options = {"chain": "Hannaford", "appointment_type": "5954", "zips": ["01760"]}
    entries = ours + recorded(captures / "rxtouch/peer-made-calendar.har")

    found = slots(tmp_path, "rxtouch", {"url": door, "options": options}, entries)

    assert [slot.start.isoformat() for slot in found] == ["2021-03-03T09:15:00-05:00", "2021-03-03T10:15:00-05:00"]
