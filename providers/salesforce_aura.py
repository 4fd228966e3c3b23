"""Salesforce community (Aura): Illinois's site finder, whose pages fetch JSON through `ApexAction.execute`.

- Official: the state's own page; no key.
- Fills in: sites with address, position, and link. A site that several requests return counts once.
- Cannot fill in: appointments, so every site is UNKNOWN; phones; a product, unless the name has it ("… - Pfizer").
- `options.messages` are the `message` texts of its requests and `options.context` the `aura.context`, as the page
  sends them (see a browser's network log). The context changes with each deployment.
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
        if action["state"] != "SUCCESS":  # errors come with HTTP status 200
            raise page.error(f"reports that the request ended as {action['state']}: {action.get('error')}")
        rows = action["returnValue"]["returnValue"]
        if not isinstance(rows, list):
            raise page.error(f"contains {type(rows).__name__}, not a list of sites")
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
