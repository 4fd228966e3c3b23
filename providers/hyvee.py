"""Hy-Vee: the GraphQL interface behind the pharmacy pages; one query returns every store of the chain.

- Unofficial: the chain's own page uses it; no key.
- Fills in: stores with address, position, phone, whether there are appointments, for which products and doses.
- Cannot fill in: times, counts.
- Despite its name, the flag counts flu, too; only the products show what the appointments are for.
- Server errors come with HTTP status 200.
"""

from typing import Any

from aggregator.adapter import DataRow, Fetch, Listing, LocationType, Pages, SourceInfo, graphql, read, vaccines

QUERY = """query SearchPharmaciesNearPointWithCovidVaccineAvailability(
    $latitude: Float!, $longitude: Float!, $radius: Int! = 10) {
  searchPharmaciesNearPoint(latitude: $latitude, longitude: $longitude, radius: $radius) { location {
    locationId name phoneNumber businessCode covidVaccineEligibilityTerms
    covidVaccineTimeSlotAndManufacturerAvailability {
      isCovidVaccineAvailable availableCovidVaccineManufacturers { vaccineName doseTypes }
    }
    address { line1 line2 city state zip latitude longitude }
  } }
}"""
EVERYWHERE = {"radius": 5000, "latitude": 39.8283, "longitude": -98.5795}  # miles around the center of the country
TRIES = 3


class Hyvee(graphql.GraphqlAdapter):
    name = "hyvee"
    title = "Hy-Vee"
    whole_rows = True
    rows = "data.searchPharmaciesNearPoint"
    query = QUERY
    location_type = LocationType.PHARMACY

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        for _ in range(TRIES):
            page = await fetch(source.url, json=graphql.question(self.query, EVERYWHERE))
            if "Internal Server Error" not in page.text:
                break
        yield page

    def listing(self, row: DataRow) -> Listing | None:
        store, address = row["location"], row["location"]["address"]
        if not read.in_states(address["state"], row.source):
            return None
        terms = store["covidVaccineEligibilityTerms"] or ""
        availability = store["covidVaccineTimeSlotAndManufacturerAvailability"]
        offered = availability["availableCovidVaccineManufacturers"]
        doses = {_name(product): product.get("doseTypes") or () for product in offered}
        return Listing(
            id=store["locationId"],
            name=f"Hy-Vee {store['name']}",
            **read.given(store, info_phone="phoneNumber"),
            **read.copied(address, address=("line1", "line2"), city="city", state="state", postal_code="zip"),
            position=read.point(address, "latitude", "longitude"),
            booking_url="https://www.hy-vee.com/my-pharmacy/covid-vaccine-consent",
            restrictions="" if "no eligibility terms" in terms.lower() else terms,
            external_ids=(("hyvee", store["locationId"]), ("hyvee_store", store["businessCode"])),
            # If the flag and the list disagree, the store is UNKNOWN.
            available=read.answer(
                (availability["isCovidVaccineAvailable"], bool(offered)), (True, True), (False, False)
            ),
            products=tuple(doses),
            doses=tuple(dose for name in doses if not vaccines.others_in(name) for dose in doses[name]),
        )


def _name(product: Any) -> str:
    """The product's name, which had another key before February 2023."""
    name: str = product.get("vaccineName") or product["manufacturerName"]
    return name
