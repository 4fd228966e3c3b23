"""The enumerations of the field, and the base class of all records."""

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """The result of one visit to a source. Only the good outcomes change availability."""

    OK = "OK"
    EMPTY = "EMPTY"  # the page states that it lists nothing
    BUSY = "BUSY"  # waiting room, or asked to slow down
    BLOCKED = "BLOCKED"  # 403, captcha, robots.txt
    CHANGED = "CHANGED"  # not the page the adapter knows, or implausibly few locations or slots
    DOWN = "DOWN"  # timeouts, 5xx

    @property
    def is_good(self) -> bool:
        """Whether the source answered as expected, so that its answer counts."""
        return self in {Outcome.OK, Outcome.EMPTY}


class Available(StrEnum):
    """UNIVAF's three answers to "Are there appointments?" """

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


class Stage(StrEnum):
    """The step of publishing in which something failed."""

    MATCHING = "matching"  # a location was not compared with the others, or only with some
    SNAPSHOT = "snapshot"  # a row of the database could not be read
    LISTS = "lists"  # a place or a source's line is missing from every list
    EXPORTS = "exports"  # a place is missing from an export or a feed
    FILES = "files"  # a whole page, export, or feed is missing


class LocationType(StrEnum):
    """UNIVAF's kinds of place for vaccinations."""

    PHARMACY = "PHARMACY"
    MASS_VAX = "MASS_VAX"
    CLINIC = "CLINIC"
    MOBILE_CLINIC = "MOBILE_CLINIC"


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base class of the records: immutable, keyword-only, cheap to encode.

    Cyclic garbage collection is off for records: they are built only from records that exist already, so they form no
    cycles. With it on, 100,000 records cost a pause of a quarter of a second.
    """
