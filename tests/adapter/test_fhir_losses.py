"""Losing any part of a SMART feed never turns a place with appointments into one without.

Hypothesis generates small feeds, writes their references and files in any form, and removes parts. A visit to the
complete feed tells which places have appointments.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import Unreachable
from aggregator.model import Availability, Available, Report
from providers.smart_scheduling_links import SmartSchedulingLinks
from tests.adapter.test_fhir_records import PACKED
from tests.support.pages import SITE, WAITING_ROOM, Reply, TableClient, source, visit
from tests.support.smart_feeds import MANIFEST, Record, extension, location, manifest, ndjson, output, schedule, slot

STATES = ("MA", "RI")
KINDS = ("Location", "Schedule", "HealthcareService", "PractitionerRole", "Slot")


class File(NamedTuple):
    """One file of a feed, before it is packed."""

    kind: str
    name: str
    records: list[Record]
    tags: dict[str, Any]

    @property
    def url(self) -> str:
        return f"{SITE}/smart/{self.name}"


def _identifier(kind: str, number: str) -> Record:
    return {"system": f"https://gull.example/{kind}", "value": number}


FORMS: tuple[Callable[[str, str], Any], ...] = (
    lambda kind, number: {"reference": f"{kind}/{number}"},
    lambda kind, number: {"reference": f"https://gull.example/fhir/{kind}/{number}"},
    lambda kind, number: {"reference": f"{kind}/{number}/_history/2"},
    lambda kind, number: {"reference": f"{kind}/{number}/"},
    lambda kind, number: {"reference": f"urn:uuid:{number}"},
    lambda kind, number: {"identifier": _identifier(kind, number)},
    lambda kind, number: f"{kind}/{number}",
)
references = st.sampled_from(FORMS)


@st.composite
def feeds(draw: st.DrawFn) -> list[File]:
    """A feed of up to four places in two states, each with one or two Schedules, in one or two files of each kind."""
    records: dict[str, list[Record]] = {kind: [] for kind in KINDS}
    states: dict[str, str] = {}
    for place in range(draw(st.integers(1, 4))):
        key, states[f"l{place}"] = f"l{place}", draw(st.sampled_from(STATES))
        records["Location"].append(
            location(key, states[key], name=f"Hall {place}", identifier=[_identifier("Location", key)])
        )
        _add_schedules(draw, records, key, sorted(states))
    by_state = draw(st.booleans())
    files: list[File] = []
    for kind in KINDS:
        files += _split(draw, kind, records[kind], by_state and kind == "Slot", states)
    return files


def _add_schedules(draw: st.DrawFn, records: dict[str, list[Record]], place: str, places: Sequence[str]) -> None:
    number = draw(st.integers(1, 2))
    for one in range(number):
        key = f"s{place}{one}"
        kinds = ["free", "busy", "none", "silent", *(["some"] if number == 1 else [])]
        says = draw(st.sampled_from(kinds))
        stated = [extension("has-availability", says, "Code")] if says in ("none", "some") else []
        shared = [place, *draw(st.sets(st.sampled_from(places), max_size=1))] if draw(st.booleans()) else [place]
        actors = _actors(draw, records, key, list(dict.fromkeys(shared)))
        records["Schedule"].append(schedule(key, *stated, actor=actors, identifier=[_identifier("Schedule", key)]))
        for hour in range(draw(st.integers(1, 2)) if says in ("free", "busy") else 0):
            refers = draw(references)("Schedule", key)
            status = says if hour == 0 else draw(st.sampled_from(("busy", says)))
            times = {"start": f"2021-05-20T1{hour}:00:00-04:00", "end": f"2021-05-20T1{hour}:15:00-04:00"}
            records["Slot"].append(slot(id=f"{key}-{hour}", status=status, schedule=refers, place=places, **times))


def _actors(draw: st.DrawFn, records: dict[str, list[Record]], key: str, places: Sequence[str]) -> list[Any]:
    """The actors of a Schedule: its Locations, or a service or role at these."""
    at = [draw(references)("Location", place) for place in places]
    kind = draw(st.sampled_from(("Location", "Location", "HealthcareService", "PractitionerRole")))
    if kind == "Location":
        return at
    records[kind].append(
        {"resourceType": kind, "id": f"x{key}", "identifier": [_identifier(kind, f"x{key}")], "location": at}
    )
    return [draw(references)(kind, f"x{key}")]


def _split(draw: st.DrawFn, kind: str, records: list[Record], by_state: bool, states: dict[str, str]) -> list[File]:
    if not records and kind in ("HealthcareService", "PractitionerRole"):
        return []
    if by_state and all(len({states[place] for place in one["place"]}) == 1 for one in records):
        return [
            File(
                kind, f"{kind}-{state}", [one for one in records if states[one["place"][0]] == state], {"state": state}
            )
            for state in STATES
        ]
    middle = draw(st.integers(0, len(records)))
    halves = [part for part in (records[:middle], records[middle:]) if part] or [records]
    return [File(kind, f"{kind}-{number}", part, {}) for number, part in enumerate(halves)]


class Damage(NamedTuple):
    """What happens to one file. `lines`: lines are removed without any sign of it."""

    reply: Callable[[str, File], Reply]
    lines: bool = False


def _without_a_third(text: str, file: File) -> str:
    return ndjson(*file.records[: len(file.records) * 2 // 3])


DAMAGES = (
    Damage(lambda text, file: Unreachable(f"{file.url}: timed out")),
    Damage(lambda text, file: ""),
    Damage(lambda text, file: " \r\n"),
    Damage(lambda text, file: "<!DOCTYPE html>\n<title>Anmelden</title>\n<p>Bitte melden Sie sich an</p>"),
    Damage(lambda text, file: WAITING_ROOM),
    Damage(lambda text, file: '{"error": "try again later"}'),
    Damage(lambda text, file: ndjson({"resourceType": "OperationOutcome", "id": "1", "issue": []})),
    Damage(lambda text, file: text.rstrip()[: len(text.rstrip()) * 2 // 3 or 1]),
    Damage(lambda text, file: text.rstrip()[:-1]),
    Damage(_without_a_third, lines=True),
    Damage(lambda text, file: ndjson(*file.records[1:]), lines=True),
)


def look(files: Sequence[File], replies: dict[str, Reply]) -> Report:
    listed = [output(file.kind, file.name, **file.tags) for file in files]
    where = source(MANIFEST, state=None, states=STATES)
    return visit(SmartSchedulingLinks(), where, TableClient({MANIFEST: manifest(*listed), **replies}))


def answers(report: Report) -> dict[str, Availability | None]:
    return {reading.location.key: reading.availability for reading in report.readings}


@settings(max_examples=250, derandomize=True, deadline=None, database=None)
@given(feeds(), st.data())
def test_no_lost_data_makes_a_place_with_appointments_look_full(files: list[File], data: st.DataObject) -> None:
    packed: dict[str, str] = {
        file.url: data.draw(st.sampled_from(list(PACKED.values())))(file.records) if file.records else ""
        for file in files
    }
    whole = look(files, dict(packed))
    free = {key for key, answer in answers(whole).items() if answer and answer.available is Available.YES}
    assert whole.unread == 0
    assert free == _free(files)

    lost = {file.url: data.draw(st.sampled_from(DAMAGES)) for file in files if data.draw(st.booleans())}
    damaged = {file.url: lost[file.url].reply(packed[file.url], file) for file in files if file.url in lost}
    short = {file.kind for file in files if file.url in lost and lost[file.url].lines}
    report = look(files, {**packed, **damaged})

    now = answers(report)
    for key in free:
        answer = now.get(key)
        # If whole lines are missing, the rest looks like a complete file. The remaining records may refer to missing
        # ones; if none does, only a comparison with the last visit can detect the loss.
        assert key in now or not report.whole or {"Location", "Schedule"} <= short, f"{key} counts as gone"
        is_false_no = (
            answer
            and answer.available is Available.NO
            and not ("Slot" in short and (answer.by_absence or answer.slots))
        )
        assert not is_false_no, f"{key} has appointments, and the visit says {answer}"


def _free(files: Sequence[File]) -> set[str]:
    """The places with a free slot, or whose Schedule states availability, according to the records alone."""
    records = {kind: [one for file in files if file.kind == kind for one in file.records] for kind in KINDS}
    of_slots = {_named(one["schedule"]) for one in records["Slot"] if one["status"] == "free"}
    stated = {one["id"] for one in records["Schedule"] if '"some"' in json.dumps(one)}
    services = {one["id"]: one["location"] for kind in KINDS[2:4] for one in records[kind]}
    found = set()
    for one in records["Schedule"]:
        if one["id"] in of_slots | stated:
            actors = [place for actor in one["actor"] for place in services.get(_named(actor), [actor])]
            found |= {f"id:{_named(place)}" for place in actors}
    return found


def _named(reference: Any) -> str:
    """The id in a reference of one of FORMS."""
    if isinstance(reference, dict) and "identifier" in reference:
        return str(reference["identifier"]["value"])
    text = reference if isinstance(reference, str) else reference["reference"]
    return str(text.partition("/_history")[0].rstrip("/").replace(":", "/").rpartition("/")[2])
