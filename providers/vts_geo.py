"""Vaccinate the States: the last export (2021) of its database of vaccination sites, one GeoJSON file.

- Second hand and frozen: made by volunteers, published for everyone; no key.
- Fills in: places with address, position, phone, products, and their ids in other systems (some are wrong).
- Cannot fill in: appointments; every place is UNKNOWN.
"""

import zlib
from collections.abc import Iterator

from aggregator.adapter import DataRow, Fetch, JsonAdapter, Listing, Pages, SourceInfo, read, stores

MAX_BYTES = 512 * 1024 * 1024  # of the unpacked file
SYSTEMS = {"vaccinefinder": "vaccines_gov", "vaccinefinder_org": "vaccines_gov", "vaccinespotter_org": "vaccinespotter"}


class VtsGeo(JsonAdapter):
    name = "vts_geo"
    title = "Vaccinate the States"
    only_places = whole_rows = True
    rows = "features"

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        page = await fetch(source.url)
        if page.answer.body.startswith(b"\x1f\x8b"):  # gzip: the file itself is packed, not only the answer
            page.text = zlib.decompressobj(wbits=31).decompress(page.answer.body, MAX_BYTES).decode()
        yield page

    def listing(self, row: DataRow) -> Listing | None:
        place = row["properties"]
        if not read.in_states(place["state"], row.source):
            return None
        longitude, latitude = row["geometry"]["coordinates"]
        return Listing(
            id=row["id"],
            name=place["name"],
            address=place["full_address"] or "",
            **read.given(place, county="county", info_phone="phone_number", info_url="website"),
            position=(latitude, longitude),
            location_type=stores.kind_of(read.plain(place["name"])),
            external_ids=(("vts", row["id"]), *_ids(place["concordances"])),
            products=tuple(place["vaccines_offered"] or ()),
        )


def _ids(concordances: list[str]) -> Iterator[tuple[str, str]]:
    """Yields external ids, except tags and truncated VTrckS pins (six digits that begin with 1)."""
    for system, _, value in (text.partition(":") for text in concordances):
        if not system.startswith("_tag") and not (system == "rite_aid" and len(value) == 6 and value[0] == "1"):
            yield SYSTEMS.get(system, system), value.zfill(5) if system == "cvs" else value
