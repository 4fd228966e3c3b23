"""Keeps links for people out of our guest session: a page behind the first one shows them an error, or our choices."""

from collections.abc import Collection
from urllib.parse import urldefrag

from msgspec.structs import replace

from aggregator.adapter import Page
from aggregator.clean import clean
from aggregator.errors import excerpt
from aggregator.model import Listing, Problem
from aggregator.redact import shown_url

_REASON = "leads into our guest session, so we don't link to it; link to the page where people start"
_LENGTH = 200


def outside_session(listing: Listing, page: Page, steps: Collection[str]) -> tuple[Listing, list[Problem]]:
    """The listing without links to `steps`, the pages of the session behind its first; and a problem for each."""
    found: list[Problem] = []

    def kept(link: str) -> str:
        if not link or urldefrag(page.join(link)).url not in steps:
            return link
        found.append(Problem(field="booking_url", value=excerpt(shown_url(link)), reason=clean(_REASON, _LENGTH)))
        return ""

    slots = tuple(replace(slot, booking_url=kept(slot.booking_url)) for slot in listing.slots)
    return replace(listing, booking_url=kept(listing.booking_url), info_url=kept(listing.info_url), slots=slots), found
