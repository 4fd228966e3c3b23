"""Which locations are the same place. For now each location is a place of its own, with a permanent id.

Merging locations of different sources comes here: `places` is the one function that everything after it relies on.
"""

from collections.abc import Iterable

from aggregator.store.store import LocationRow


def places(rows: Iterable[LocationRow]) -> list[tuple[str, LocationRow]]:
    """(place id, location) for every location, in the order of the rows."""
    return [(row.place_id, row) for row in rows]
