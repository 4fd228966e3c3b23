"""NJVSS, New Jersey's scheduling system (Microsoft VRAS): its export of open appointments, one CSV file.

Official: the state's own export, but only for those it lets read its bucket; others are turned away. Fills in: places
with address, position, county, products with ages, yes or no. Cannot: dates. Rows without a position are hidden by the
system, and by us. A place that leaves the file is closed.
"""

import re
from collections.abc import Iterable

from aggregator.adapter import Available, CsvAdapter, Html, Listing, LocationType, Page, SourceInfo, vaccine_line

LONELY_QUOTE = re.compile(r'[^,"\r\n]"[^,"\r\n]')
QUOTED = re.compile(r'(?<![^,\n])"(.*?)"(?=,|\r?\n|$)', re.DOTALL)
SHORT_ZIP = re.compile(r"\s+\d{4}$")  # often a lost zero, but not always
RETAIL = re.compile(r"(walmart)(/sam'?s)?\D*#\s*(\d+)$", re.IGNORECASE)


class Njvss(CsvAdapter):
    name = "njvss"
    title = "New Jersey Vaccine Scheduling System"
    expects = ("res_id,provider_id,name,", ",county,available")
    lists_only_available = True

    def rows_of(self, page: Page) -> Iterable[dict[str, str]]:
        """The rows, also where the quotes of HTML attributes are not doubled."""
        if LONELY_QUOTE.search(page.text):
            page.text = QUOTED.sub(lambda field: '"' + re.sub('"+', '""', field[1]) + '"', page.text)
        return super().rows_of(page)

    def listing(self, row: dict[str, str], page: Page, source: SourceInfo) -> Listing | None:
        if not row["vras_latitude"] or not row["vras_longitude"]:
            return None
        vaccines = [item.text(strip=True) for item in Html(row["vras_typetext"]).css("li")]
        name, store = _name(row["name"])
        registry = f"{row['provider_id']}:{re.sub(r'[^A-Z0-9]+', '_', row['name'].upper())}"
        only_county = row["vras_allowschedulingforcountyresidentsonly"] == "True"
        return Listing(
            id=row["res_id"],
            name=name,
            address=SHORT_ZIP.sub("", row["vras_provideraddress"].strip()),
            county=row["county"],
            position=(row["vras_latitude"], row["vras_longitude"]),
            location_type=_kind(name),
            booking_phone="1-855-568-0545",
            booking_url="https://covidvaccine.nj.gov",
            description=vaccine_line(vaccines),
            restrictions="County residents only" if only_county else "",
            external_ids=(("njvss_res_id", row["res_id"]), ("njiis_covid", registry), *store),
            available=Available.YES if int(row["available"]) > 0 else Available.NO,
        )


def _name(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    if found := RETAIL.match(text.strip()):
        chain, system = ("Sam's Club", "sams_club") if found[2] else ("Walmart", "walmart")
        return f"{chain} #{int(found[3])}", ((system, str(int(found[3]))),)
    return text, ()


def _kind(name: str) -> LocationType:
    if "megasite" in name.lower():
        return LocationType.MASS_VAX
    pharmacy = re.search(r"pharmacy|drugs|^walmart #|^sam's club #", name, re.IGNORECASE)
    return LocationType.PHARMACY if pharmacy else LocationType.CLINIC
