"""VaxFinder (vaxfinder.mass.gov): the CSV list of vaccination places of the Commonwealth of Massachusetts.

- Official: published by the state; no key.
- Fills in: name, address, position, phone, booking page, products, free-text terms.
- Cannot fill in: appointments, so every place is UNKNOWN; how old an entry is.
- Column names changed on 5 August 2021. A file without the columns we need is refused.
"""

from collections.abc import Iterable

from aggregator.adapter import CsvAdapter, DataRow, Listing, Page, read, stores

NEEDED = {"location_name", "full_address", "serves", "vaccines_available"}
URL_COLUMNS = ("url", "find_an_appointment")
EVERYBODY = "All eligible people statewide"


class VaxfinderMass(CsvAdapter):
    name = "vaxfinder_mass"
    title = "VaxFinder (mass.gov)"
    only_places = whole_rows = True
    may_be_empty = False  # the state always lists places

    def rows_of(self, page: Page) -> Iterable[dict[str, str]]:
        for line in page.csv:
            # The publisher lost the apostrophes in older files.
            row = {name.lower().replace(" ", "_"): value.replace("\ufffd", "'").strip() for name, value in line.items()}
            missing = NEEDED - row.keys()
            if missing or not row.keys() & set(URL_COLUMNS):
                wanted = ", ".join(sorted(missing)) or " or ".join(URL_COLUMNS)
                raise page.error(f"has no column {wanted}; its columns are {', '.join(row)}")
            yield row

    def listing(self, row: DataRow) -> Listing:
        town, _, site = row["location_name"].partition(": ")
        url = next(row[column] for column in URL_COLUMNS if column in row)
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
