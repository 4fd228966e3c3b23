"""What the recordings of the platform adapters cannot show: the order of requests, cookies, limits, and days abroad."""

from typing import Any
from urllib.parse import parse_qs

import httpx

from aggregator.adapter import Adapter
from aggregator.config.region import Pace, Source
from aggregator.har import load_recording
from aggregator.model import Report
from aggregator.visit.one_visit import collect
from aggregator.web.client import Client
from aggregator.web.replay_transport import ReplayTransport
from providers.cal_com import CalCom
from providers.qmatic import Qmatic
from providers.tevis import Tevis
from tests.support.memory_hosts import HandClock, Host, run
from tests.support.pages import availability_of, source
from tests.support.paths import ROOT

OFFICES = "https://book.harbor.example.org/qmaticwebbooking/"
CITY = "https://termine.hafenstadt.example.org/amt/select2?md=3"


def replaying(har: str, **headers: str) -> tuple[Host, HandClock]:
    """A host that answers as recorded, each time with these headers, and the clock of that day."""
    recording = load_recording([ROOT / "tests" / "providers" / har])
    transport = ReplayTransport(recording)

    async def answer(request: httpx.Request) -> httpx.Response:
        response = await transport.handle_async_request(request)
        response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        return response

    return Host(answer), HandClock(recording.now)


def visited(adapter: Adapter, where: Source, host: Host, clock: HandClock) -> Report:
    async def work() -> Report:
        async with Client(where, host.hosts(clock)) as client:
            return await collect(where, adapter, client, clock)

    return run(work())


def paths(host: Host) -> list[str]:
    return [request.url.raw_path.decode().partition("/schedule/")[2] for request in host.requested]


def offices(**fields: Any) -> Source:
    return source(OFFICES, state=None, **{"options": {"days": 2}, "pace": Pace(deadline=60.0), **fields})


def test_qmatic_asks_for_the_days_of_all_offices_before_any_times_and_reserves_nothing() -> None:
    host, clock = replaying("qmatic/offices.har")
    visited(Qmatic(), offices(), host, clock)
    kinds = ["times" if "/times;" in path else "dates" if "/dates;" in path else "list" for path in paths(host)]
    assert kinds == ["list"] * 4 + ["dates"] * 4 + ["times"] * 4
    assert {request.method for request in host.requested} == {"GET"}
    assert {request.headers["accept"] for request in host.requested} == {"application/json"}


def test_qmatic_keeps_matrix_parameters_literal_and_in_order() -> None:
    host, clock = replaying("qmatic/offices.har")
    visited(Qmatic(), offices(), host, clock)
    assert f"branches/{'a' * 64}/dates;servicePublicId={'f' * 64};customSlotLength=10" in paths(host)


def test_qmatic_with_few_requests_says_yes_without_times_and_takes_nothing_away() -> None:
    host, clock = replaying("qmatic/offices.har")
    report = visited(Qmatic(), offices(pace=Pace(deadline=60.0, most_requests=8)), host, clock)
    answers = {reading.location.name: availability_of(reading) for reading in report.readings}
    assert (report.outcome, report.whole, report.requests) == ("OK", False, 8)
    assert [(name, one.available, one.incomplete) for name, one in answers.items()] == [
        ("Harbor Health Office", "YES", True),
        ("Western Health Office", "YES", True),
        ("Tern Point Office", "NO", False),
    ]


def test_tevis_sends_its_guest_cookie_in_the_order_of_the_steps_and_never_picks_a_time() -> None:
    host, clock = replaying("tevis/two-offices.har", set_cookie="TVWebSession=guest; Path=/amt/; HttpOnly")
    where = source(CITY, state=None, time_zone="Europe/Berlin", country="DE", options={"service": "11"})
    report = visited(Tevis(), where, host, clock)
    sent = [(one.method, one.url.path, one.headers.get("cookie")) for one in host.requested]
    assert sent == [
        ("GET", "/amt/select2", None),
        ("GET", "/amt/location", "TVWebSession=guest"),
        ("POST", "/amt/location", "TVWebSession=guest"),
        ("POST", "/amt/location", "TVWebSession=guest"),
    ]
    assert {reading.location.booking_url for reading in report.readings} == {CITY}
    assert b"guest" not in repr(report).encode()


def test_cal_com_asks_from_the_day_before_in_zones_ahead_of_utc() -> None:
    asked = {}
    for zone in ("Australia/Sydney", "America/New_York"):
        host = Host(httpx.Response(200, json={"data": {}, "status": "success"}))
        kind = {"id": 1, "name": "Hall", "link": "https://cal.com/hall/flu", "minutes": 15}
        options = {"event_types": [kind], "api": "https://clinics.example.org/v2/slots"}
        where = source("https://clinics.example.org/", state=None, time_zone=zone, options=options)
        visited(CalCom(), where, host, HandClock())
        asked[zone] = parse_qs(host.requested[0].url.query.decode())["start"]
        assert host.requested[0].headers["cal-api-version"] == "2024-09-04"
    assert asked == {"Australia/Sydney": ["2021-05-13"], "America/New_York": ["2021-05-13"]}
