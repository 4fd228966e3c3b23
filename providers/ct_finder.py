"""Connecticut's vaccine finder: one list of every provider in the state, with YES or NO for appointments.

- Official: the state's own page reads it; no key.
- Fills in: places with address, position, products with their minimum age, whether there are appointments, when the
  entry last changed.
- Cannot fill in: times, counts, doses; mostly no phone.
"""

from aggregator.adapter import DataRow, JsonAdapter, Listing, read, stores


class CtFinder(JsonAdapter):
    name = "ct_finder"
    title = "Connecticut vaccine finder"
    whole_rows = True

    def listing(self, row: DataRow) -> Listing:
        position = (row["lat"], row["lng"])
        vaccines = row["providerVaccines"]
        ages = [f"{vaccine['name']} {vaccine['restrictions']}+" for vaccine in vaccines if vaccine["restrictions"]]
        return Listing(
            id=row["_id"],
            name=row["displayName"] or row["name"],
            **read.copied(row, address=("addressLine1", "addressLine2"), city="city", state="state", postal_code="zip"),
            position=position[::-1] if row["lat"] < 0 else position,  # 2 of the 401 places have them swapped
            location_type=stores.kind_of(read.plain(row["displayName"] or row["name"])),
            info_phone=row["phone"],
            booking_url=row["link"],
            description="Drive-through" if row["isDriveThru"] else "",
            restrictions=f"Ages: {', '.join(ages)}" if ages else "",
            external_ids=(("ct_finder", row["sourceSystemId"]),),
            available=read.answer(row["availability"]),
            products=tuple(vaccine["name"] for vaccine in vaccines),
            valid_at=row["lastModified"],
        )
