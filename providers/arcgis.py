"""ArcGIS feature layer (Esri): the table behind a health department's map of vaccination sites.

- Official: the department's own layer (`url`: …/FeatureServer/0); no key.
- Fills in: sites and products.
- Cannot fill in: appointments; every site is UNKNOWN.
- `options` map our fields to the layer's (a reused form has COVID-19 products in `flu_vaccinations`). Those in
  `facts` are quoted with the layer's own label. The field `review` must begin with "approved".
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
        params = {"where": "1=1", "outFields": "*", "outSR": "4326", "f": "json"}
        seen, more = 0, True
        while more:
            page = await fetch(f"{source.url}/query", params=params | ({"resultOffset": str(seen)} if seen else {}))
            yield page
            found, more = len(page.json["features"]), page.json.get("exceededTransferLimit")
            if more and not found:
                raise page.error(f"states that there are more rows after row {seen}, but lists none")
            seen += found

    def listing(self, row: DataRow) -> Listing | None:
        attributes, options = row["attributes"], row.source.options
        given = {key: read.plain(attributes.get(options.get(key))) for key in FIELDS if key != "facts"}
        if "review" in options and not str(attributes[options["review"]]).startswith("approved"):
            return None
        number = read.plain(attributes.get(row.page.json.get("globalIdFieldName")))
        fields = {field["name"]: field for field in row.page.json["fields"]}
        return Listing(
            **read.copied(given, name="name", address=("address",), city="city", postal_code="postal_code"),
            **read.copied(given, info_phone="phone", restrictions="notes"),
            id=number or attributes[row.page.json["objectIdFieldName"]],
            position=read.point(row.get("geometry"), "y", "x"),
            location_type=stores.kind_of(given["name"]),
            info_url=given["website"],
            description="\n".join(
                _fact(fields[key], attributes[key]) for key in options.get("facts", ()) if attributes[key]
            ),
            external_ids=((self.name, number),) if number else (),
            products=(given["products"],),
        )


def _fact(field: dict[str, Any], value: Any) -> str:
    """A value with the label, and in the words, that the map's users see."""
    words = {code["code"]: code["name"] for code in (field.get("domain") or {}).get("codedValues", ())}
    return f"{field['alias'].rstrip(' :?')}: {words.get(value, value)}"
