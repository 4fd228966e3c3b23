"""ArcGIS feature layer (Esri): the table behind a health department's map of vaccination sites.

Official: the department's own layer (`url`: …/FeatureServer/0), no key. `options` say which of its fields is what;
`facts` are quoted under the layer's own label (a reused form keeps COVID-19 products in `flu_vaccinations`), `review`
has to begin with "approved". Fills in: sites. Cannot: appointments; all are unknown.
"""

from collections.abc import AsyncIterator
from typing import Any

from aggregator.adapter import Fetch, JsonAdapter, Listing, Page, PageError, SourceInfo, website


class Arcgis(JsonAdapter):
    name = "arcgis"
    title = "ArcGIS feature layer"
    rows = "features"
    options = dict.fromkeys(
        ("name", "address", "city", "postal_code", "phone", "website", "notes", "facts", "review"), ()
    )

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        asked, read = {"where": "1=1", "outFields": "*", "outSR": "4326", "f": "json"}, 0
        while True:
            page = await fetch(f"{source.url}/query", params=asked | ({"resultOffset": str(read)} if read else {}))
            yield page
            if not page.json.get("exceededTransferLimit"):
                return
            if not page.json["features"]:
                raise PageError(f"{page.url} says that there is more after row {read}, and lists nothing")
            read += len(page.json["features"])

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing | None:
        told, named = row["attributes"], source.options
        given = {key: str(told.get(named.get(key)) or "") for key in self.options if key != "facts"}
        if "review" in named and not given["review"].startswith("approved"):
            return None
        point = row.get("geometry") or {}
        number = str(told.get(page.json.get("globalIdFieldName")) or "")
        fields = {field["name"]: field for field in page.json["fields"]}
        return Listing(
            name=given["name"],
            id=number or str(told[page.json["objectIdFieldName"]]),
            address=(given["address"],),
            city=given["city"],
            postal_code=given["postal_code"],
            position=(point["y"], point["x"]) if point else None,
            info_phone=given["phone"],
            info_url=website(given["website"]),
            description="\n".join(_fact(fields[key], told[key]) for key in named.get("facts", ()) if told[key]),
            restrictions=given["notes"],
            external_ids=((self.name, number),) if number else (),
        )


def _fact(field: dict[str, Any], value: Any) -> str:
    """A value with the label a person sees, and in the words they see."""
    words = {code["code"]: code["name"] for code in (field.get("domain") or {}).get("codedValues", ())}
    return f"{field['alias'].rstrip(' :?')}: {words.get(value, value)}"
