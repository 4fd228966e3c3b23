"""Which stored location a listed one is, so that it keeps its id; and when an id must not follow it.

A location is known again by its key, or by an external id of one that this visit does not list. Neither is trusted
over the address (`aggregator.clean.relocation`): sources use numbers again, and a clinic's number is an event's.
What moved is a new location. The old one is displaced: it is gone, and waits under another key for its venue.
"""

from collections import defaultdict
from collections.abc import Callable, Set

import msgspec
from sqlite_utils import Database

from aggregator.clean.position import given_position
from aggregator.clean.relocation import has_identical_address, has_moved, is_same_venue
from aggregator.model import Location
from aggregator.store.rows import DAMAGE

SHARED_SYSTEMS = ("npi_usa",)  # several stores of one owner share such a number (walgreens sheet)
DISPLACED = "was:"  # how the key of a location begins whose own key another one has now; keys of sources never do
decode_location = msgspec.json.Decoder(Location).decode


class StoredLocation(msgspec.Struct, frozen=True, gc=False):
    """A location as it stands in the file, `facts` and `said` as JSON. `check_id` None: no answer yet."""

    id: int
    facts: bytes
    gone_at: str | None = None
    check_id: int | None = None
    available: str | None = None
    count: int | None = None
    said: bytes | None = None


class Identity:
    """The locations of one source by key, as a visit finds them again; `known` is kept current.

    `displaced`: those whose key was taken from them, with the new one. `returned`: ids of those that got theirs back.
    `anchors`: id and facts of those whose address changed for the first time, as they were before.
    """

    def __init__(self, db: Database, known: dict[str, StoredLocation], listed: Set[str], at: str) -> None:
        self.known = known
        self.displaced: list[tuple[str, StoredLocation]] = []
        self.returned: set[int] = set()
        self.anchors: list[tuple[int, str]] = []
        self._db, self._listed, self._at = db, listed, at
        self._waiting: defaultdict[str, list[str]] = defaultdict(list)  # key -> the keys of those that had it before
        for key in known:
            if key.startswith(DISPLACED):
                self._waiting[key.split(":", 2)[2]].append(key)

    def find(self, location: Location, facts: bytes) -> StoredLocation | None:
        """The stored location that this one is; None for a new one. To be called once for each key of a visit."""
        found = self.known.get(location.key)
        if found and found.facts == facts:
            return found
        if found and not self._may_be(found, location, _is_not_elsewhere):
            self._displace(location.key, found)
            found = None
        return found or self._return(location) or self._renamed(location)

    def _displace(self, key: str, found: StoredLocation) -> None:
        """The source says that this key is elsewhere now, so the place is gone even if the visit was in part."""
        new_key = f"{DISPLACED}{found.id}:{key}"
        self.displaced.append((new_key, found))
        del self.known[key]
        self.known[new_key] = msgspec.structs.replace(found, gone_at=found.gone_at or self._at)

    def _return(self, location: Location) -> StoredLocation | None:
        """The location that had this key before at this address."""
        for old_key in self._waiting.get(location.key, ()):
            found = self.known.get(old_key)
            if found and self._may_be(found, location, _is_not_elsewhere):
                self.known[location.key] = self.known.pop(old_key)
                self.returned.add(found.id)
                return found
        return None

    def _renamed(self, location: Location) -> StoredLocation | None:
        """The venue that bore one of these external ids and is not listed under its old key any more."""
        if not location.external_ids:
            return None
        by_id = {known.id: key for key, known in self.known.items() if key not in self._listed}
        if not by_id:
            return None
        for system, value in location.external_ids:
            if system not in SHARED_SYSTEMS:
                rows = self._db.execute(
                    "SELECT location_id FROM external_ids WHERE system = ? AND value = ?", (system, value)
                )
                for (id,) in rows.fetchall():
                    if id in by_id and self._may_be(self.known[by_id[id]], location, is_same_venue):
                        return self.known.pop(by_id[id])
        return None

    def _may_be(self, found: StoredLocation, location: Location, allows: Callable[[Location, Location], bool]) -> bool:
        """Whether the id of a stored location may go on with this one.

        The first position that it had counts, too: else an id could wander off in small steps.
        """
        try:
            before = decode_location(found.facts)
            if has_identical_address(before, location) and allows is _is_not_elsewhere:
                return True
            row = self._db.execute("SELECT facts FROM anchors WHERE location_id = ?", (found.id,)).fetchone()
            anchor = decode_location(row[0]) if row else None
        except DAMAGE:  # what cannot be read is replaced
            return allows is _is_not_elsewhere
        if not allows(before, location) or (anchor and has_moved(anchor, location)):
            return False
        if anchor is None and given_position(before):
            self.anchors.append((found.id, found.facts.decode()))
        return True


def _is_not_elsewhere(before: Location, after: Location) -> bool:
    return not has_moved(before, after)
