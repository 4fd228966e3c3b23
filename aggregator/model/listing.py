"""What an adapter reads from one row: text as found.

These records exist beside `Location`, `Slot`, and `Availability` because an adapter must not clean anything: how a ZIP,
a date, or a count is read is decided in one place, `clean`, for all adapters.
"""

from typing import Literal

from aggregator.model.enums import Available, LocationType, Struct


class Attribution(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to name beside the data of a source, as its license demands.

    `license`: a URL or a name. `url`: the page of the publisher or of the data.
    """

    publisher: str = ""
    license: str = ""
    url: str = ""


class SlotListing(Struct, frozen=True, kw_only=True):
    """One bookable time span as a source lists it; `clean` turns it into a `Slot`.

    `start` and `end` are text as found: ISO 8601, "12/3/2026 9:00 am", "martes 1 de diciembre, 14:30". A time without
    an offset is in the location's time zone, and `end` may be a time alone. `hours` ("9.00 a.m. - noon") completes a
    `start` that is only a date; if the hours cannot be read, the slot is the whole day. `count` is a number, its text
    ("10+" means at least 10), or None for "some". `available` None means: bookable unless `count` is 0. `booking_url`
    is a link as found: on a web page it may be relative to the page; in data it has to name its host. `id` is the
    source's own id of this opening, if it has one; it tells apart two openings at the same time.

    `first_of_many`: the source states when the first appointment is and how many there are in all ("1222 available,
    the first on 08/24/2021 10:20 AM"). `count` is then of all appointments from `start` on, never of that time alone.
    For a count over several days ("518 places from Tuesday to Thursday"), give the days as `start` and `end` with
    `days_only`.
    """

    start: str
    id: str = ""
    end: str = ""
    hours: str = ""
    count: int | str | None = None
    available: Available | None = None
    products: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()
    booking_url: str = ""
    restrictions: str = ""
    clock: Literal["offset", "local"] = "offset"  # "local": the hour is right as written, its offset is wrong
    days_only: bool = False  # only the dates of `start` and `end` count
    first_of_many: bool = False  # `count` is of all appointments from `start` on


class Listing(Struct, frozen=True, kw_only=True):
    """One row of a source, as found. Rows with the same `id` (or the same name and address) are merged.

    `address` is either one line that is read from the right ("1 Main St, Anytown MA, 01999") or, if `city`, `state`, or
    `postal_code` is given as well, the street lines. `available` is for sources that state only yes or no, `count` (a
    number or its text) for those that state how many but not when. With neither of them and no `slots`, the location is
    known to exist, and nothing is known about its appointments. `products` and `doses` are those offered at the
    location, for sources that do not state them per slot; on their own they leave the answer UNKNOWN.

    `time_zone` is the place's own IANA name ("Pacific/Guam"), if the source states it; its times without an offset are
    in that zone. If the name is unknown, they are not read at all, because a guess would be hours off. `country` is the
    two-letter code that the source states; addresses abroad pass through unchanged.

    `no_if_empty`: this system shows "no appointments" by listing no slots, so a place without slots is NO. Such a NO
    counts only while the visit as a whole is plausible, because something missing is weaker than a statement. If the
    page states a "no" in words or numbers, use `available` or `count` instead.
    `complete` False: a part of what the source publishes about this place was not read (a page, file, or joined record
    is missing). What was read may add appointments but never takes any away; see `aggregator.store.partial`.
    `gone`: the source states that this place is no more, for example with a "deleted" in a feed of changes. That counts
    even in a partial visit.
    """

    name: str
    id: str = ""  # stable within the source; empty: name and address together identify the location
    address: str | tuple[str, ...] = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    county: str = ""
    country: str = ""  # "": the region's
    time_zone: str = ""  # "": that of the postal code, otherwise the source's
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
    no_if_empty: bool = False
    complete: bool = True
    gone: bool = False
    valid_at: str = ""  # the source's own "as of" time
