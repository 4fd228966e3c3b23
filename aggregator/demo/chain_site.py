"""Simulates a pharmacy chain whose store finder reads one JSON document: every store with its free times.

GET /api/stores.json -> {"asOf": ISO 8601 with offset, "stores": [{"storeNumber", "street", "town", "zip", "lat",
"lng", "phone", "openings": [{"date": "YYYY-MM-DD", "times": ["HH:MM"], "vaccine"}]}]}
"""

import json
from itertools import groupby
from typing import Any

from aggregator.demo.made_up_places import STORES, Venue
from aggregator.demo.simulated_site import Reply, SimulatedRequest
from aggregator.demo.world import World

STORES_PATH = "/api/stores.json"


def stores(world: World, asked: SimulatedRequest) -> Reply | None:
    """The JSON document; dates and times are local."""
    if asked.path != STORES_PATH:
        return None
    document = {"asOf": world.as_of.isoformat(), "stores": [_store(venue, world) for venue in STORES]}
    return Reply(body=json.dumps(document), content_type="application/json")


def _store(venue: Venue, world: World) -> dict[str, Any]:
    latitude, longitude = venue.position
    free = [appointment for appointment in world.appointments(venue, capacity=1) if appointment.left]
    openings = groupby(free, key=lambda appointment: (appointment.start.date(), appointment.product))
    return {
        "storeNumber": str(venue.number),
        "street": venue.street,
        "town": venue.town,
        "zip": venue.zip,
        "lat": latitude,
        "lng": longitude,
        "phone": venue.phone,
        "openings": [
            {"date": day.isoformat(), "times": [f"{each.start:%H:%M}" for each in times], "vaccine": product}
            for (day, product), times in openings
        ],
    }
