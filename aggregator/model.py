"""The words of the project as frozen records (see docs/words in the README of `docs/`).

A `Listing` is what an adapter reads, all text as found. `normalize` turns it into a `Location` with its
`Availability`; `collect` gathers those of one visit into a `Report`; `snapshot` turns what is stored into `Place`s.
Times are aware `datetime`s everywhere but in a `Listing`. Everything here is immutable and hashable by value.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec


class Outcome(StrEnum):
    """What one visit to a source came to. Only `OK` and `EMPTY` change availability."""

    OK = "OK"
    EMPTY = "EMPTY"  # the page says that it lists nothing
    BUSY = "BUSY"  # waiting room, or asked to slow down
    BLOCKED = "BLOCKED"  # 403, captcha, robots.txt
    CHANGED = "CHANGED"  # not the page the adapter knows, or implausibly little on it
    DOWN = "DOWN"  # timeouts, 5xx


class Available(StrEnum):
    """UNIVAF's three answers."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


class LocationType(StrEnum):
    """UNIVAF's kinds of place."""

    PHARMACY = "PHARMACY"
    MASS_VAX = "MASS_VAX"
    CLINIC = "CLINIC"
    MOBILE_CLINIC = "MOBILE_CLINIC"


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the records: immutable, keyword-only, cheap to encode."""


# --- what goes to and comes from a booking system -------------------------------------------------------------------


class Request(Struct, frozen=True, kw_only=True):
    """One request as an adapter asks for it. `form` or `json` make it a POST; `tokens` are headers (`Fetch.carry`)."""

    url: str
    params: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    json: object = None
    tokens: tuple[tuple[str, str], ...] = ()

    @property
    def method(self) -> str:
        return "POST" if self.form or self.json is not None else "GET"


class Answer(Struct, frozen=True, kw_only=True):
    """One answer of a booking system: decoded `body`, header names in lower case, `fetched_at` when it was asked."""

    url: str  # after redirects
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime


# --- what an adapter reads off a row: text as found -----------------------------------------------------------------


class SlotListing(Struct, frozen=True, kw_only=True):
    """One bookable span as a source lists it.

    `start` and `end` are text: ISO 8601 with or without offset, `MM/DD/YYYY`, with or without a time; a naive time is
    in the location's zone. `hours` ("09:00 am - 05:00 pm") completes a `start` that is only a date.
    `count` is a number, its text, or None for "some". `available` None means: bookable when `count` is not 0.
    """

    start: str
    end: str = ""
    hours: str = ""
    count: int | str | None = None
    available: Available | None = None
    products: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()
    booking_url: str = ""
    restrictions: str = ""
    clock: Literal["offset", "local"] = "offset"  # "local": the written hour is right, its offset is not
    days_only: bool = False  # only the dates of start and end mean anything


class Listing(Struct, frozen=True, kw_only=True):
    """One row of a source, as found. Rows of one location (same `id`, or same name and address) are merged.

    `address` is either one line to be read from the right ("1 Main St, Anytown MA, 01999") or, with `city`, `state`
    or `postal_code` given apart, the street lines. `available` is for sources that only say yes or no, `count`
    (a number or its text) for those that say how many without saying when; with none of these and no `slots` the
    location is known to exist but nothing was said of its appointments. `products` and `doses` are what is offered
    there (alone they leave the answer UNKNOWN), for sources that do not say it of each slot.
    """

    name: str
    id: str = ""  # stable within the source; empty: name and address together identify the location
    address: str | tuple[str, ...] = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    county: str = ""
    position: tuple[float | str, float | str] | None = None  # latitude, longitude
    location_type: LocationType | None = None  # None: the source's
    info_phone: str = ""
    info_url: str = ""
    booking_phone: str = ""
    booking_url: str = ""
    description: str = ""
    restrictions: str = ""
    external_ids: tuple[tuple[str, str], ...] = ()  # (system, value)
    available: Available | None = None
    count: int | str | None = None
    products: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()
    slots: tuple[SlotListing, ...] = ()
    valid_at: str = ""  # the source's own "as of"


# --- clean values ---------------------------------------------------------------------------------------------------


class Position(Struct, frozen=True, kw_only=True):
    """WGS 84 degrees. `approximate`: the middle of the postal code, because the source gives no position."""

    latitude: float
    longitude: float
    approximate: bool = False


class Location(Struct, frozen=True, kw_only=True):
    """A place where a person is served, as one source describes it. `key` is stable within the source."""

    key: str
    name: str
    location_type: LocationType
    time_zone: str  # IANA name
    address_lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    county: str = ""
    position: Position | None = None
    info_phone: str = ""
    info_url: str = ""
    booking_phone: str = ""
    booking_url: str = ""
    description: str = ""
    restrictions: str = ""
    external_ids: tuple[tuple[str, str], ...] = ()


class Slot(Struct, frozen=True, kw_only=True):
    """A bookable span as the source last stated it.

    `all_day`: only the dates count; `start` is local midnight and `end` the midnight after the last day.
    `window`: clinic hours in which several people are served, so it is past at its end, not at its start.
    `count` None means "some, number not stated".
    """

    start: datetime
    end: datetime | None = None
    available: Available = Available.YES
    count: int | None = None
    products: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()
    booking_url: str = ""
    restrictions: str = ""
    all_day: bool = False
    window: bool = False


class Availability(Struct, frozen=True, kw_only=True):
    """What a source said of a location. `available` is its own statement, before the clock is applied (snapshot).

    `count`, `products` and `doses` are of the location as a whole, where the source does not say them of slots.
    """

    available: Available
    checked_at: datetime
    slots: tuple[Slot, ...] = ()
    count: int | None = None
    products: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()
    valid_at: datetime | None = None


class Problem(Struct, frozen=True, kw_only=True):
    """Something in a visit that a person should look at; `value` is cut to a line."""

    field: str
    value: str
    reason: str


class Reading(Struct, frozen=True, kw_only=True):
    """One location of one visit. `availability` None: listed, but the part of the answer about it did not come."""

    location: Location
    availability: Availability | None


class Report(Struct, frozen=True, kw_only=True):
    """The result of visiting one source once.

    `whole`: every page was read, so a location that is missing is gone. `trusted_empty`: the page itself says that it
    lists nothing. `only_available`: it lists only what has appointments, so a location that is missing has none.
    `next_after`: seconds the publisher asks us to wait (max-age, Retry-After), 0 where it does not say.
    """

    source: str
    outcome: Outcome
    started_at: datetime
    took: float  # seconds
    readings: tuple[Reading, ...] = ()
    message: str = ""
    whole: bool = False
    trusted_empty: bool = False
    only_available: bool = False
    problems: tuple[Problem, ...] = ()
    rows: int = 0
    unread: int = 0  # rows that could not be read
    requests: int = 0
    received: int = 0  # bytes, decoded
    next_after: float = 0.0


# --- what is known at one instant -----------------------------------------------------------------------------------


class Change(Struct, frozen=True, kw_only=True):
    """One entry of a place's history: from `at` on, the answer was this."""

    at: datetime
    available: Available
    count: int | None = None


class Current(Struct, frozen=True, kw_only=True):
    """Availability of a location at the snapshot's instant: past slots are NO, expired answers UNKNOWN.

    `checked_at` None: never looked at. `stale`: older than the region's `stale_after`; `expired`: than
    `expires_after`. `outcome` is that of the last visit to the source, good or not.
    """

    source: str
    source_title: str
    outcome: Outcome | None
    available: Available
    available_count: int | None = None
    slots: tuple[Slot, ...] = ()
    products: tuple[str, ...] = ()  # where the source does not say them of slots
    doses: tuple[str, ...] = ()
    checked_at: datetime | None = None
    valid_at: datetime | None = None
    changed_at: datetime | None = None
    stale: bool = False
    expired: bool = False


class Told(Struct, frozen=True, kw_only=True):
    """A place as one source tells of it."""

    provider: str
    location: Location
    current: Current


class Place(Struct, frozen=True, kw_only=True):
    """A real-world spot with its permanent `id`; `aliases` are ids that it had before its locations were merged.

    `told` is what each source says, the best described first; `location` and `current` are all of that as one.
    `gone_at`: since when no source lists it any more.
    """

    id: str
    provider: str
    location: Location
    current: Current
    told: tuple[Told, ...] = ()
    aliases: tuple[str, ...] = ()
    history: tuple[Change, ...] = ()  # newest first
    gone_at: datetime | None = None


class SourceState(Struct, frozen=True, kw_only=True):
    """One source as the status page shows it. `outcome` None: not visited yet."""

    name: str
    title: str
    provider: str
    url: str  # the door for a person
    outcome: Outcome | None = None
    message: str = ""
    attempted_at: datetime | None = None
    last_good_at: datetime | None = None
    next_visit_at: datetime | None = None
    took: float = 0.0
    locations: int = 0
    with_appointments: int = 0
    problems: tuple[Problem, ...] = ()


class HostTally(Struct, frozen=True, kw_only=True):
    """What we asked of one host on one day (UTC), for its operator to see."""

    host: str
    day: str  # YYYY-MM-DD
    requests: int = 0
    not_modified: int = 0
    failures: int = 0
    received: int = 0  # bytes, decoded


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything known at `generated_at`: the only input of everything published.

    `places` are those still listed, `gone` those of the last weeks that are not.
    """

    generated_at: datetime
    places: tuple[Place, ...] = ()
    gone: tuple[Place, ...] = ()
    sources: tuple[SourceState, ...] = ()
    hosts: tuple[HostTally, ...] = ()
