"""Harbor Drug: the JSON behind a pharmacy chain's store finder. A simulated chain: it exists in `aggregator/demo` only.

Official: the chain's own document, no key. Fills in: stores with address, position and phone, every free time with its
product, when the chain drew it up. Cannot: doses, and how many people one time is for (it lists a time until it is
taken). A store without openings is a store without appointments.
"""

from aggregator.adapter import DataRow, JsonAdapter, Listing, LocationType, SlotListing, read


class HarborDrug(JsonAdapter):
    name = "harbor_drug"
    title = "Harbor Drug"
    rows = "stores"
    location_type = LocationType.PHARMACY
    whole_rows = True

    def listing(self, row: DataRow) -> Listing:
        number = row["storeNumber"]
        book = row.page.join(f"/book?store={number}")
        slots = tuple(
            SlotListing(start=f"{day['date']}T{time}", count=1, products=(day["vaccine"],), booking_url=book)
            for day in row["openings"]
            for time in day["times"]
        )
        return Listing(
            **read.copied(row, address=("street",), city="town", postal_code="zip", info_phone="phone"),
            name=f"Harbor Drug #{number}",
            id=number,
            position=(row["lat"], row["lng"]),
            booking_url=book,
            external_ids=((self.name, number),),
            no_if_empty=True,
            slots=slots,
            valid_at=row.page.json["asOf"],
        )
