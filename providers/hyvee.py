"""Hy-Vee: the GraphQL behind the pharmacy pages; one question gives every store of the chain.

Unofficial: the chain's own page asks it, no key. Fills in: stores with address, position, phone, whether there are
appointments, for which products and doses. Cannot: times, counts. The flag counts flu too, whatever it is called, so
that only the products say what the appointments are for. Server errors come with HTTP status 200.
"""

from typing import Any

from aggregator.adapter import DataRow, Fetch, Listing, LocationType, Pages, SourceInfo, graphql, read

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
EVERYWHERE = {"radius": 5000, "latitude": 39.8283, "longitude": -98.5795}  # miles around the middle of the country
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
        said = store["covidVaccineTimeSlotAndManufacturerAvailability"]
        offered = said["availableCovidVaccineManufacturers"]
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
            # the flag and the list have to agree
            available=read.answer((said["isCovidVaccineAvailable"], bool(offered)), (True, True), (False, False)),
            products=tuple(doses),
            doses=tuple(dose for name in doses if not read.other_vaccines_in(name) for dose in doses[name]),
        )


def _name(product: Any) -> str:
    """Before February 2023 it had another key."""
    name: str = product.get("vaccineName") or product["manufacturerName"]
    return name
