"""Made-up SMART Scheduling Links: manifests, records, whole feeds, and visits to them.

Everything is at one place, Gull Hall in Boston, unless a test changes it.
"""

import json
from collections.abc import Iterable
from typing import Any

from aggregator.model import Availability, Location, Report, Slot
from providers.smart_scheduling_links import SmartSchedulingLinks
from tests.support.pages import SITE, Reply, TableClient, availability_of, only_reading, source, visit

MANIFEST = f"{SITE}/smart/$bulk-publish"
EXTENSION = "http://fhir-registry.smarthealthit.org/StructureDefinition/"
LOCATIONS, SCHEDULES, SLOTS = (f"{SITE}/smart/{kind}.ndjson" for kind in ("locations", "schedules", "slots"))

Record = dict[str, Any]


def output(kind: str, file: str, **extension: Any) -> Record:
    """One entry of a manifest; `file` is relative to its folder."""
    entry = {"type": kind, "url": f"{SITE}/smart/{file}"}
    return {**entry, "extension": extension} if extension else entry


PLAIN = (
    output("Location", "locations.ndjson"),
    output("Schedule", "schedules.ndjson"),
    output("Slot", "slots.ndjson"),
)


def manifest(*outputs: Any, as_of: str = "2021-05-13T13:55:00Z") -> str:
    return json.dumps({"transactionTime": as_of, "request": MANIFEST, "output": outputs or PLAIN})


def ndjson(*records: Record | str) -> str:
    """Records, one per line; texts are inserted unchanged."""
    return "".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records)


def location(number: str = "7", state: str = "MA", **fields: Any) -> Record:
    address = {"line": ["1 Kite St"], "city": "Boston", "state": state, "postalCode": "02120"}
    return {"resourceType": "Location", "id": number, "name": "Gull Hall", "address": address, **fields}


def schedule(number: str = "7", *extensions: Record, place: str = "", **fields: Any) -> Record:
    """A schedule of `place` (default: the location with the same number)."""
    return {
        "resourceType": "Schedule",
        "id": number,
        "actor": [{"reference": f"Location/{place or number}"}],
        "serviceType": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/service-type", "code": "57"}]}],
        "extension": list(extensions),
        **fields,
    }


def slot(number: str = "7", *extensions: Record, status: str | None = "free", **fields: Any) -> Record:
    """A slot of the schedule with that number."""
    return {
        "resourceType": "Slot",
        "id": f"{number}-1",
        "schedule": {"reference": f"Schedule/{number}"},
        "status": status,
        "start": "2021-05-20T09:00:00-04:00",
        "end": "2021-05-20T09:15:00-04:00",
        "extension": list(extensions),
        **fields,
    }


def extension(name: str, value: Any, kind: str = "String") -> Record:
    return {"url": EXTENSION + name, f"value{kind}": value}


def by_hl7(name: str, value: Any, kind: str = "String") -> Record:
    """An extension under the URL that HL7 gave it in 2026."""
    return {"url": f"http://hl7.org/fhir/uv/smart-scheduling-links/StructureDefinition/{name}", f"value{kind}": value}


def capacity(value: Any) -> Record:
    return extension("slot-capacity", value, "Integer")


def link(url: str) -> Record:
    return extension("booking-deep-link", url, "Url")


def product(display: str, code: str | None = None) -> Record:
    return extension("vaccine-product", {"code": code, "display": display}, "Coding")


def feed(locations: Iterable[Record | str], schedules: Iterable[Record | str], slots: Iterable[Record | str]) -> Record:
    """The replies of a publisher that has one file of each kind."""
    return {
        MANIFEST: manifest(),
        f"{SITE}/smart/locations.ndjson": ndjson(*locations),
        f"{SITE}/smart/schedules.ndjson": ndjson(*schedules),
        f"{SITE}/smart/slots.ndjson": ndjson(*slots),
    }


def read_feed(
    replies: dict[str, Reply], publisher: str = "", state: str = "MA", only: str = "", service_type: str = ""
) -> Report:
    overrides = {"publisher": publisher, "service_type": service_type}
    where = source(MANIFEST, state=state, options={key: value for key, value in overrides.items() if value})
    return visit(SmartSchedulingLinks(), where, TableClient(replies), only)


def read(
    *slots: Record | str,
    publisher: str = "",
    place: Record | None = None,
    plan: Record | None = None,
    state: str = "MA",
    only: str = "",
) -> Report:
    """A visit to a publisher with one location, one schedule, and these slots."""
    place = place or location()
    return read_feed(feed([place], [plan or schedule(place["id"])], slots), publisher, state, only)


def availability(*slots: Record | str, **overrides: Any) -> Availability:
    return availability_of(only_reading(read(*slots, **overrides)))


def the_slot(one: Record, **overrides: Any) -> Slot:
    (found,) = availability(one, **overrides).slots
    return found


def the_place(place: Record, *slots: Record, **overrides: Any) -> Location:
    return only_reading(read(*slots, place=place, **overrides)).location
