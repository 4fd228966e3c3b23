"""Hy-Vee: the GraphQL behind the pharmacy pages; one question gives every store of the chain.

Unofficial: the chain's own page asks it, no key. Fills in: stores with address, position, phone, whether there are
COVID-19 appointments, for which products and doses. Cannot: times, counts, flu. The flag counts flu too, so a store
that offers nothing else has no COVID-19 appointments. Server errors come with HTTP status 200.
"""

from collections.abc import AsyncIterator
from typing import Any

from aggregator.adapter import Available, Fetch, JsonAdapter, Listing, LocationType, Page, SourceInfo

OPERATION = "SearchPharmaciesNearPointWithCovidVaccineAvailability"
QUERY = f"""query {OPERATION}($latitude: Float!, $longitude: Float!, $radius: Int! = 10) {{
  searchPharmaciesNearPoint(latitude: $latitude, longitude: $longitude, radius: $radius) {{
    location {{
      locationId name phoneNumber businessCode covidVaccineEligibilityTerms
      covidVaccineTimeSlotAndManufacturerAvailability {{
        isCovidVaccineAvailable
        availableCovidVaccineManufacturers {{ vaccineName doseTypes }}
      }}
      address {{ line1 line2 city state zip latitude longitude }}
    }}
  }}
}}"""
EVERYWHERE = {"radius": 5000, "latitude": 39.8283, "longitude": -98.5795}  # miles around the middle of the country
TRIES = 3


class Hyvee(JsonAdapter):
    name = "hyvee"
    title = "Hy-Vee"
    rows = "data.searchPharmaciesNearPoint"
    location_type = LocationType.PHARMACY

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        asked = {"operationName": OPERATION, "variables": EVERYWHERE, "query": QUERY}
        for _ in range(TRIES):
            page = await fetch(source.url, json=asked)
            if "Internal Server Error" not in page.text:
                break
        yield page

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing | None:
        store, address = row["location"], row["location"]["address"]
        if address["state"] not in source.states:
            return None
        terms = store["covidVaccineEligibilityTerms"] or ""
        said = store["covidVaccineTimeSlotAndManufacturerAvailability"]
        offered = [_named(product) for product in said["availableCovidVaccineManufacturers"]]
        covid = [product for product in offered if not product.startswith("Flu ")]
        return Listing(
            id=store["locationId"],
            name=f"Hy-Vee {store['name']}",
            address=(address["line1"], address["line2"] or ""),
            city=address["city"],
            state=address["state"],
            postal_code=address["zip"],
            position=(address["latitude"], address["longitude"]),
            info_phone=store["phoneNumber"] or "",
            booking_url="https://www.hy-vee.com/my-pharmacy/covid-vaccine-consent",
            description=f"Vaccines: {', '.join(covid)}" if covid else "",
            restrictions="" if "no eligibility terms" in terms.lower() else terms,
            external_ids=(("hyvee", store["locationId"]), ("hyvee_store", store["businessCode"])),
            available=_available(said["isCovidVaccineAvailable"], offered, covid),
        )


def _named(product: Any) -> str:
    """ "Pfizer Bivalent (booster)"; before February 2023 the name had another key."""
    name = product.get("vaccineName") or product["manufacturerName"]
    doses = ", ".join(product.get("doseTypes") or ()).lower().replace("_", " ")
    return f"{name} ({doses})" if doses else name


def _available(stated: bool | None, offered: list[str], covid: list[str]) -> Available:
    if stated is False or (stated and offered and not covid):
        return Available.NO
    return Available.YES if stated and covid else Available.UNKNOWN
