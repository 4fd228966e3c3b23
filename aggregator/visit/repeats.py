"""Dedupes openings that a visit reads twice: pages that shift, search circles that overlap, a page served twice.

Only a different page can repeat an opening; two equal rows on one page are two appointments. If several resources of a
place have their own pages (two nurses, each with a calendar), `SlotListing.id` tells their openings apart.
"""

from collections.abc import Hashable, Iterator

from msgspec.structs import replace

from aggregator.model import Listing, SlotListing


class Repeats:
    """The openings of the earlier pages of one visit. Call `next_page` before the rows of each page."""

    def __init__(self) -> None:
        self._earlier: set[Hashable] = set()
        self._page: list[Listing] = []

    def next_page(self) -> None:
        """Begins a page. The rows of the last page are indexed only now, so that a visit of one page costs nothing."""
        for listing in self._page:
            self._earlier.update(_keys(listing))
        self._page = []

    def without(self, listing: Listing) -> Listing | None:
        """The listing without slots that earlier pages had; None if earlier pages had all of it."""
        self._page.append(listing)
        if not self._earlier:
            return listing
        place = _place(listing)
        if not listing.slots:
            return None if (place, _offer(listing)) in self._earlier else listing
        slots = tuple(slot for slot in listing.slots if (place, _opening(slot)) not in self._earlier)
        if len(slots) == len(listing.slots):
            return listing
        return replace(listing, slots=slots) if slots else None


def _keys(listing: Listing) -> Iterator[Hashable]:
    place = _place(listing)
    if not listing.slots:
        yield place, _offer(listing)
    for slot in listing.slots:
        yield place, _opening(slot)


def _place(listing: Listing) -> Hashable:
    return listing.id or (listing.name, listing.address, listing.city, listing.postal_code)


def _offer(listing: Listing) -> Listing:
    """The row without the fields that may have changed since an earlier page."""
    return replace(listing, available=None, count=None, valid_at="")


def _opening(slot: SlotListing) -> SlotListing:
    return replace(slot, available=None, count=None)
