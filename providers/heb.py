"""H-E-B: the JSON file of all its pharmacies behind the chain's COVID-19 booking page.

Unofficial: on the chain's own CDN, no key; a store that drops out is closed. Fills in: stores and off-site clinics,
whether one can book a COVID-19 vaccine, which ones, how many where none may be for flu. Cannot: dates, phones, flu.
"""

from typing import Any

from aggregator.adapter import Available, JsonAdapter, Listing, LocationType, Page, SourceInfo, read


class Heb(JsonAdapter):
    name = "heb"
    title = "H-E-B"
    rows = "locations"
    location_type = LocationType.PHARMACY
    lists_only_available = True

    def says_empty(self, page: Page) -> bool:
        return False  # it lists every store, open or not: a chain without stores is a broken file

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing:
        number = row["storeNumber"]
        free = [(slot["manufacturer"].lower(), int(slot["openAppointmentSlots"])) for slot in row["slotDetails"]]
        makers = [maker for maker, count in free if count] if int(row["openAppointmentSlots"]) else []
        covid = _covid(makers, row.get("availableImmunizations"))
        counted = covid and not {"multiple", "other"} & set(makers)  # which may be for flu
        return Listing(
            id=number,
            **read.copied(row, name="name", address=("street",), city="city", postal_code="zip"),
            state=row["state"] or "TX",
            position=read.point(row, "latitude", "longitude"),
            location_type=LocationType.CLINIC if row["type"] == "offsite" else None,
            booking_url=read.first_link(row["url"], "https://vaccine.heb.com/scheduler"),
            available=Available.YES if covid else Available.NO,
            count=sum(count for _, count in free) if counted else None,
            products=tuple(filter(None, covid)),
        )


def _covid(makers: list[str], kinds: list[str] | None) -> list[str]:
    """COVID-19 vaccines with open appointments, "" for one that is not named; since September 2022 two lists say it."""
    if kinds is None:
        return ["" if maker == "multiple" else maker for maker in makers if maker != "other"]
    covid = [kind.removeprefix("COVID-19 ") for kind in kinds if kind.startswith("COVID-19 ")]
    return [kind for kind in covid if "multiple" in makers or any(maker in kind.lower() for maker in makers)]
