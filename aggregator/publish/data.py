"""The open data: locations as JSON, GeoJSON and CSV, one JSON a place, and the small freshness file.

docs/published-contract.md describes every file.
"""

from collections.abc import Iterator
from functools import cache

from aggregator.model import Place, Snapshot, SourceState, Told
from aggregator.publish.files import Essences, File, digest, essences
from aggregator.publish.records import availability_data, encode, location_data, maybe, rfc3339
from aggregator.publish.tables import geojson, row, table
from aggregator.region import Region


def data_files(snapshot: Snapshot, region: Region, known: Essences | None = None) -> Iterator[File]:
    """Every data file. All but `freshness.json` are made anew only where something but the time of our visit changed.

    `known`: the essences of the snapshot, where they are at hand.
    """
    known = essences(snapshot) if known is None else known
    head = {"generated_at": rfc3339(snapshot.generated_at), "region": region.name}
    named = digest(region.name)
    for place in snapshot.places:
        key = named + known[place.id]
        for name in (place.id, *place.aliases):
            yield File(f"api/v1/places/{name}.json", key, lambda place=place: _whole(place, region))  # type: ignore[misc]
    whole = digest(region.name, [known[place.id] for place in snapshot.places])
    locations = cache(lambda: [location_data(place) for place in snapshot.places])
    yield File("api/v1/locations.json", whole, lambda: encode(head | {"data": locations()}))
    rows = cache(lambda: [row(location) for location in locations()])
    yield File("api/v1/locations.geojson", whole, lambda: geojson(rows()))
    yield File("api/v1/locations.csv", whole, lambda: table(rows()))
    ages = {"stale_after": region.stale_after, "expires_after": region.expires_after}
    freshness = head | ages | {"sources": [_freshness(one) for one in snapshot.sources]}
    yield File("freshness.json", b"", lambda: encode(freshness))


def _whole(place: Place, region: Region) -> bytes:
    told = [_told(one) for one in place.told]
    return encode({"region": region.name, "data": location_data(place), "sources": told, "history": place.history})


def _freshness(source: SourceState) -> dict[str, object]:
    return {
        "name": source.name,
        "outcome": source.outcome,
        "attempted_at": maybe(source.attempted_at),
        "last_good_at": maybe(source.last_good_at),
        "all_checked_at": maybe(source.all_checked_at),
        "wait_minutes": source.wait_minutes,
    }


def _told(told: Told) -> dict[str, object]:
    """What one source says of a place."""
    place = told.location
    return {
        "provider": told.provider,
        "name": place.name,
        "booking_url": place.booking_url or None,
        "external_ids": place.external_ids,
        "availability": availability_data(told.current, (told.current.source,)),
    }
