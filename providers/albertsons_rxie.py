"""Albertsons companies since May 2023: the search behind the chain's own booking page (rxie.albertsons.com).

Semi-official: the public page's call; it wants the page's public subscription key, which is a header of the source.
Lists only stores with appointments around each ZIP asked for. Fills in: address, position, phone. Cannot: times,
counts, products (several kinds in one question mean "all of them", so only any COVID-19 vaccine is asked for).
"""

import re
from collections.abc import AsyncIterator
from typing import Any

from aggregator.adapter import Available, Fetch, JsonAdapter, Listing, LocationType, Page, SourceInfo

KINDS = [{"serviceTypeName": "COVID-19 Unknown", "scientificName": ""}]
# the date of birth is an age limit: that of any adult, nobody's in particular
QUESTION = {"radius": 50, "dateOfBirth": "01/01/1980", "serviceTypes": KINDS}


class AlbertsonsRxie(JsonAdapter):
    name = "albertsons_rxie"
    title = "Albertsons companies (booking page)"
    location_type = LocationType.PHARMACY
    lists_only_available = True
    options = {"zips": ()}  # a list: the middles of circles of 50 miles that cover the region

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        for place in source.options["zips"]:
            if page := await fetch.or_none(source.url, json=QUESTION | {"zip": place}):
                yield page

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing | None:
        store = row["store"]
        number = str(int(store["currentStoreNumber"]))
        if store["state"] not in source.states or not self.once(number):
            return None
        return Listing(
            name=f"{store['storeName'].title()} #{number}",
            id=number,
            address=(store["streetAddress"], store["streetAddress2"] or ""),
            city=store["city"],
            state=store["state"],
            postal_code=store["zip"],
            position=(store["latitude"], store["longitude"]),
            booking_phone=store["telephone"] or "",
            booking_url="https://www.albertsons.com/vaccinations/home",
            external_ids=((re.sub(r"\W+", "_", store["storeName"].lower()), number),),
            available=Available.YES,
        )
