"""Albertsons companies since May 2023: the search behind the chain's own booking page (rxie.albertsons.com).

- Semi-official: the public page's own request. It needs the page's public subscription key, a header of the source.
- Fills in: stores with appointments near each of `options.zips`, with address, position, phone.
- Cannot fill in: times, counts, stores without appointments.
- A request for several kinds of vaccine means "all of them", so we send one for each of `options.kinds` (in the
  page's words; default "COVID-19 Unknown", which is any).
"""

import re

from aggregator.adapter import Available, DataRow, Listing, LocationType, SourceInfo, circles, read

KINDS = ("COVID-19 Unknown",)
# The date of birth is an age filter; this made-up one stands for any adult.
QUESTION = {"radius": 50, "dateOfBirth": "01/01/1980"}


class AlbertsonsRxie(circles.CircleAdapter):
    name = "albertsons_rxie"
    title = "Albertsons companies (booking page)"
    location_type = LocationType.PHARMACY
    lists_only_available = True
    options = {**circles.CircleAdapter.options, "kinds": ()}  # kinds: a list

    def around(self, source: SourceInfo) -> dict[str, circles.Question]:
        kinds = {kind: {"serviceTypeName": kind, "scientificName": ""} for kind in source.options.get("kinds", KINDS)}
        return {
            f"{middle} ({kind})": circles.Question(
                source.url, json=QUESTION | {"zip": middle, "serviceTypes": [service]}
            )
            for kind, service in kinds.items()
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
