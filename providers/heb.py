"""H-E-B: the JSON file of all its pharmacies behind the chain's booking page for vaccines.

- Unofficial: on the chain's own CDN; no key.
- Fills in: stores and off-site clinics, whether they can be booked, which vaccines, how many appointments if all are
  against one disease.
- Cannot fill in: dates, phones.
- A store that drops out of the file is closed.
"""

from aggregator.adapter import Available, DataRow, JsonAdapter, Listing, LocationType, read

COVID = "COVID-19 "  # prefix of the names of its vaccines


class Heb(JsonAdapter):
    name = "heb"
    title = "H-E-B"
    whole_rows = True
    rows = "locations"
    location_type = LocationType.PHARMACY
    lists_only_available = True
    may_be_empty = False  # it lists every store, open or not, so an empty file is broken

    def listing(self, row: DataRow) -> Listing:
        main, flu = int(row["openAppointmentSlots"]), int(row.get("openFluAppointmentSlots") or 0)
        free = [(slot["manufacturer"].lower(), int(slot["openAppointmentSlots"])) for slot in row["slotDetails"]]
        makers, kinds = [maker for maker, count in free if count], row.get("availableImmunizations")
        offered = (
            [name for name in _offered(makers, flu, kinds) if main or not name.startswith(COVID)] if main + flu else []
        )
        # If the numbers and the two lists disagree, the store is UNKNOWN.
        consistent = bool(makers or not free) and bool(offered or not kinds) if main + flu else not (makers or kinds)
        one_disease = len({name.startswith(COVID) for name in offered}) == 1
        return Listing(
            **read.copied(row, id="storeNumber", name="name", address=("street",), city="city", postal_code="zip"),
            state=row["state"] or "TX",
            position=read.point(row, "latitude", "longitude"),
            location_type=LocationType.CLINIC if row["type"] == "offsite" else None,
            booking_url=read.first_link(row["url"], "https://vaccine.heb.com/scheduler"),
            available=(Available.YES if main + flu else Available.NO) if consistent else Available.UNKNOWN,
            count=main + flu if consistent and one_disease else None,
            products=tuple(name.removeprefix(COVID) for name in offered),
        )


def _offered(makers: list[str], flu: int, kinds: list[str] | None) -> list[str]:
    """The vaccines with open appointments: from the makers and, since September 2022, a second list."""
    if kinds is None:
        names = {"multiple": COVID, "other": "Other vaccine"}
        return [names.get(maker, COVID + maker) for maker in makers] + ["Flu"] * bool(flu)
    for_flu = flu or "other" in makers
    named = {kind: any(maker in kind.lower() for maker in makers) for kind in kinds}
    return [kind for kind in kinds if "multiple" in makers or (named[kind] if kind.startswith(COVID) else for_flu)]
