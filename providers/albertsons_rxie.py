"""Albertsons companies since May 2023: the search behind the chain's own booking page (rxie.albertsons.com).

Semi-official: the public page's call; it wants the page's public subscription key, which is a header of the source.
Lists only stores with appointments around each ZIP asked for. Fills in: address, position, phone. Cannot: times,
counts. Several kinds in one question mean "all of them", so that each of `options.kinds`, the page's words, is asked
for alone; without that option "COVID-19 Unknown", which is any.
"""

import re

from aggregator.adapter import Available, DataRow, Listing, LocationType, SourceInfo, circles, read

KINDS = ("COVID-19 Unknown",)
# the date of birth is an age limit: that of any adult, nobody's in particular
QUESTION = {"radius": 50, "dateOfBirth": "01/01/1980"}


class AlbertsonsRxie(circles.CircleAdapter):
    name = "albertsons_rxie"
    title = "Albertsons companies (booking page)"
    location_type = LocationType.PHARMACY
    lists_only_available = True
    options = {**circles.CircleAdapter.options, "kinds": ()}  # a list

    def around(self, source: SourceInfo) -> dict[str, circles.Question]:
        kinds = {kind: {"serviceTypeName": kind, "scientificName": ""} for kind in source.options.get("kinds", KINDS)}
        return {
            f"{middle} ({kind})": circles.Question(source.url, json=QUESTION | {"zip": middle, "serviceTypes": [asked]})
            for kind, asked in kinds.items()
            for middle in source.options["zips"]
        }

    def listing(self, row: DataRow) -> Listing | None:
        store = row["store"]
        number = str(int(store["currentStoreNumber"]))
        if not read.in_states(store["state"], row.source):
            return None
        return Listing(
            **read.copied(store, address=("streetAddress", "streetAddress2")),
            **read.copied(store, city="city", state="state", postal_code="zip"),
            **read.given(store, booking_phone="telephone"),
            name=f"{store['storeName'].title()} #{number}",
            id=number,
            position=(store["latitude"], store["longitude"]),
            booking_url="https://www.albertsons.com/vaccinations/home",
            external_ids=((re.sub(r"\W+", "_", store["storeName"].lower()), number),),
            available=Available.YES,
            products=tuple(kind["serviceTypeName"] for kind in row["serviceTypes"]),
        )
