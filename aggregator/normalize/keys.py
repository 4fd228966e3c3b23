"""Takes the keys of a source's address out of what its visit found: adapters link to that address, hosts repeat it."""

from collections.abc import Iterable

from msgspec.structs import replace

from aggregator.model import Listing, Problem
from aggregator.redact import shown_url, without


def without_keys(listing: Listing, keys: Iterable[str]) -> Listing:
    """The listing, with every link that has one of `keys` in it cut to host and path."""

    def safe(url: str) -> str:
        return shown_url(url) if isinstance(url, str) and any(key in url for key in keys) else url

    return replace(
        listing,
        info_url=safe(listing.info_url),
        booking_url=safe(listing.booking_url),
        slots=tuple(replace(slot, booking_url=safe(slot.booking_url)) for slot in listing.slots),
    )


def hide_keys(problems: tuple[Problem, ...], keys: Iterable[str]) -> tuple[Problem, ...]:
    """The problems, with each of `keys` hidden."""
    hidden = tuple(keys)
    if not hidden:
        return problems
    return tuple(replace(one, value=without(hidden, one.value), reason=without(hidden, one.reason)) for one in problems)
