"""SMART Scheduling Links files (manifest, NDJSON, extensions) read tolerantly and joined; no publisher is known here.

Format: the specification of SMART Scheduling Links (FHIR R4 Location, Schedule, Slot). Tolerances, each seen in the
wild: `output` with nested lists, `extension` null or `state` a bare string, states only in a file's name (`XX.ndjson`),
raw tabs inside strings, slot ids that repeat, files named twice, references to records that are not there.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from aggregator.errors import PageError, RecordError, excerpt
from aggregator.model import Available
from aggregator.normalize.state import read_state, state_is_in

EXTENSION = "http://fhir-registry.smarthealthit.org/StructureDefinition/"
SERVICE_TYPE = "http://terminology.hl7.org/CodeSystem/service-type"
KINDS = ("Location", "Schedule", "Slot")
STATED = (("some", Available.YES), ("none", Available.NO), (True, Available.YES), (False, Available.NO))

Record = dict[str, Any]


class Output(NamedTuple):
    """One file of a manifest. `as_of`: the publisher's own time for this file, "" where it gives none."""

    kind: str
    url: str
    as_of: str


class Joined(NamedTuple):
    """A Location with its Schedules and (Slot, Schedule, as_of). `whole`: every slot file was read to its end."""

    location: Record
    schedules: list[Record]
    slots: list[tuple[Record, Record, str]]
    whole: bool


def outputs(manifest: Any, url: str, states: Iterable[str]) -> list[Output]:
    """The files of a manifest that concern `states`. PageError where a kind is missing: that is not "nothing free"."""
    listed = manifest.get("output") if isinstance(manifest, dict) else None
    if not isinstance(listed, list):
        raise PageError(f"{url} has no list `output`; it begins {excerpt(json.dumps(manifest))}")
    entries = [entry for entry in _flat(listed) if entry.get("type") in KINDS and isinstance(entry.get("url"), str)]
    missing = [kind for kind in KINDS if not any(entry["type"] == kind for entry in entries)]
    if missing:
        raise PageError(f"{url} names no {' and no '.join(missing)} file; a manifest needs {', '.join(KINDS)}")
    ours = [entry for entry in entries if _may_concern(entry, set(states))]
    return list(dict.fromkeys(Output(e["type"], e["url"], str(_extension(e).get("currentAsOf") or "")) for e in ours))


def _flat(entries: Iterable[Any]) -> Iterator[Record]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _flat(entry)
        elif isinstance(entry, dict):
            yield entry


def _extension(output: Record) -> Record:
    extension = output.get("extension")
    return extension if isinstance(extension, dict) else {}


def _may_concern(output: Record, states: set[str]) -> bool:
    """Whether a file may be about one of `states`; its extension or its name ("MA.ndjson") can say that it is not."""
    if stated := _extension(output).get("state"):
        named = [str(state) for state in ([stated] if isinstance(stated, str) else stated)]
        return any(state_is_in(state, states) is not False for state in named)
    stem = unquote(urlsplit(output["url"]).path).rpartition("/")[2].partition(".")[0]
    return not read_state(stem) or state_is_in(stem, states) is not False


def values(record: Record, name: str) -> list[Any]:
    """The values of every extension `name` of a record, whatever their type: they may repeat."""
    return [
        next((value for key, value in extension.items() if key.startswith("value")), None)
        for extension in record.get("extension") or ()
        if isinstance(extension, dict) and extension.get("url") == EXTENSION + name
    ]


def stated(schedules: Iterable[Record]) -> Available | None:
    """What `has-availability` of the schedules says (a code; for some days of 2021 a boolean); None: nothing."""
    given = [value for schedule in schedules for value in values(schedule, "has-availability")]
    said = [next((means for code, means in STATED if code == value), Available.UNKNOWN) for value in given]
    return next((one for one in (Available.YES, Available.UNKNOWN, Available.NO) if one in said), None)


def telecom(location: Record, system: str) -> list[str]:
    """The values of one kind ("phone", "url") of contact, in the order given."""
    return [
        str(contact.get("value") or "") for contact in location.get("telecom") or () if contact.get("system") == system
    ]


def position(location: Record) -> tuple[float, float] | None:
    """Latitude and longitude, where both are there."""
    found = location.get("position") or {}
    return (found["latitude"], found["longitude"]) if {"latitude", "longitude"} <= found.keys() else None


def is_immunization(schedule: Record) -> bool:
    """Any coding 57 of HL7's service types, the one safe mark; a Schedule that states no type is kept."""
    codings = [coding for concept in schedule.get("serviceType") or () for coding in concept.get("coding") or ()]
    return not codings or any(c.get("system") == SERVICE_TYPE and str(c.get("code")) == "57" for c in codings)


class Feed:
    """The files of one visit. Add Locations first, then Schedules, then Slots: what cannot be joined is not kept."""

    def __init__(self, states: Iterable[str]) -> None:
        self._states = set(states)
        self._locations: dict[str, Record] = {}
        self._elsewhere: set[str] = set()  # ids of locations and schedules outside our states
        self._schedules: dict[str, Record] = {}
        self._slots: dict[str, list[tuple[Record, Record, str]]] = defaultdict(list)
        self._seen: set[tuple[str, ...]] = set()
        self._unread: list[RecordError] = []
        self._orphans: Counter[str] = Counter()
        self._added: set[str] = set()
        self._slots_whole = True

    def add(self, kind: str, text: str | None, as_of: str = "") -> None:
        """One file's text, or None where it did not come; PageError where Locations or Schedules are a web page."""
        self._added.add(kind)
        if text is None:
            self._slots_whole = False
            return
        text = text.removeprefix("\ufeff").strip()
        markup = text.startswith("<")
        if markup and kind != "Slot":
            raise PageError(f"the {kind} file is a web page; it begins {excerpt(text)}")
        for line in [text] if markup else filter(str.strip, text.split("\n")):
            try:
                record = json.loads(line, strict=False)
                if record["resourceType"] != kind or not str(record.get("id") or ""):
                    raise ValueError(f"not a {kind} with an id")
                self._join(kind, record, as_of)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                self._unread.append(RecordError(kind, line.strip(), f"line cannot be read: {error}"))
                self._slots_whole &= kind == "Location"

    def rows(self) -> Iterator[Joined | RecordError]:
        """Every location of our states, and an error for each line or reference that could not be read.

        PageError where there are locations and no Slot file was about them: that is not "nothing free".
        """
        if self._locations and "Slot" not in self._added:
            states = ", ".join(sorted(self._states))
            raise PageError(
                f"the manifest names no Slot file for {states}, where it lists {len(self._locations)} places"
            )
        schedules = defaultdict(list)
        for schedule in self._schedules.values():
            schedules[_target(schedule, "Location")].append(schedule)
        for key, location in self._locations.items():
            yield Joined(location, schedules[key], self._slots[key], self._slots_whole)
        yield from self._unread
        for what, count in self._orphans.items():
            yield RecordError(what, count, "records that refer to one that is in none of the files")

    def _join(self, kind: str, record: Record, as_of: str) -> None:
        if kind == "Location":
            self._add_location(record)
        elif kind == "Schedule":
            self._add_schedule(record)
        else:
            self._add_slot(record, as_of)

    def _add_location(self, record: Record) -> None:
        state = str((record.get("address") or {}).get("state") or "")
        if state_is_in(state, self._states) is False:
            self._elsewhere.add(f"Location/{record['id']}")
        else:
            self._locations[str(record["id"])] = record

    def _add_schedule(self, record: Record) -> None:
        location = _target(record, "Location")
        if location in self._locations and is_immunization(record):
            self._schedules[str(record["id"])] = record
        elif location in self._locations or f"Location/{location}" in self._elsewhere:
            self._elsewhere.add(f"Schedule/{record['id']}")
        else:
            self._orphans["schedule without location"] += 1
            self._elsewhere.add(f"Schedule/{record['id']}")

    def _add_slot(self, record: Record, as_of: str) -> None:
        schedule = self._schedules.get(target := _target(record, "Schedule"))
        if schedule is None:
            if f"Schedule/{target}" not in self._elsewhere:
                self._orphans["slot without schedule"] += 1
            return
        # ids repeat at Rite Aid and records may stand in two files: only all of these together make one record
        mark = (target, *(str(record.get(field)) for field in ("id", "status", "start", "end")))
        if mark not in self._seen:
            self._seen.add(mark)
            self._slots[_target(schedule, "Location")].append((record, schedule, as_of))


def _target(record: Record, kind: str) -> str:
    """The id in `actor` or `schedule` that refers to `kind`; "" where there is none."""
    references = record.get("actor") or [] if kind == "Location" else [record.get("schedule") or {}]
    for reference in references:
        found = str((reference or {}).get("reference") or "")
        if found.startswith(f"{kind}/"):
            return found.removeprefix(f"{kind}/")
    return ""
