"""The place of a listing: name, address, position, time zone, and the key it is known by within its source."""

import math
from collections.abc import Iterable

from aggregator.errors import RecordError
from aggregator.model import Listing, Location, LocationType, Position, Problem, Struct
from aggregator.normalize.address import Address
from aggregator.normalize.country import Country, rules_of
from aggregator.normalize.links import safe_url
from aggregator.normalize.memory import remembered
from aggregator.normalize.postal import Postal, plain_county
from aggregator.normalize.problem import problem
from aggregator.normalize.text import RESTRICTIONS_LENGTH, clean, clean_lines, folded, title_case

NAME_LENGTH = 200
ID_LENGTH = 200
COUNTY_LENGTH = 80
DESCRIPTION_LENGTH = 2000
MAX_IDS = 50
NEAR = 5.0  # degrees between a position and its ZIP's middle from which on one of them is wrong

_PLACEHOLDERS = frozenset({"", "null", "nil", "none", "n/a", "undefined"})


class Context(Struct, frozen=True, kw_only=True):
    """What a source says of all its listings. `base_url` completes relative links; `state` may be empty."""

    source: str
    base_url: str
    time_zone: str  # IANA name; of locations whose ZIP is not known
    state: str  # of addresses that name none
    location_type: LocationType
    country: str = "US"


@remembered
def read_location(listing: Listing, context: Context) -> tuple[Location, tuple[Problem, ...]]:
    """The location, with what was dropped because it could not be right; RecordError where there is no name.

    Of `listing` only what says where and what the place is counts: leave its slots out, so that a place whose
    appointments change is not read anew.
    """
    country = rules_of(context.country)
    name = country.title_case(clean(listing.name, NAME_LENGTH))
    if not name:
        raise RecordError("name", listing.name, "is empty; a location cannot be shown without one")
    problems: list[Problem] = []
    address = _address(listing, context.state, country, name)
    postal = country.lookup(address.postal_code)
    location = Location(
        key=_key(listing, name, address),
        name=name,
        location_type=listing.location_type or context.location_type,
        time_zone=country.time_zone(address.postal_code) or context.time_zone,
        address_lines=address.lines,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        county=_county(listing.county, postal),
        position=_position(listing.position, postal, problems),
        info_phone=country.phone(listing.info_phone),
        info_url=_link("info_url", listing.info_url, context, problems),
        booking_phone=country.phone(listing.booking_phone),
        booking_url=_link("booking_url", listing.booking_url, context, problems),
        description=clean_lines(listing.description, DESCRIPTION_LENGTH),
        restrictions=clean_lines(listing.restrictions, RESTRICTIONS_LENGTH),
        external_ids=_external_ids(listing.external_ids),
    )
    return location, tuple(problems)


def _address(listing: Listing, state: str, country: Country, name: str) -> Address:
    """The address without a line that is only the venue's name again."""
    given = listing.address
    if isinstance(given, str) and not (listing.city or listing.state or listing.postal_code):
        found = country.read_line(given, state)
    else:
        lines = (given,) if isinstance(given, str) else given
        found = country.read_parts(lines, listing.city, listing.state, listing.postal_code, state)
    lines = tuple(line for line in found.lines if folded(line) != folded(name))
    return Address(lines=lines, city=found.city, state=found.state, postal_code=found.postal_code)


def _key(listing: Listing, name: str, address: Address) -> str:
    if given := clean(listing.id, ID_LENGTH):
        return f"id:{given}"
    return f"at:{folded(name)}|{folded(' '.join(address.lines))}|{address.postal_code}"


def _county(text: str, postal: Postal | None) -> str:
    return plain_county(title_case(clean(text, COUNTY_LENGTH))) or (postal.county if postal else "")


def _position(
    given: tuple[float | str, float | str] | None, postal: Postal | None, problems: list[Problem]
) -> Position | None:
    """The position given if it can be one, else the middle of the ZIP."""
    if given is not None:
        reason, found = _checked(given, postal)
        if found:
            return found
        problems.append(problem("position", given, reason))
    return Position(latitude=postal.latitude, longitude=postal.longitude, approximate=True) if postal else None


def _checked(given: tuple[float | str, float | str], postal: Postal | None) -> tuple[str, Position | None]:
    try:
        latitude, longitude = (float(value if isinstance(value, float | int) else value[:40]) for value in given)
    except (TypeError, ValueError, OverflowError):
        return "is not a latitude and a longitude", None
    # Nobody books south of 60° S; a longitude of the United States in the place of the latitude lands there.
    if not (-60 <= latitude <= 90 and -180 <= longitude <= 180) or math.hypot(latitude, longitude) < 0.01:
        return "is not a place where people live", None
    if postal and max(abs(latitude - postal.latitude), abs(longitude - postal.longitude)) > NEAR:
        return f"is far from ZIP {postal.code}", None
    return "", Position(latitude=latitude, longitude=longitude)


def _link(field: str, href: str, context: Context, problems: list[Problem]) -> str:
    url = safe_url(href, context.base_url)
    if href and not url:
        problems.append(problem(field, href, "is not a link that can be shown"))
    return url


def _external_ids(given: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Systems and values, each pair once, without what publishers write where they have none."""
    pairs = ((clean(system, ID_LENGTH), clean(value, ID_LENGTH)) for system, value in given)
    kept = (pair for pair in pairs if pair[0] and not _is_placeholder(pair[1]))
    return tuple(dict.fromkeys(kept))[:MAX_IDS]


def _is_placeholder(value: str) -> bool:
    return value.casefold() in _PLACEHOLDERS or "unknown" in value.casefold()
