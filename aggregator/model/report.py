"""Clean values: a location, its availability, and the report of one visit."""

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import Meta

from aggregator.model.enums import Available, LocationType, Outcome, Struct
from aggregator.model.listing import Attribution

# Limits that are checked when a record is read from the database.
AwareTime: TypeAlias = Annotated[datetime, Meta(tz=True)]
Latitude: TypeAlias = Annotated[float, Meta(ge=-90, le=90)]
Longitude: TypeAlias = Annotated[float, Meta(ge=-180, le=180)]


class Position(Struct, frozen=True, kw_only=True):
    """A position in WGS 84 degrees.

    `approximate`: it is the center of the postal code, because the source gives no position.
    """

    latitude: Latitude
    longitude: Longitude
    approximate: bool = False


class Location(Struct, frozen=True, kw_only=True):
    """A place where people are served, as one source describes it. `key` is stable within the source.

    `country`: the two-letter code of a place abroad; "" for one in the region's own country.
    """

    key: str
    name: str
    location_type: LocationType
    time_zone: str  # IANA name
    address_lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    county: str = ""
    country: str = ""
    position: Position | None = None
    info_phone: str = ""
    info_url: str = ""
    booking_phone: str = ""
    booking_url: str = ""
    description: str = ""
    restrictions: str = ""
    external_ids: tuple[tuple[str, str], ...] = ()


class Slot(Struct, frozen=True, kw_only=True):
    """A bookable time span as the source last stated it, with clean values.

    The same record is reported, stored as JSON, and put into a snapshot, so that a slot needs no form of its own there.
    It exists beside `SlotListing` because that one holds text which may not be readable.

    `all_day`: only the dates count; `start` is local midnight and `end` the midnight after the last day. `window`:
    clinic hours during which several people are served, so that it is past at its end rather than at its start. `count`
    None means "some; the number is not stated". `at_least`: `count` is a lower bound ("10+"). `first_of_many`: `count`
    is of all appointments from `start` on, and only the first one's time is known; once that is past, so is our
    knowledge of the others.
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
    first_of_many: bool = False


class Availability(Struct, frozen=True, kw_only=True):
    """What a source stated about one location in one visit, before the clock is applied.

    It exists beside `StoredAvailability` because it also has what must not count as a change of the answer: its times,
    and `by_absence`, which only the judgment of a visit needs. It exists beside `AvailabilityNow` because past slots
    and expired answers depend on when somebody looks.

    `count`, `products`, and `doses` describe the location as a whole, if the source does not state them per slot.
    `at_least`: `count` is a lower bound. `incomplete`: a part of what the source publishes about the location was not
    read, so there may be more appointments than these. `by_absence`: NO only because no slot is listed, not because the
    source states it. `valid_until`: until when the answer counts, if the source itself states `valid_at`; None if
    `valid_at` is the age of a cached answer.
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
    """Something in a visit that a person should look at. `value` is cut to one line."""

    field: str
    value: str
    reason: str


class Reading(Struct, frozen=True, kw_only=True):
    """One location in one visit. `availability` None: it is listed, but its availability was not read."""

    location: Location
    availability: Availability | None


class Report(Struct, frozen=True, kw_only=True):
    """The result of visiting one source once.

    `whole`: every page was read, so a location that is not listed is gone. `trusted_empty`: the page itself states that
    it lists nothing. `only_available`: the source lists only places with appointments, so one that is not listed has
    none. `next_after`: seconds until the next visit that the publisher asks for (max-age, Retry-After); 0 if it does
    not ask. `wait_minutes`: the waiting time that a waiting room states. `as_of`: the instant for which the oldest page
    of the visit is true; None if all were fresh. `changes_only`: the pages are changes, so the absence of a place means
    nothing. `gone`: keys of locations that the source states are no more. `kept`: what the source keeps for its next
    visit, as (key, text); an empty text removes the key. `attribution`: whom to name beside the data, as the pages
    state it; None if they don't. `unsaved`: why the report could not be saved, so that the
    database knows nothing of it; "" if it was saved.
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
    changes_only: bool = False
    gone: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    attribution: Attribution | None = None
    unsaved: str = ""
