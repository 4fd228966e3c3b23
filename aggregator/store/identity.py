"""Recognizes stored locations in a new visit, so that they keep their ids, and decides when an id must not move along.

A location is recognized by its key, or by an external id of a stored location that this visit does not list. The
address overrides both (`aggregator.clean.relocation`), because sources reuse numbers, and a clinic's number may belong
to an event. A location that moved is a new location. The old one is displaced: it counts as gone and keeps its row
under another key, in case its venue comes back.
"""

from collections import defaultdict
from collections.abc import Callable, Set

import msgspec
from sqlite_utils import Database

from aggregator.clean import given_position, has_identical_address, has_moved, is_same_venue
from aggregator.model import Location
from aggregator.store.rows import DAMAGE

SHARED_SYSTEMS = ("npi_usa",)  # Several stores of one owner share such a number (Walgreens).
DISPLACED = "was:"  # The prefix of the key of a displaced location; keys from sources never begin with it.
decode_location = msgspec.json.Decoder(Location).decode


class StoredLocation(msgspec.Struct, frozen=True, gc=False):
    """A location as stored, with its answer.

    `facts` and `answer` are JSON and compared as bytes, so that an unchanged row is never decoded. `check_id` None:
    there is no answer yet.
    """

    id: int
    facts: bytes
    gone_at: str | None = None
    check_id: int | None = None
    available: str | None = None
    count: int | None = None
    answer: bytes | None = None


class Identity:
    """The stored locations of one source by key; `stored` is updated while a visit is read.

    `displaced`: locations whose key another one took, with their new keys. `returned`: ids of locations that got their
    key back. `anchors`: id and facts of locations whose address changes for the first time, as they were before.
    """

    def __init__(self, db: Database, stored: dict[str, StoredLocation], listed: Set[str], at: str) -> None:
        self.stored = stored
        self.displaced: list[tuple[str, StoredLocation]] = []
        self.returned: set[int] = set()
        self.anchors: list[tuple[int, str]] = []
        self._db, self._listed, self._at = db, listed, at
        # key -> the keys of displaced locations that had it before
        self._waiting: defaultdict[str, list[str]] = defaultdict(list)
        for key in stored:
            if key.startswith(DISPLACED):
                self._waiting[key.split(":", 2)[2]].append(key)

    def find(self, location: Location, facts: bytes) -> StoredLocation | None:
        """The stored location that `location` is; None if it is new. Call it once for each key of a visit."""
        found = self.stored.get(location.key)
        if found and found.facts == facts:
            return found
        if found and not self._may_be(found, location, _is_not_elsewhere):
            self._displace(location.key, found)
            found = None
        return found or self._return(location) or self._renamed(location)

    def _displace(self, key: str, found: StoredLocation) -> None:
        """Gives a location another key and marks it as gone, because the source states another address for its key.

        This counts even in a partial visit: the source states it.
        """
        new_key = f"{DISPLACED}{found.id}:{key}"
        self.displaced.append((new_key, found))
        del self.stored[key]
        self.stored[new_key] = msgspec.structs.replace(found, gone_at=found.gone_at or self._at)

    def _return(self, location: Location) -> StoredLocation | None:
        """The displaced location that had this key at this address."""
        for old_key in self._waiting.get(location.key, ()):
            found = self.stored.get(old_key)
            if found and self._may_be(found, location, _is_not_elsewhere):
                self.stored[location.key] = self.stored.pop(old_key)
                self.returned.add(found.id)
                return found
        return None

    def _renamed(self, location: Location) -> StoredLocation | None:
        """The venue that has one of these external ids and whose old key is not listed any more."""
        if not location.external_ids:
            return None
        keys_by_id = {stored.id: key for key, stored in self.stored.items() if key not in self._listed}
        if not keys_by_id:
            return None
        for system, value in location.external_ids:
            if system not in SHARED_SYSTEMS:
                rows = self._db.execute(
                    "SELECT location_id FROM external_ids WHERE system = ? AND value = ?", (system, value)
                )
                for (id,) in rows.fetchall():
                    if id in keys_by_id and self._may_be(self.stored[keys_by_id[id]], location, is_same_venue):
                        return self.stored.pop(keys_by_id[id])
        return None

    def _may_be(self, found: StoredLocation, location: Location, allows: Callable[[Location, Location], bool]) -> bool:
        """Whether a stored location's id may be kept for `location`.

        The first known position counts as well; otherwise an id could wander off in small steps.
        """
        try:
            before = decode_location(found.facts)
            if has_identical_address(before, location) and allows is _is_not_elsewhere:
                return True
            row = self._db.execute("SELECT facts FROM anchors WHERE location_id = ?", (found.id,)).fetchone()
            anchor = decode_location(row[0]) if row else None
        except DAMAGE:  # A damaged row is replaced.
            return allows is _is_not_elsewhere
        if not allows(before, location) or (anchor and has_moved(anchor, location)):
            return False
        if anchor is None and given_position(before):
            self.anchors.append((found.id, found.facts.decode()))
        return True


def _is_not_elsewhere(before: Location, after: Location) -> bool:
    return not has_moved(before, after)
