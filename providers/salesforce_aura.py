"""Salesforce community (Aura): the site finder of Illinois, whose pages ask for JSON by `ApexAction.execute`.

Official: the state's own page, no key. `options.messages` are the `message` texts of its calls and `options.context`
the `aura.context`, as the page sends them (a browser's network log shows both; the context changes with deployments).
Fills in: sites with address, position and link; one that several calls bring counts once. Cannot: appointments, so all
are unknown; phones; a product only where the name says it ("… - Pfizer").
"""

from typing import Any

from aggregator.adapter import DataRow, Fetch, JsonAdapter, Listing, LocationType, Page, Pages, SourceInfo, read


class SalesforceAura(JsonAdapter):
    name = "salesforce_aura"
    title = "Salesforce community"
    only_places = whole_rows = True
    options = {"messages": (), "context": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        form = {"aura.context": source.options.get("context", ""), "aura.token": "undefined"}
        for message in source.options["messages"]:
            if page := await fetch.try_fetch(source.url, form=form | {"message": message}):
                yield page

    def rows_of(self, page: Page) -> list[dict[str, Any]]:
        (action,) = page.json["actions"]
        if action["state"] != "SUCCESS":  # an error comes with HTTP 200
            raise page.error(f"says that the call came back {action['state']}: {action.get('error')}")
        rows = action["returnValue"]["returnValue"]
        if not isinstance(rows, list):
            raise page.error(f"holds {type(rows).__name__}, not a list of sites")
        return rows

    def listing(self, row: DataRow) -> Listing:
        return Listing(
            name=row["Testing_Center__c"],
            id=row["Id"],
            address=(row.get("Street__c") or "",),
            **read.given(row, city="City__c", postal_code="Postal_Code__c", county="County__c"),
            position=read.point(row, "Geolocation__Latitude__s", "Geolocation__Longitude__s"),
            location_type=LocationType.MASS_VAX if row.get("Location_Type__c") == "Mass Vax Site" else None,
            info_url=row.get("Website__c") or "",
            external_ids=(("salesforce", row["Id"]),),
        )
