"""PDHI ScreeningEvent (scrcxp.pdhi.com): the scheduler of Health Mart and Price Chopper pharmacies.

- Semi-official: the JSON of the chains' public search; no key.
- Not verified: written from published code; we have no recording of the system.
- Fills in: stores with something open, with address, phone, free times. Times are local, whatever letter follows
  them.
- Cannot fill in: product, dose, position, stores without openings. Since 12 May 2021 Health Mart lists no times
  although its stores are open.
"""

from aggregator.adapter import Available, DataRow, Listing, LocationType, SlotListing, SourceInfo, circles, read, stores

BOOKING_PAGES = {
    "Health Mart": "https://www.healthmartcovidvaccine.com/",
    "Price Chopper": "https://www.pricechopper.com/covidvaccine/",
}


class Pdhi(circles.CircleAdapter):
    name = "pdhi"
    title = "PDHI scheduler"
    local_ids = True
    location_type = LocationType.PHARMACY
    lists_only_available = True
    options = {"chain": tuple(BOOKING_PAGES), "zips": ()}  # zips: a list; each replaces {zip} in the URL

    def around(self, source: SourceInfo) -> dict[str, circles.Question]:
        zips = source.options.get("zips") or ("",)
        return {middle: circles.Question(source.url.replace("{zip}", middle)) for middle in zips}

    def listing(self, row: DataRow) -> Listing:
        name, times, chain = read.plain(row.get("name")), row["visibleTimeSlots"], row.source.options["chain"]
        key = ", ".join((row["address1"], row["city"])).upper()
        chopper = chain == "Price Chopper"
        number = stores.store_number(name, r"chopper|market ?32|market bistro") if chopper else ""
        slots = tuple(SlotListing(start=one["time"], clock="local", count=1) for one in times or ())
        return Listing(
            **read.copied(row, address=("address1",), city="city", postal_code="zipCode"),
            **read.given(row, state="state", booking_phone="telephoneNumber"),
            name=name or chain,
            id=key,
            booking_url=BOOKING_PAGES[chain],
            external_ids=(("price_chopper", number),) if number else (),
            available=Available.YES if chain == "Health Mart" and not slots else None,
            no_if_empty=chopper,
            complete=chain == "Health Mart" or times is not None,
            slots=slots,
        )
