"""Systems that require a token that they give every visitor: it is requested and sent, or nothing is read.

The recordings are those of `tests/providers/`, behind a host that requires the token.
"""

import tomllib
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import respx
from msgspec.structs import replace

from aggregator import registry
from aggregator.har.document import Entry
from aggregator.har.recording import Recording, load_recording
from aggregator.model import Report
from aggregator.visit.one_visit import collect
from aggregator.web.client import Client, Hosts
from aggregator.web.replay_transport import ReplayTransport
from aggregator.web.validators import MemoryAnswers
from tests.providers.test_providers import FOLDER, source_of
from tests.support.memory_hosts import AGENT, HandClock, run

Headers = dict[str, str]


class Insisting(NamedTuple):
    """A case, the headers required for each path, and its tokens as they appear in the pages that hand them out."""

    case: str
    wants: dict[str, Headers]
    tokens: tuple[str, ...]


SCHEDULE = "/Chart/OpenScheduling/OpenScheduling/GetOpeningsForProvider"
SYSTEMS = [
    Insisting(
        "athena/weeks",
        {"/v1/graphql": {"authorization": "Bearer everybodys-1", "x-scheduling-jwt": "everybodys-2"}},
        ("everybodys-1", "everybodys-2"),
    ),
    Insisting(
        "centura/events",
        {"/test_groups/centuramassvaccine/appointment_slot_availabilities": {"x-csrf-token": "t0k3n"}},
        ("t0k3n",),
    ),
    Insisting(
        "dynamics_portal/titles",
        {"/EntityList/Map/Search/": {"__requestverificationtoken": "everybodys-1"}},
        ("everybodys-1",),
    ),
    Insisting(
        "luma/two-pages", {"/api/scheduler/availabilities": {"x-access-token": "everybodys-1"}}, ("everybodys-1",)
    ),
    Insisting("mychart/embedded", {SCHEDULE: {"__requestverificationtoken": "proof-1"}}, ("proof-1",)),
    Insisting(
        "mychart/group-door",
        {
            "/Home/CreateSession": {"requestverificationtoken": "door-1"},
            "/Home/RedirectUrl": {"requestverificationtoken": "door-1"},
            SCHEDULE: {"__requestverificationtoken": "portal-1"},
        },
        ("door-1", "portal-1"),
    ),
    Insisting(
        "southcoast/three-towns",
        {"/OnlineAppointmentSchedulingApi/api/resourceTypes/slots/search": {"sessiontoken": "everybodys-1"}},
        ("everybodys-1",),
    ),
]
WITHOUT = [(system, token) for system in SYSTEMS for token in system.tokens]


class InsistingHost(respx.Router):
    """Responds from a recording, and refuses requests without the required headers."""

    def __init__(self, recording: Recording, wants: dict[str, Headers]) -> None:
        super().__init__()
        recorded = ReplayTransport(recording).handle_async_request
        for path, headers in wants.items():
            self.route(path=path, headers=headers).mock(side_effect=recorded)
        self.refusals = [self.route(path=path).respond(403) for path in wants]
        self.route().mock(side_effect=recorded)


def visited(case: str, host: httpx.AsyncBaseTransport, recording: Recording) -> Report:
    path = FOLDER / f"{case}.toml"
    source = source_of(path, tomllib.loads(path.read_text(encoding="utf-8")))
    clock = HandClock(recording.now)
    hosts = Hosts(AGENT, clock, MemoryAnswers(), False, host)
    return run(collect(source, registry.load(source.provider)(), Client(source, hosts), clock))


def recorded(case: str) -> Recording:
    return load_recording([Path(FOLDER / f"{case}.har")])


def without(token: str, entry: Entry) -> Entry:
    text = (entry.response.content.text or "").replace(token, "")
    return replace(entry, response=replace(entry.response, content=replace(entry.response.content, text=text)))


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.case)
def test_a_required_token_is_sent_with_every_request(system: Insisting) -> None:
    easy = visited(system.case, ReplayTransport(recorded(system.case)), recorded(system.case))
    host = InsistingHost(recorded(system.case), system.wants)
    report = visited(system.case, httpx.MockTransport(host.async_handler), recorded(system.case))

    assert not any(refusal.called for refusal in host.refusals)
    assert report.readings == easy.readings != ()
    assert report.outcome == easy.outcome


@pytest.mark.parametrize(("system", "token"), WITHOUT, ids=[f"{system.case}-{token}" for system, token in WITHOUT])
def test_a_visit_without_a_token_reports_it_and_changes_no_answer(system: Insisting, token: str) -> None:
    recording = recorded(system.case)
    spoilt = Recording(tuple(without(token, entry) for entry in recording.entries))
    report = visited(system.case, ReplayTransport(spoilt), recording)

    assert (report.outcome, report.readings, report.whole) == ("CHANGED", (), False)
    assert "the token (0 characters) cannot be sent as" in report.message


def test_a_host_that_refuses_a_token_blocks_the_visit() -> None:
    host = InsistingHost(recorded("luma/two-pages"), {"/api/scheduler/availabilities": {"x-access-token": "another"}})
    report = visited("luma/two-pages", httpx.MockTransport(host.async_handler), recorded("luma/two-pages"))

    assert (report.outcome, report.readings) == ("BLOCKED", ())
