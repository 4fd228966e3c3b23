"""Reads a listing's location: name, address, position, time zone, and its key within the source."""

import re
from datetime import date

from msgspec.structs import replace

from aggregator.clean.address import Address
from aggregator.clean.cache import memoized
from aggregator.clean.country import Country, rules_of
from aggregator.clean.dates import Calendar
from aggregator.clean.external_ids import external_ids
from aggregator.clean.links import link_problem, safe_url
from aggregator.clean.phone import TEXT_READ, phone
from aggregator.clean.place_zone import has_unknown_zone, own_zone, unknown_zone
from aggregator.clean.position import read_position
from aggregator.clean.postal import Postal, plain_county
from aggregator.clean.problem import problem
from aggregator.clean.text import RESTRICTIONS_LENGTH, clean, clean_lines, folded, title_case
from aggregator.errors import RecordError
from aggregator.model import Listing, Location, LocationType, Problem, Struct

NAME_LENGTH = 200
ID_LENGTH = 200
COUNTY_LENGTH = 80
DESCRIPTION_LENGTH = 2000
WITHOUT_ID = "at:"  # prefix of the key of a location without an id in its source

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_SOME_NUMBER = re.compile(r"[1-9]")  # A placeholder ("000-000-0000", "N/A") is not worth reporting.


class Context(Struct, frozen=True, kw_only=True):
    """What is known about all listings of a source; `state` may be empty.

    `base_url` completes links without a host: the URL of a web page, or "" for data, where nothing is relative.
    `visited`, the day on which the page was fetched, determines the year of dates that state none; None rejects them.
    """

    source: str
    base_url: str
    time_zone: str  # IANA name, for locations that state none and whose ZIP is unknown
    state: str  # for addresses that state none
    location_type: LocationType
    country: str = "US"
    visited: date | None = None

    @property
    def calendar(self) -> Calendar:
        return Calendar(visited=self.visited, day_first=rules_of(self.country).day_first)


@memoized
def read_location(listing: Listing, context: Context) -> tuple[Location, tuple[Problem, ...]]:
    """The location, and a problem for each part dropped as impossible; RecordError if there is no name.

    Pass a listing without its slots, so that a place whose appointments change is served from the cache.
    """
    problems: list[Problem] = []
    abroad = _abroad(listing, context, problems)
    code = abroad or context.country
    country = rules_of(code)
    name = country.title_case(clean(listing.name, NAME_LENGTH))
    if not name:
        raise RecordError("name", listing.name, "is empty; a location cannot be shown without one")
    address = _address(listing, "" if abroad else context.state, country, name)
    postal = country.lookup(address.postal_code)
    if address.refused:
        problems.append(problem("postal_code", address.refused, "is not a valid ZIP code for this town or state"))
    if has_unknown_zone(listing):
        problems.append(unknown_zone(listing))
    location = Location(
        key=_key(listing, name, address),
        name=name,
        location_type=listing.location_type or context.location_type,
        time_zone=own_zone(listing) or country.time_zone(address.postal_code) or context.time_zone,
        address_lines=address.lines,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        county=_county(listing.county, postal),
        country=abroad,
        position=read_position(listing.position, postal, address.state, country.box(address.state), problems),
        info_phone=_phone("info_phone", listing.info_phone, code, problems),
        info_url=_link("info_url", listing.info_url, context, problems),
        booking_phone=_phone("booking_phone", listing.booking_phone, code, problems),
        booking_url=_link("booking_url", listing.booking_url, context, problems),
        description=clean_lines(listing.description, DESCRIPTION_LENGTH),
        restrictions=clean_lines(listing.restrictions, RESTRICTIONS_LENGTH),
        external_ids=external_ids(listing.external_ids),
    )
    return location, tuple(problems)


def _abroad(listing: Listing, context: Context, problems: list[Problem]) -> str:
    """The country of a place outside the source's country; "" for all others."""
    code = listing.country.strip().upper()
    if code and not _COUNTRY.fullmatch(code):
        problems.append(
            problem("country", listing.country, "is not a two-letter country code, so the region's applies")
        )
        return ""
    return "" if code == context.country else code


def _address(listing: Listing, state: str, country: Country, name: str) -> Address:
    """The address, without a line that only repeats the venue's name."""
    given = listing.address
    if isinstance(given, str) and not (listing.city or listing.state or listing.postal_code):
        found = country.read_line(given, state)
    else:
        lines = (given,) if isinstance(given, str) else given
        found = country.read_parts(lines, listing.city, listing.state, listing.postal_code, state)
    return replace(found, lines=tuple(line for line in found.lines if folded(line) != folded(name)))


def _key(listing: Listing, name: str, address: Address) -> str:
    if given := clean(listing.id, ID_LENGTH):
        return f"id:{given}"
    return f"{WITHOUT_ID}{folded(name)}|{folded(' '.join(address.lines))}|{address.postal_code}"


def _county(text: str, postal: Postal | None) -> str:
    return plain_county(title_case(clean(text, COUNTY_LENGTH))) or (postal.county if postal else "")


def _phone(field: str, text: str, country: str, problems: list[Problem]) -> str:
    number = phone(text, country)
    if not number and _SOME_NUMBER.search(text[:TEXT_READ]):
        problems.append(problem(field, text, "is not a valid telephone number"))
    return number


def _link(field: str, href: str, context: Context, problems: list[Problem]) -> str:
    url = safe_url(href, context.base_url)
    problems += link_problem(field, href, url)
    return url
