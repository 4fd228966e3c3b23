"""ArcGIS feature layer (Esri): the table behind a health department's map of vaccination sites.

Official: the department's own layer (`url`: …/FeatureServer/0), no key. `options` say which of its fields is what (a
reused form keeps COVID-19 products in `flu_vaccinations`); `facts` are quoted under the layer's own label, `review`
has to begin with "approved". Fills in: sites, products. Cannot: appointments; all are unknown.
"""

from typing import Any

from aggregator.adapter import DataRow, Fetch, JsonAdapter, Listing, Pages, SourceInfo, read, stores

FIELDS = ("name", "address", "city", "postal_code", "phone", "website", "notes", "products", "facts", "review")


class Arcgis(JsonAdapter):
    name = "arcgis"
    title = "ArcGIS feature layer"
    local_ids = True
    only_places = whole_rows = True
    rows = "features"
    options = dict.fromkeys(FIELDS, ())

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        asked = {"where": "1=1", "outFields": "*", "outSR": "4326", "f": "json"}
        seen, more = 0, True
        while more:
            page = await fetch(f"{source.url}/query", params=asked | ({"resultOffset": str(seen)} if seen else {}))
            yield page
            found, more = len(page.json["features"]), page.json.get("exceededTransferLimit")
            if more and not found:
                raise page.error(f"says that there is more after row {seen}, and lists nothing")
            seen += found

    def listing(self, row: DataRow) -> Listing | None:
        told, named = row["attributes"], row.source.options
        given = {key: read.plain(told.get(named.get(key))) for key in FIELDS if key != "facts"}
        if "review" in named and not str(told[named["review"]]).startswith("approved"):
            return None
        number = read.plain(told.get(row.page.json.get("globalIdFieldName")))
        fields = {field["name"]: field for field in row.page.json["fields"]}
        return Listing(
            **read.copied(given, name="name", address=("address",), city="city", postal_code="postal_code"),
            **read.copied(given, info_phone="phone", restrictions="notes"),
            id=number or told[row.page.json["objectIdFieldName"]],
            position=read.point(row.get("geometry"), "y", "x"),
            location_type=stores.kind_of(given["name"]),
            info_url=given["website"],
            description="\n".join(_fact(fields[key], told[key]) for key in named.get("facts", ()) if told[key]),
            external_ids=((self.name, number),) if number else (),
            products=(given["products"],),
        )


def _fact(field: dict[str, Any], value: Any) -> str:
    """A value with the label a person sees, and in the words they see."""
    words = {code["code"]: code["name"] for code in (field.get("domain") or {}).get("codedValues", ())}
    return f"{field['alias'].rstrip(' :?')}: {words.get(value, value)}"
