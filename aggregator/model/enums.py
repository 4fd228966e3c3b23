"""What every record is made of: the enumerations of the field, and the base of the records."""

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """What one visit to a source came to. Only `OK` and `EMPTY` change availability."""

    OK = "OK"
    EMPTY = "EMPTY"  # the page says that it lists nothing
    BUSY = "BUSY"  # waiting room, or asked to slow down
    BLOCKED = "BLOCKED"  # 403, captcha, robots.txt
    CHANGED = "CHANGED"  # not the page the adapter knows, or implausibly little on it
    DOWN = "DOWN"  # timeouts, 5xx

    @property
    def is_good(self) -> bool:
        """Whether the source answered as expected, so that its answer counts."""
        return self in {Outcome.OK, Outcome.EMPTY}


class Available(StrEnum):
    """UNIVAF's three answers."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


class Stage(StrEnum):
    """The step of a publish in which something failed."""

    MATCHING = "matching"  # a location that was not compared with the others, or only in part
    SNAPSHOT = "snapshot"  # a row of the database that was not read
    LISTS = "lists"  # a place, or the line of a source, that no list shows
    EXPORTS = "exports"  # a place that an export or a feed lacks
    FILES = "files"  # a page, an export or a feed that is missing as a whole


class LocationType(StrEnum):
    """UNIVAF's kinds of place."""

    PHARMACY = "PHARMACY"
    MASS_VAX = "MASS_VAX"
    CLINIC = "CLINIC"
    MOBILE_CLINIC = "MOBILE_CLINIC"


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of the records: immutable, keyword-only, cheap to encode.

    Records are made of what exists before them, so they form no cycles, and the cyclic garbage collector need not
    search them: among 100,000 it takes a quarter of a second, in which nothing else runs.
    """
