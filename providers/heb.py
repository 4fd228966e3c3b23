"""H-E-B: the JSON file of all its pharmacies behind the chain's COVID-19 booking page.

Unofficial: on the chain's own CDN, no key; a store that drops out is closed. Fills in: stores and off-site clinics,
whether one can book a COVID-19 vaccine, which ones. Cannot: dates, phones, flu, counts (partly the same as for flu).
"""

from typing import Any

from aggregator.adapter import Available, JsonAdapter, Listing, LocationType, Page, SourceInfo, vaccine_line


class Heb(JsonAdapter):
    name = "heb"
    title = "H-E-B"
    rows = "locations"
    location_type = LocationType.PHARMACY
    lists_only_available = True

    def says_empty(self, page: Page) -> bool:
        return False  # it lists every store, open or not: a chain without stores is a broken file

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing:
        number, position = row["storeNumber"], (row["latitude"], row["longitude"])
        covid = _covid(row)
        return Listing(
            id="" if number is None else str(number),
            name=row["name"],
            address=(row["street"],),
            city=row["city"],
            state=row["state"] or "TX",
            postal_code=row["zip"],
            position=None if None in position else position,
            location_type=LocationType.CLINIC if row["type"] == "offsite" else None,
            booking_url=row["url"] or "https://vaccine.heb.com/scheduler",
            description=vaccine_line(covid),
            external_ids=() if number is None else (("heb", str(number)),),
            available=Available.YES if covid else Available.NO,
        )


def _covid(row: Any) -> list[str]:
    """COVID-19 vaccines with open appointments, "" for one that is not named; since September 2022 two lists say it."""
    if not int(row["openAppointmentSlots"]):
        return []
    makers = [slot["manufacturer"].lower() for slot in row["slotDetails"] if int(slot["openAppointmentSlots"])]
    kinds = row.get("availableImmunizations")
    if kinds is None:
        return ["" if maker == "multiple" else maker for maker in makers if maker != "other"]
    covid = [kind.removeprefix("COVID-19 ") for kind in kinds if kind.startswith("COVID-19 ")]
    return [kind for kind in covid if "multiple" in makers or any(maker in kind.lower() for maker in makers)]
