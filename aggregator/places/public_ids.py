"""Maps locations to published ids and orders the locations of each place."""

from collections import defaultdict
from collections.abc import Sequence

from aggregator.store import LocationAnswer, Store, read_place_ids


def groups(store: Store, rows: Sequence[LocationAnswer]) -> list[tuple[str, tuple[LocationAnswer, ...]]]:
    """(Published id, its locations) in the order of the rows; the best described location comes first."""
    with store.transaction():
        aliases = read_place_ids(store)
    found: defaultdict[str, list[LocationAnswer]] = defaultdict(list)
    for row in rows:
        found[aliases.get(row.place_id, row.place_id)].append(row)
    return [(place_id, _best_first(group)) for place_id, group in found.items()]


def aliases_of(store: Store) -> dict[str, tuple[str, ...]]:
    """Published id -> its former ids."""
    with store.transaction():
        aliases = read_place_ids(store)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for former, place_id in aliases.items():
        found[place_id].append(former)
    return {place_id: tuple(formers) for place_id, formers in found.items()}


def _best_first(group: Sequence[LocationAnswer]) -> tuple[LocationAnswer, ...]:
    return tuple(sorted(group, key=_described) if len(group) > 1 else group)


def _described(row: LocationAnswer) -> tuple[bool, int, int]:
    """A sort key: listed locations first, then the best described, then the one saved first."""
    place = row.location
    described = (
        place.position is not None and not place.position.approximate,
        bool(place.address_lines and place.city and place.postal_code),
        bool(place.info_phone or place.booking_phone),
        bool(place.booking_url or place.info_url),
    )
    return row.gone_at is not None, -sum(described), row.id
