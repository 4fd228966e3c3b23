"""Recordings whose request cannot be repeated: a window that begins on a past day, a token that was left out.

The adapter gets the recorded responses of each URL in order, whatever it requests there, and made-up pages that were
never recorded, such as those that hand out a token. Everything else fails, so a visit longer than its recording is
partial.
"""

from pathlib import Path
from typing import Any

import pytest

from aggregator import registry
from aggregator.adapter import DataRow, Page
from aggregator.errors import Unreachable
from aggregator.har.recording import load_recording
from aggregator.model import Answer, Request
from aggregator.web.client import Client
from tests.providers.test_providers import shown, totals
from tests.support.pages import answer, source, visit

CHART = "https://mychartscheduling.bmc.org/mychartscheduling/SignupAndSchedule/EmbeddedSchedule?id=1&dept=2&vt=2008"
OKLAHOMA = "https://vaccinate.oklahoma.gov"
LOWELL = "https://lowell-general-hospital---covid---19-vaccination.healthpost.com/"
SOUTHCOAST = "https://www.southcoast.org/covid-19-vaccine-scheduling/"
SOUTHCOAST_API = "https://southcoastapps.southcoast.org/OnlineAppointmentSchedulingApi/api"
SPHP = "https://apps.sphp.com/THofNECOVIDVaccinations/index.php"
TOKEN_PAGE = '<input name="__RequestVerificationToken" type="hidden" value="x">'


class RecordedAnswers(Client):
    def __init__(self, recording: Path, doors: dict[str, str]) -> None:
        self.left, self.doors = list(load_recording([recording]).entries), doors

    def reject(self, url: str) -> None:
        """Caches nothing."""

    async def get(self, request: Request) -> Answer:
        if request.url in self.doors:
            return answer(self.doors[request.url], request.url)
        url = request.url.partition("?")[0]
        for entry in self.left:
            if entry.request.url.partition("?")[0] == url:
                self.left.remove(entry)
                headers, when = dict(entry.headers), entry.started_date_time
                return Answer(url=entry.request.url, status=200, headers=headers, body=entry.body, fetched_at=when)
        raise Unreachable(f"{url}: not recorded")


CASES: list[tuple[str, str, dict[str, Any], dict[str, str], dict[str, Any], dict[str, Any]]] = [
    (
        "mychart",
        "mychart/bmc-1-slot-2021-04-03.har",
        {
            "url": CHART,
            "options": {"schedule": "/MyChartscheduling/OpenScheduling/OpenScheduling/GetOpeningsForProvider"},
        },
        {CHART: TOKEN_PAGE},
        {"outcome": "DOWN", "locations": 5, "with_appointments": 1, "slots": 1, "bookable": 1},
        {
            "name": "Roslindale COVID-19 Vaccination Site @ 17 Corinth Street",
            "address": ["17 Corinth St"],
            "city": "Roslindale",
            "postal_code": "02131",
            "first": "2021-04-03T13:40:00-04:00",
            "doses": ["1"],
            "products": [],
        },
    ),
    (
        "luma",
        "luma/eastboston-4-slots-2021-03-08.har",
        {"url": "https://api.lumahealth.io/api/scheduler/availabilities", "options": {"widget": "w1"}},
        {"https://api.lumahealth.io/api/widgets/login": '{"token": "everybodys"}'},
        {"outcome": "OK", "locations": 2, "with_appointments": 2, "slots": 4, "bookable": 4},
        {"postal_code": "02118", "count": 3, "first": "2021-03-08T17:20:00-05:00"},
    ),
    (
        "southcoast",
        "southcoast/fall-river-95-slots-2021-05-08.har",
        {"url": SOUTHCOAST, "options": {"resource_type": "98C5A8BE-25D1-4125-9AD5-1EE64AD164D2"}},
        {SOUTHCOAST: "<p>Schedule</p>", f"{SOUTHCOAST_API}/sessions": '"everybodys"'},
        {"outcome": "DOWN", "locations": 1, "with_appointments": 1, "slots": 95, "bookable": 95},
        {"address": ["20 Star Street"], "city": "Fall River", "first": "2021-05-10T07:15:00-04:00"},
    ),
    (
        "healthpost",
        "healthpost/lowell-station-16-2021-02-20.har",
        {"url": LOWELL, "options": {"stations": ["23431-covid-19-vaccination-station-16"], "location": "14110"}},
        {},
        {"outcome": "OK", "locations": 1, "with_appointments": 1, "slots": 1, "bookable": 1},
        {
            "city": "Lowell",
            "postal_code": "01854",
            "phone": "",
            "first": "2021-03-20T10:10:00-04:00",
            "products": ["Moderna", "Pfizer"],
            "doses": ["1", "2"],
        },
    ),
    (
        "dynamics_portal",
        "dynamics_portal/ok-map-search-2021-07.har",
        {
            "url": f"{OKLAHOMA}/EntityList/Map/Search/",
            "states": ("OK",),
            "state": "OK",
            "time_zone": "America/Chicago",
            "options": {"latitude": 35.4, "longitude": -97.5, "distance": 400, "list": "d0f0b903"},
        },
        {f"{OKLAHOMA}/_layout/tokenhtml": TOKEN_PAGE},
        {"outcome": "OK", "whole": True, "locations": 628, "with_appointments": 0, "unknown": 628, "problems": 1},
        {
            "name": "1st Dose- Pfizer- OKC- SSM Health Family Medicine Center",
            "address": ["608 NW 9th St", "Suite 1100"],
            "city": "Oklahoma City",
            "postal_code": "73102",
            "phone": "+14054254489",
            "restrictions": "1st Dose- Pfizer- OKC- SSM Health Family Medicine Center",
            "external_ids": [["dynamics_portal", "6953713d-7e6a-eb11-a812-001dd800ac9e"]],
        },
    ),
    (
        "sphp_mercy",
        "sphp-mercy/peer-made-1-slot-2021-03-12.har",
        {"url": SPHP},
        {SPHP: "<p>Choose a day</p>"},
        {"outcome": "DOWN", "locations": 1, "with_appointments": 0, "slots": 1, "bookable": 0},
        {"city": "Springfield", "available": "NO", "doses": ["1"]},  # recorded at noon: the morning slot is past
    ),
]


@pytest.mark.parametrize(("name", "capture", "given", "doors", "expected", "place"), CASES, ids=[c[0] for c in CASES])
def test_a_recorded_answer_is_read_whatever_the_request(
    captures: Path,
    name: str,
    capture: str,
    given: dict[str, Any],
    doors: dict[str, str],
    expected: dict[str, Any],
    place: dict[str, Any],
) -> None:
    client = RecordedAnswers(captures / capture, doors)
    report = visit(registry.load(name)(), source(**given), client)
    places = [shown(reading) for reading in report.readings]
    found = totals(report, places)

    expected = {"problems": 0, "unread": 0} | expected
    assert expected == {key: found[key] for key in expected}, (report.message, report.problems)
    assert place in [{key: seen[key] for key in place} for seen in places]


def test_zocdoc_places_without_answers_have_address_and_position_and_are_unknown(captures: Path) -> None:
    found = _json(captures / "zocdoc/search-ma-2021-03.har")["data"]["search"]["searchResponse"]["providerLocations"]
    names = {row["id"]: row["provider"]["nameInSentence"] for row in found}
    adapter, where = registry.load("zocdoc")(), source(options={"providers": names})
    listings = [adapter.listing(DataRow(row | {"availability": None}, Page(answer("{}")), where)) for row in found]

    assert [listing.complete for listing in listings if listing] == [False] * 7
    first = listings[0]
    assert first is not None
    assert (first.postal_code, first.position) == ("02459", (42.298989, -71.1868746))


def _json(path: Path) -> Any:
    (entry,) = load_recording([path]).entries
    return Page(answer(entry.body)).json
