"""NJVSS, New Jersey's scheduling system (Microsoft VRAS): its export of open appointments, one CSV file.

- Official: the state's own export, but only for those whom it lets read its bucket; others are turned away.
- Fills in: places with address, position, county, products with ages, count.
- Cannot fill in: dates.
- The system hides rows without a position, and so do we. A place that drops out of the file is closed.
"""

import re

from aggregator.adapter import CsvAdapter, DataRow, Listing, fragment, read, stores

RETAIL = re.compile(r"(walmart)(/sam'?s)?\D*#\s*(\d+)$", re.IGNORECASE)


class Njvss(CsvAdapter):
    name = "njvss"
    title = "New Jersey Vaccine Scheduling System"
    whole_rows = True
    expects = ("res_id,provider_id,name,", ",county,available")
    lists_only_available = True

    def listing(self, row: DataRow) -> Listing | None:
        position = row["vras_latitude"], row["vras_longitude"]
        if "" in position:
            return None
        name, store = _name(row["name"])
        registry = f"{row['provider_id']}:{re.sub(r'[^A-Z0-9]+', '_', row['name'].upper())}"
        only_county = "County residents only" if row["vras_allowschedulingforcountyresidentsonly"] == "True" else ""
        return Listing(
            **read.copied(row, id="res_id", county="county"),
            name=name,
            address=row["vras_provideraddress"],
            position=position,
            location_type=stores.kind_of(name),
            booking_phone="1-855-568-0545",
            booking_url="https://covidvaccine.nj.gov",
            restrictions=only_county,
            external_ids=(("njvss_res_id", row["res_id"]), ("njiis_covid", registry), *store),
            count=int(row["available"]),
            products=tuple(item.text(strip=True) for item in fragment(row["vras_typetext"]).css("li")),
        )


def _name(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    if found := RETAIL.match(text.strip()):
        chain, system = ("Sam's Club", "sams_club") if found[2] else ("Walmart", "walmart")
        return f"{chain} #{int(found[3])}", ((system, str(int(found[3]))),)
    return text, ()
