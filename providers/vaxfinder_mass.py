"""VaxFinder: the list of vaccination places behind vaxfinder.mass.gov, a CSV of the Commonwealth of Massachusetts.

Official: published by the state, no key. A register without any appointments, so every place stays UNKNOWN. Fills in:
name, address, position, phone, the door where a person books, products, free-text terms. Cannot: say whether anything
is open, or when it was last true. Column names changed on 5 August 2021; a file without those we need is refused.
"""

from collections.abc import Iterable

from aggregator.adapter import CsvAdapter, DataRow, Listing, Page, read, stores

NEEDED = {"location_name", "full_address", "serves", "vaccines_available"}
DOORS = ("url", "find_an_appointment")
EVERYBODY = "All eligible people statewide"


class VaxfinderMass(CsvAdapter):
    name = "vaxfinder_mass"
    title = "VaxFinder (mass.gov)"
    only_places = whole_rows = True
    may_be_empty = False  # the state always has places

    def rows_of(self, page: Page) -> Iterable[dict[str, str]]:
        for line in page.csv:
            # apostrophes were lost in older files, at the source
            row = {name.lower().replace(" ", "_"): value.replace("\ufffd", "'").strip() for name, value in line.items()}
            missing = NEEDED - row.keys()
            if missing or not row.keys() & set(DOORS):
                wanted = ", ".join(sorted(missing)) or " or ".join(DOORS)
                raise page.error(f"has no column {wanted}; its columns are {', '.join(row)}")
            yield row

    def listing(self, row: DataRow) -> Listing:
        town, _, site = row["location_name"].partition(": ")
        url = next(row[door] for door in DOORS if door in row)
        return Listing(
            name=site or town,
            address=row["full_address"],
            position=read.point(row, "latitude", "longitude"),
            location_type=stores.kind_of(site or town),
            info_phone=row.get("phone", ""),
            booking_url=url,
            restrictions=read.lines(row["serves"].replace(EVERYBODY, ""), row.get("appointment_info")),
            products=(row["vaccines_available"],),
        )
