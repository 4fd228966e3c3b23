"""Connecticut's vaccine finder: one list of every provider of the state, with a yes or no to appointments.

Official: the state's own page reads it, no key. Fills in: places with address, position, products with their minimum
age, whether there are appointments, since when the entry is as it is. Cannot: times, counts, doses, mostly no phone.
"""

from typing import Any

from aggregator.adapter import Available, JsonAdapter, Listing, Page, SourceInfo, vaccine_line

ANSWERS = {True: Available.YES, False: Available.NO}


class CtFinder(JsonAdapter):
    name = "ct_finder"
    title = "Connecticut vaccine finder"

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing:
        position = (row["lat"], row["lng"])
        vaccines = row["providerVaccines"]
        ages = [f"{vaccine['name']} {vaccine['restrictions']}+" for vaccine in vaccines if vaccine["restrictions"]]
        notes = [vaccine_line(vaccine["name"] for vaccine in vaccines), "Drive-through" if row["isDriveThru"] else ""]
        return Listing(
            id=row["_id"],
            name=row["displayName"] or row["name"],
            address=(row["addressLine1"], row["addressLine2"]),
            city=row["city"],
            state=row["state"],
            postal_code=row["zip"],
            position=position[::-1] if row["lat"] < 0 else position,  # two of 401 have them swapped
            info_phone=row["phone"],
            booking_url=row["link"],
            description="\n".join(filter(None, notes)),
            restrictions=f"Ages: {', '.join(ages)}" if ages else "",
            external_ids=(("ct_finder", str(row["sourceSystemId"])),),
            available=ANSWERS.get(row["availability"], Available.UNKNOWN),
            valid_at=row["lastModified"],
        )
