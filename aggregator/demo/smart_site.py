"""Simulates two publishers of SMART Scheduling Links: a health network, and a hospital whose server is down.

The network publishes a manifest, its locations and schedules, and its slots in two files, all good for a minute.
https://github.com/smart-on-fhir/smart-scheduling-links/blob/master/specification.md describes every field.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from aggregator.demo.made_up_places import COUNTY, HOSPITALS, JANSSEN, MODERNA, PFIZER, STATE, Venue
from aggregator.demo.simulated_site import Reply, SimulatedRequest
from aggregator.demo.world import APPOINTMENT, ZONE, Appointment, World

MANIFEST = "/smart/$bulk-publish"
EXTENSION = "http://fhir-registry.smarthealthit.org/StructureDefinition/"
CVX = {MODERNA: "207", PFIZER: "208", JANSSEN: "212"}
CAPACITY = 3  # people at one time
IMMUNIZATION = [
    {"system": "http://terminology.hl7.org/CodeSystem/service-type", "code": "57", "display": "Immunization"},
    {
        "system": "http://fhir-registry.smarthealthit.org/CodeSystem/service-type",
        "code": "covid19-immunization",
        "display": "COVID-19 Immunization Appointment",
    },
]


def feed(world: World, asked: SimulatedRequest) -> Reply | None:
    """The manifest and the files that it names."""
    if asked.path == MANIFEST:
        return Reply(body=json.dumps(_manifest(world, asked.base)), content_type="application/json", max_age=60)
    resources: Mapping[str, Iterable[dict[str, Any]]] = {
        "/smart/locations.ndjson": (_location(venue, asked.base) for venue in HOSPITALS),
        "/smart/schedules.ndjson": (schedule for venue in HOSPITALS for schedule in _schedules(venue)),
        "/smart/slots-week-1.ndjson": _slots(world, asked.base, first_week=True),
        "/smart/slots-week-2.ndjson": _slots(world, asked.base, first_week=False),
    }
    if asked.path not in resources:
        return None
    lines = "".join(json.dumps(resource) + "\n" for resource in resources[asked.path])
    return Reply(body=lines, content_type="application/fhir+ndjson", max_age=60)


def down(asked: SimulatedRequest) -> Reply:
    """A server that answers every request with an error."""
    return Reply(
        body="Service Unavailable\n",
        content_type="text/plain; charset=utf-8",
        status=503,
        headers={"Retry-After": "120"},
    )


def _manifest(world: World, base: str) -> dict[str, Any]:
    kinds = (("Location", "locations"), ("Schedule", "schedules"), ("Slot", "slots-week-1"), ("Slot", "slots-week-2"))
    return {
        "transactionTime": world.as_of.isoformat(),
        "request": base + MANIFEST,
        "output": [
            {"type": kind, "url": f"{base}/smart/{file}.ndjson", "extension": {"state": [STATE]}}
            for kind, file in kinds
        ],
        "error": [],
    }


def _location(venue: Venue, base: str) -> dict[str, Any]:
    latitude, longitude = venue.position
    return {
        "resourceType": "Location",
        "id": _id(venue),
        "name": venue.name,
        "description": venue.description,
        "telecom": [{"system": "phone", "value": venue.phone}, {"system": "url", "value": f"{base}/"}],
        "address": {
            "line": [venue.street],
            "city": venue.town,
            "state": STATE,
            "postalCode": venue.zip,
            "district": COUNTY,
        },
        "position": {"latitude": latitude, "longitude": longitude},
        "identifier": [{"system": "https://lighthouse-health.example/sites", "value": str(venue.number)}],
    }


def _schedules(venue: Venue) -> Iterable[dict[str, Any]]:
    for product in venue.products:
        cvx = {"system": "http://hl7.org/fhir/sid/cvx", "code": CVX[product], "display": f"{product} COVID-19 Vaccine"}
        yield {
            "resourceType": "Schedule",
            "id": _schedule_id(venue, product),
            "actor": [{"reference": f"Location/{_id(venue)}"}],
            "serviceType": [{"coding": IMMUNIZATION}],
            "extension": [
                {"url": f"{EXTENSION}vaccine-product", "valueCoding": cvx},
                *({"url": f"{EXTENSION}vaccine-dose", "valueInteger": dose} for dose in venue.doses),
            ],
        }


def _slots(world: World, base: str, *, first_week: bool) -> Iterable[dict[str, Any]]:
    second_week = world.today + timedelta(days=8)
    for venue in HOSPITALS:
        for appointment in world.appointments(venue, CAPACITY):
            if (appointment.start.date() < second_week) is first_week:
                yield _slot(venue, appointment, base)


def _slot(venue: Venue, appointment: Appointment, base: str) -> dict[str, Any]:
    start = appointment.start.replace(tzinfo=ZONE)
    free = appointment.left > 0
    link = {"url": f"{EXTENSION}booking-deep-link", "valueUrl": f"{base}/book?site={venue.number}"}
    phone = {"url": f"{EXTENSION}booking-phone", "valueString": venue.phone}
    places = appointment.left if free else appointment.capacity
    capacity = {"url": f"{EXTENSION}slot-capacity", "valueInteger": places}
    return {
        "resourceType": "Slot",
        "id": f"{_id(venue)}-{start:%Y%m%d-%H%M}",
        "schedule": {"reference": f"Schedule/{_schedule_id(venue, appointment.product)}"},
        "status": "free" if free else "busy",
        "start": start.isoformat(),
        "end": (start + APPOINTMENT).isoformat(),
        "extension": [link, phone, capacity] if free else [capacity],
    }


def _id(venue: Venue) -> str:
    return f"lighthouse-{venue.number}"


def _schedule_id(venue: Venue, product: str) -> str:
    return f"{_id(venue)}-{CVX[product]}"
