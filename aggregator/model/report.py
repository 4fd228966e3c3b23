"""Clean values: a location, what was said of it, and the report of one visit."""

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import Meta

from aggregator.model.enums import Available, LocationType, Outcome, Struct

# What a record that is read from the database has to keep to.
AwareTime: TypeAlias = Annotated[datetime, Meta(tz=True)]
Latitude: TypeAlias = Annotated[float, Meta(ge=-90, le=90)]
Longitude: TypeAlias = Annotated[float, Meta(ge=-180, le=180)]


class Position(Struct, frozen=True, kw_only=True):
    """WGS 84 degrees. `approximate`: the middle of the postal code, because the source gives no position."""

    latitude: Latitude
    longitude: Longitude
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
    `count` None means "some, number not stated". `at_least`: `count` is a lower bound ("10+").
    """

    start: AwareTime
    end: AwareTime | None = None
    available: Available = Available.YES
    count: int | None = None
    at_least: bool = False
    products: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()
    booking_url: str = ""
    restrictions: str = ""
    all_day: bool = False
    window: bool = False


class Availability(Struct, frozen=True, kw_only=True):
    """What a source said of a location. `available` is its own statement, before the clock is applied (snapshot).

    `count`, `products` and `doses` are of the location as a whole, where the source does not say them of slots.
    `at_least`: `count` is a lower bound. `incomplete`: part of what the source says about the location was not read, so
    there may be more appointments than these. `by_absence`: NO only because no slot is listed, not stated as such.
    `valid_until`: until when it counts, if the source itself states `valid_at`; None where a cache's age gives that.
    """

    available: Available
    checked_at: datetime
    slots: tuple[Slot, ...] = ()
    count: int | None = None
    at_least: bool = False
    products: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()
    valid_at: datetime | None = None
    valid_until: datetime | None = None
    incomplete: bool = False
    by_absence: bool = False


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
    `wait_minutes`: how long a waiting room says that people wait, where it does. `as_of`: the instant that the oldest
    page of the visit is true for, None if all were fresh. `unsaved`: why the report could not be saved, so that nothing
    it says is known to the database; "" if it was saved.
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
    wait_minutes: int | None = None
    as_of: datetime | None = None
    unsaved: str = ""
