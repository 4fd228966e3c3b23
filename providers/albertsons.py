"""Albertsons companies (Safeway, Shaw's, Star Market, Jewel-Osco, …): the national file of mHealth Coach.

- Semi-official: one public file behind the chain's booking pages; no key. After May 2023 it stayed online with old
  data.
- Fills in: stores in the region's states with address and position, YES or NO, products, the booking page, when the
  file was written.
- Cannot fill in: times, counts, phone.
- An entry is a store, or one of its clinics for children; name and address are one text.
- An entry whose address names no state is skipped: the file's "region" is the company's own, not a state.
"""

import re
from email.utils import parsedate_to_datetime

from aggregator.adapter import DataRow, JsonAdapter, Listing, LocationType, Page, RecordError, read, stores

# "Brand 1234 - 12 Elm St, Town, ST, 01999": the address follows the last dash before a space, but "2300 - 16th Street"
# and "1600 Berlin - Cross Rd" are streets, and "5 - 11 years" is part of a name.
DASHED = re.compile(r"(.*?)(?<!\s)\s*+-\s+((?:\d+(?: (?!ye?a?rs?\b)\w+)? - )?(?:(?!-\s).)+)")
BARRED = re.compile(r"(.*?)(?<!\s)\s*+\|\|\s*+(?s:(.+))")  # the form of spring 2021
CHILDREN = re.compile(r"infant|toddler|child|pa?ediatric|\bpeds?\b|\bages? [3-6]\b|\b6 ?m", re.IGNORECASE)
NOT_A_PLACE = re.compile(r"public test|https?:|www\.|corporate office|^[(\s]*\. ?,", re.IGNORECASE)
MAKERS = re.compile(r"Pfizer|Moderna|Janssen|J&J|Johnson")


class Albertsons(JsonAdapter):
    name = "albertsons"
    title = "Albertsons companies"
    location_type = LocationType.PHARMACY

    def listing(self, row: DataRow) -> Listing | None:
        label, address = _parts(row["address"])
        if NOT_A_PLACE.search(label) or NOT_A_PLACE.search(address):
            return None
        if not read.named_states(read.state_at_end(address), row.source):
            return None
        drugs = row["drugName"] or MAKERS.findall(label)
        children = bool(CHILDREN.search(label)) or (bool(drugs) and all(CHILDREN.search(drug) for drug in drugs))
        brand, number = stores.albertsons_store(label)
        key = (re.sub(r"\W+", "_", re.sub(r"['-]", "", brand.lower())), number)
        return Listing(
            name=(f"{brand} #{number}" if number else label) + (" (children)" if children and number else ""),
            # A store's entries are one place, but its clinics for children are none for anyone else.
            id=":".join((*key, "children")[: 3 if children else 2]) if number else "",
            address=address,
            position=(row["lat"], row["long"]),
            booking_url=row["coach_url"],
            restrictions=f"Children only ({label})" if children else "",
            external_ids=((self.name, row["id"]), *((key,) if number else ())),
            available=read.answer(row["availability"], "yes", "no"),
            products=tuple(drugs),
            valid_at=_written(row.page),
        )


def _parts(text: str) -> tuple[str, str]:
    """The name and the postal address in one text; RecordError if it has another form."""
    plain = text.strip("() ")
    found = BARRED.fullmatch(plain) or DASHED.fullmatch(plain)
    if not found:
        raise RecordError("address", text, "is not a name and an address separated by a dash or two bars")
    return found[1], found[2]


def _written(page: Page) -> str:
    """When the file was written, from the hosting service's Last-Modified header."""
    modified = page.answer.headers.get("last-modified")
    return parsedate_to_datetime(modified).isoformat() if modified else ""
