"""Joins the files of one visit: each Location with its Schedules and Slots, and whether anything about it is missing.

A Slot that cannot be joined counts as not read. A Location is not `whole` if unread records may be about it. A lost
file that names its states affects only Locations in these states.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aggregator.adapter.fhir.bulk_files import Files, Gap, Loss
from aggregator.adapter.fhir.elements import Record, has_availability, may_be_free
from aggregator.adapter.fhir.locations import Placed, Places
from aggregator.adapter.fhir.manifest import Output, code_of
from aggregator.adapter.fhir.references import Index, contained
from aggregator.adapter.fhir.services import of_service
from aggregator.errors import PageError, RecordError
from aggregator.model import Available

UNPLACED = "unplaced Schedule"  # the kind of gap left by a Schedule that may be at any Location


class Joined(NamedTuple):
    """A Location with its Schedules and its Slots, each as (Slot, Schedule, `as_of` of the file).

    `whole`: everything that may be about it was read. `schedules_whole`: every Schedule that may belong to it was read.
    """

    location: Record
    schedules: list[Record]
    slots: list[tuple[Record, Record, str]]
    whole: bool
    schedules_whole: bool


class Feed:
    """The feed of one visit. `add` the files in the order of `KINDS`, then read `losses`, then `rows`.

    `url`: the manifest's. `service`: a code, display, or text of the wanted service type; see `services`.
    """

    def __init__(self, url: str, states: Iterable[str], service: str | None = "") -> None:
        self._url, self._states, self._service = url, frozenset(states), service
        self._files = Files()
        self._places = Places()
        self._schedules = Index("Schedule")
        self._from: dict[str, Output] = {}  # the file of each Schedule
        self._twice: set[str] = set()  # ids that Schedules with different actors share
        self._ours: dict[str, str] = {}  # Locations in the region, and the state of each
        self._placed: dict[str, Placed] | None = None  # where each Schedule of the service is
        self._slots: dict[str, list[tuple[Record, Record, str]]] = defaultdict(list)  # by Location
        self._seen: set[tuple[str, ...]] = set()
        self._slots_seen = 0
        self._count: Counter[str] = Counter()  # numbers of records that cannot be joined

    def wants(self, kind: str) -> bool:
        """Whether files of a kind are needed and can be joined to what was read so far."""
        if kind in ("HealthcareService", "PractitionerRole"):
            return self._places.needs_services(self._schedules.records.values())
        above = {"Schedule": ("Location",), "Slot": ("Location", "Schedule")}.get(kind, ())
        return not any(self._files.all_lost(one) for one in above)

    def add(self, file: Output, text: str | None) -> None:
        """Reads one file; `text` None if it could not be fetched."""
        self._add(file, self._files.records(file, text))

    def add_records(self, kind: str, records: Iterable[Record]) -> None:
        """Reads all records of a kind that do not come from a file: the results of a search."""
        self._files.seen[kind] += 1
        self._add(Output(kind, self._url), records)

    def _add(self, file: Output, records: Iterable[Record]) -> None:
        add = {"Schedule": self._add_schedule, "Slot": self._add_slot}.get(file.kind, self._add_place)
        for record in records:
            try:
                add(record, file)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                self._files.skip(file, record, str(error))

    def losses(self) -> tuple[Loss, ...]:
        """The damaged files. Report them before reading the rows."""
        silent = self._silent()
        for file in self._files.empty:
            if why := self._doubt(file, silent):
                self._files.lose(file, why)
        self._files.empty.clear()
        alone, of_all = self._count["slot without schedule"] + self._count["slot without location"], self._slots_seen
        if alone * 2 > of_all:
            self._files.losses.append(Loss(self._url, f"lists {of_all} Slots, but {alone} of them cannot be joined"))
        return tuple(self._files.losses)

    def rows(self) -> Iterator[Joined | RecordError]:
        """Yields every Location in the region, and an error for everything that could not be read or joined.

        PageError if there are Locations but no Slot file about them: that does not mean "nothing free".
        """
        if self._ours and self.wants("Slot") and not self._files.seen["Slot"]:
            states = ", ".join(sorted(self._states))
            raise PageError(f"the manifest names no Slot file for {states}, but lists {len(self._ours)} places there")
        schedules = defaultdict(list)
        for key, placed in self._settle().items():
            for place in placed.keys:
                schedules[place].append(self._schedules.records[key])
        for key, state in self._ours.items():
            missing = self._files.missing_for(state)
            location = self._places.indexes["Location"].records[key]
            whole, schedules_whole = not missing & {"Schedule", "Slot"}, not missing & {"Schedule", UNPLACED}
            yield Joined(location, schedules[key], self._slots[key], whole, schedules_whole)
        yield from self._files.errors
        for what, count in self._count.items():
            yield RecordError(what, count, "records refer to a record that is in none of the files")

    def _add_place(self, record: Record, file: Output) -> None:
        if file.kind == "Location":
            text = str((record.get("address") or {}).get("state") or "").strip()
            code = code_of(text, self._states)
            if code in self._states or not (code or len(text) == 2):
                self._ours[str(record["id"])] = code
            elif str(record["id"]) in self._ours:  # another state uses the same id for one of its Locations
                return
        self._places.indexes[file.kind].add(record)
        for place in self._places.new_in(record):
            self._add_place(place, file._replace(kind="Location"))

    def _add_schedule(self, record: Record, file: Output) -> None:
        known = self._schedules.records.get(str(record["id"]))
        if known is not None and known.get("actor") != record.get("actor"):
            self._twice.add(str(record["id"]))
        self._from[self._schedules.add(record)] = file

    def _add_slot(self, record: Record, file: Output) -> None:
        if record.get("status") == "entered-in-error":
            return
        self._slots_seen += 1
        key = self._schedules.find(record.get("schedule")) or self._inside(record, file)
        placed = self._settle().get(key)
        if not key or (placed and placed.vague):
            self._count["slot without location" if key else "slot without schedule"] += 1
            if may_be_free(record):
                self._files.gaps.add(Gap("Schedule", file.states))
        if not placed or not placed.keys:
            return
        # Slot ids repeat at Rite Aid, and a record may be in two files, so only all of these together identify it.
        mark = (key, *(str(record.get(field)) for field in ("id", "status", "start", "end")))
        if mark not in self._seen:
            self._seen.add(mark)
            slot = record, self._schedules.records[key], file.as_of
            for place in placed.keys:
                self._slots[place].append(slot)

    def _inside(self, slot: Record, file: Output) -> str:
        """Adds the Schedule that a Slot contains and returns its key; "" if it contains none."""
        schedule = contained(slot, slot.get("schedule"))
        if schedule is None or schedule.get("resourceType") != "Schedule":
            return ""
        key = f"{slot.get('id')}#{schedule.get('id')}"
        self._from[self._schedules.add(schedule, key)] = file
        if of_service([schedule], self._service):
            self._settle()[key] = self._place(key)
        return key

    def _settle(self) -> dict[str, Placed]:
        """Where each Schedule of the service is; computed once, after all Schedules and places were added."""
        if self._placed is None:
            keys = list(self._schedules.records)
            kept = of_service(self._schedules.records.values(), self._service)
            self._placed = {key: self._place(key) for at, key in enumerate(keys) if at in kept}
        return self._placed

    def _place(self, key: str) -> Placed:
        schedule = self._schedules.records[key]
        placed = self._places.of(schedule)
        if key in self._twice:
            placed = Placed(frozenset(), absent=False, vague=True)
        if placed.vague or placed.absent:
            self._count["schedule without location"] += 1
        if placed.vague and (stated := has_availability([schedule])) is not Available.NO:
            # Without its own statement, its Slots decide whether it can hide an appointment.
            self._files.gaps.add(Gap("Schedule" if stated else UNPLACED, self._from[key].states))
        return placed._replace(keys=placed.keys & self._ours.keys())

    def _silent(self) -> set[str]:
        """Locations with a Schedule that has no `has-availability`, so that only its Slots tell what is free."""
        placed = self._settle().items()
        silent = [one.keys for key, one in placed if has_availability([self._schedules.records[key]]) is None]
        return set().union(*silent)

    def _doubt(self, file: Output, silent: set[str]) -> str:
        """Why an empty file counts as lost; "" if it is plausible.

        A file that is being written is empty for a moment, so an empty file is accepted only if nothing can be missing
        from it.
        """
        about = [key for key, state in self._ours.items() if file.states is None or not state or state in file.states]
        if file.kind == "Location" and (file.states is None or self._count["schedule without location"]):
            return "is empty, so we can't tell which Locations the feed has"
        if file.kind == "Schedule" and about:
            return f"is empty, but the feed lists {len(about)} Locations"
        if file.kind == "Slot" and (unknown := silent.intersection(about)):
            return f"is empty, and nothing else tells whether {len(unknown)} Locations have appointments"
        return ""
