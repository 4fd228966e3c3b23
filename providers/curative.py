"""Curative (curative.com): the booking system of three mass-vaccination sites.

- Semi-official: the JSON of the public booking page; no agreement, no key.
- Not verified: written from published code; we have no recording of the system.
- Fills in: sites with address, windows with the places that the public may book, "by invitation".
- Cannot fill in: doses.
- During the weekly release the site's own page is behind a waiting room, but this interface still answers.
"""

from aggregator.adapter import (
    Available,
    Fetch,
    Listing,
    LocationType,
    PageAdapter,
    Pages,
    Row,
    SlotListing,
    SourceInfo,
    read,
)

OPEN = {"Active": True, "Disabled": False}


class Curative(PageAdapter):
    name = "curative"
    title = "Curative"
    location_type = LocationType.MASS_VAX
    whole_rows = True
    options = {"sites": (), "by_invitation": ()}  # site numbers; a site's page for invited people has its own

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        for site in (*source.options.get("sites", ()), *source.options.get("by_invitation", ())):
            if page := await fetch.try_fetch(f"{source.url}/{site}"):
                yield page.with_context(site)

    def listing(self, row: Row) -> Listing:
        site, number = row.page.json, row.context
        closed = read.flag(site, "invitation_required_for_public_booking")
        invited = closed or number in row.source.options.get("by_invitation", ())
        products = tuple(service.replace("_", " ") for service in site["services"] if "vaccin" in service)
        slots = tuple(
            SlotListing(start=window["start_time"], clock="local", count=window["public_slots_available"],
                        available=Available.NO if closed or not read.meaning(window, "status", OPEN) else None,
                        products=products)
            for window in site["appointment_windows"]
        )  # fmt: skip
        return Listing(
            **read.copied(site, name="name", city="city", state="state", postal_code="postal_code"),
            id=number,
            address=(site["street_address_1"], site.get("street_address_2") or ""),
            booking_url=f"https://curative.com/sites/{number}",
            restrictions="By invitation only" if invited else "",
            no_if_empty=True,
            slots=slots,
        )
