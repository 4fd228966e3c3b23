"""The open data: all locations as JSON, GeoJSON and CSV, a JSON file per place, and the freshness file.

docs/published-contract.md describes every file. A place that cannot be encoded is left out of the file.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from typing import TypeVar

from msgspec import Raw

from aggregator.config import Region
from aggregator.exports.tables import TableRow, feature, geojson, line, row, table
from aggregator.exports.univaf import LocationData, availability_data, encode, location_data, rfc3339, rfc3339_or_none
from aggregator.faults import RAISE_ALL, Faults
from aggregator.model import Place, Snapshot, SourceState, SourceView, Stage
from aggregator.published_file import LARGE_REGION, ContentKeys, Copies, File, digest, publishable

T = TypeVar("T", LocationData, TableRow)
R = TypeVar("R", LocationData, TableRow, bytes, str)


def data_files(
    snapshot: Snapshot, region: Region, content_keys: ContentKeys | None = None, faults: Faults = RAISE_ALL
) -> Iterator[File]:
    """Every data file. All but `freshness.json` are rendered again only if more than the time of a visit changed.

    `content_keys`: those of the snapshot, computed if missing.
    """
    if content_keys is None:
        snapshot, content_keys = publishable(snapshot, faults)
    head = {"generated_at": rfc3339(snapshot.generated_at), "region": region.name}
    region_key = digest(region.name)
    for place in snapshot.places:
        key = region_key + content_keys[place.id]
        for name in (place.id, *place.aliases):
            yield File(f"api/v1/places/{name}.json", key, lambda place=place: _place_file(place, region))  # type: ignore[misc]
    all_places = digest(region.name, [content_keys[place.id] for place in snapshot.places])

    def without_failures(items: list[T], make: Callable[[T], R]) -> list[R]:
        return list(faults.each(Stage.EXPORTS, items, make, attrgetter("id")))

    @cache
    def locations() -> list[LocationData]:
        return list(faults.each(Stage.EXPORTS, snapshot.places, location_data, attrgetter("id")))

    @cache
    def rows() -> list[TableRow]:
        return without_failures(locations(), row)

    def as_json() -> bytes:
        encoded = without_failures(locations(), encode)
        return encode(head | {"data": [Raw(one) for one in encoded]})

    def as_geojson() -> bytes:
        return geojson(without_failures(rows(), feature))

    def as_csv() -> bytes:
        return table(without_failures(rows(), line))

    tables = digest(region.name) if len(snapshot.places) >= LARGE_REGION else all_places
    yield File("api/v1/locations.json", all_places, as_json, copies=Copies.QUICK)
    yield File("api/v1/locations.geojson", tables, as_geojson, copies=Copies.QUICK)
    yield File("api/v1/locations.csv", tables, as_csv, copies=Copies.QUICK)
    made_up = {"made_up": True} if region.made_up else {}
    ages = {**head, **made_up, "stale_after": region.stale_after, "expires_after": region.expires_after}
    yield File("freshness.json", b"", lambda: _freshness_file(ages, snapshot, faults), copies=Copies.QUICK)


def _place_file(place: Place, region: Region) -> bytes:
    sources = [_source_data(one) for one in place.source_views]
    return encode({"region": region.name, "data": location_data(place), "sources": sources, "history": place.history})


def _freshness_file(head: Mapping[str, object], snapshot: Snapshot, faults: Faults) -> bytes:
    sources = list(faults.each(Stage.EXPORTS, snapshot.sources, _freshness, attrgetter("name")))
    return encode({**head, "sources": sources})


def _freshness(source: SourceState) -> dict[str, object]:
    return {
        "name": source.name,
        "outcome": source.outcome,
        "attempted_at": rfc3339_or_none(source.attempted_at),
        "last_good_at": rfc3339_or_none(source.last_good_at),
        "all_checked_at": rfc3339_or_none(source.all_checked_at),
        "wait_minutes": source.wait_minutes,
    }


def _source_data(source_view: SourceView) -> dict[str, object]:
    """What one source reports of a place, for the file of the place."""
    place = source_view.location
    return {
        "provider": source_view.provider,
        "name": place.name,
        "booking_url": place.booking_url or None,
        "external_ids": place.external_ids,
        "availability": availability_data(source_view.current, (source_view.current.source,)),
    }
