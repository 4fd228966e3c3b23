"""Finds where a Schedule's Slots are: at all Locations among its actors, or at those of its services and roles.

In HL7's form of the feed, a Schedule may have several actors that all apply. A Schedule without a Location among them
is where its HealthcareService or PractitionerRole is.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from aggregator.adapter.fhir.elements import Record, as_list
from aggregator.adapter.fhir.references import Index, contained, identifiers, named

_SERVICES = ("HealthcareService", "PractitionerRole")
MAX_PLACES = 10  # of one Schedule, because each of its Slots is listed at each of them


class Placed(NamedTuple):
    """Where a Schedule is.

    `keys`: its Locations. `absent`: it refers to a Location that is in none of the files. `vague`: a reference cannot
    be resolved, so it may be at any Location.
    """

    keys: frozenset[str]
    absent: bool
    vague: bool


class Places:
    """The Locations, HealthcareServices, and PractitionerRoles of a feed."""

    def __init__(self) -> None:
        self.indexes = {kind: Index(kind) for kind in ("Location", *_SERVICES)}

    def of(self, schedule: Record) -> Placed:
        """Where a Schedule is; with more than `MAX_PLACES` Locations, it may be anywhere."""
        found = self._of(schedule)
        return Placed(frozenset(), absent=False, vague=True) if len(found.keys) > MAX_PLACES else found

    def _of(self, schedule: Record) -> Placed:
        services: list[Record] = []
        others: list[Any] = []
        for actor in filter(None, as_list(schedule.get("actor"))):
            service = self._service(schedule, actor)
            if service is None:
                others.append(actor)
            else:
                services.append(service)
        placed = self._at(schedule, others)
        if placed.keys or placed.absent:
            return placed
        found = [self._at(service, self._locations_of(service)) for service in services]
        keys = frozenset(key for one in found for key in one.keys)
        absent = any(one.absent for one in found)
        return Placed(keys, absent, placed.vague or any(one.vague for one in found) or not (keys or absent))

    def needs_services(self, schedules: Iterable[Record]) -> bool:
        """Whether a Schedule has no Location, so that its services and roles are needed to locate it."""
        return any(self.of(schedule).vague for schedule in schedules)

    def _at(self, owner: Record, references: Iterable[Any]) -> Placed:
        """The Locations among the references of a record."""
        keys: set[str] = set()
        absent = vague = False
        for reference in references:
            inside = contained(owner, reference)
            if inside is not None and inside.get("resourceType") != "Location":
                continue
            locations = self.indexes["Location"]
            key = locations.find(reference) if inside is None else self._known(owner, inside)
            name = named(reference)
            if key:
                keys.add(key)
            elif inside is not None or (name.identifier and name.kind in ("", "Location")):
                vague = True
            elif name.kind == "Location":
                absent, vague = absent or bool(name.id), vague or not name.id
        return Placed(frozenset(keys), absent, vague)

    def new_in(self, service: Record) -> list[Record]:
        """The named Locations that a service or role contains and that are in no other record.

        The id of each is that of its owner and its own, because it is unique only there.
        """
        if service.get("resourceType") not in _SERVICES:
            return []
        inside = [one for one in as_list(service.get("contained"))[:MAX_PLACES] if isinstance(one, dict)]
        places = [one for one in inside if one.get("resourceType") == "Location" and one.get("name")]
        return [one | {"id": _id_inside(service, one)} for one in places if not self._known(service, one)]

    def _known(self, owner: Record, inside: Record) -> str:
        """The key of a Location that `owner` contains; "" if it is in no record."""
        locations, key = self.indexes["Location"], _id_inside(owner, inside)
        return locations.identified(*identifiers(inside)) or (key if key in locations.records else "")

    def _service(self, owner: Record, reference: Any) -> Record | None:
        inside = contained(owner, reference)
        if inside is not None:
            return inside if inside.get("resourceType") in _SERVICES else None
        found = [self.indexes[kind] for kind in _SERVICES if self.indexes[kind].find(reference)]
        return found[0].records[found[0].find(reference)] if found else None

    def _locations_of(self, service: Record) -> list[Any]:
        """References to the Locations of a service or role; a role without any is where its services are."""
        most = MAX_PLACES + 1
        if own := as_list(service.get("location")):
            return own[:most]
        further = [self._service(service, one) for one in as_list(service.get("healthcareService"))[:most]]
        return [one for found in further if found for one in as_list(found.get("location"))[:most]]


def _id_inside(owner: Record, inside: Record) -> str:
    return f"{owner.get('id')}#{str(inside.get('id') or '').lstrip('#')}"
