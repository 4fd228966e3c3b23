"""What an adapter reads off a row: text as found."""

from typing import Literal

from aggregator.model.enums import Available, LocationType, Struct


class SlotListing(Struct, frozen=True, kw_only=True):
    """One bookable span as a source lists it.

    `start` and `end` are text as found: ISO 8601, "12/3/2026 9:00 am", "martes 1 de diciembre, 14:30"; a time without
    an offset is in the location's zone, and `end` may be a time alone. `hours` ("9.00 a.m. - noon") completes a `start`
    that is only a date. Hours that cannot be read leave the day. `count` is a number, its text ("10+" is at least 10),
    or None for "some". `available` None means: bookable when `count` is not 0. `booking_url` is a link as found: on a
    web page it may be relative to the page, in data it has to name its host.
    `id` is the source's own number of this opening, if it has one: it tells two openings at one time apart.
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
    clock: Literal["offset", "local"] = "offset"  # "local": the written hour is right, its offset is not
    days_only: bool = False  # only the dates of start and end mean anything


class Listing(Struct, frozen=True, kw_only=True):
    """One row of a source, as found. Rows of one location (same `id`, or same name and address) are merged.

    `address` is either one line to be read from the right ("1 Main St, Anytown MA, 01999") or, with `city`, `state`
    or `postal_code` given apart, the street lines. `available` is for sources that only say yes or no, `count`
    (a number or its text) for those that say how many without saying when; with none of these and no `slots` the
    location is known to exist but nothing was said of its appointments. `products` and `doses` are what is offered
    there (alone they leave the answer UNKNOWN), for sources that do not say it of each slot.

    `no_if_empty`: this system says "no appointments" by listing no slots, so a place without slots is NO. Such a NO
    comes from something that is absent, so it counts only while the visit as a whole is plausible; where the page
    states a "no" in words or numbers, use `available` or `count` instead.
    `complete` False: a part of what the source says about this place was not read (a page, file, or joined record is
    missing). What was read may add appointments but never takes any away; see `aggregator.store.partial`.
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
    no_if_empty: bool = False
    complete: bool = True
    valid_at: str = ""  # the source's own "as of"
