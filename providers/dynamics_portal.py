"""Microsoft Dynamics portal: the map search of a state's sign-up site (Oklahoma), a circle around one point.

- Official: the state's own page; no key. The search needs the anti-forgery token that the portal gives to every
  visitor.
- Fills in: events with address, phone, position. Only the title names dose and product, in many forms, so a title
  that mentions doses is a restriction, too.
- Cannot fill in: appointments; every event is UNKNOWN.
- `options` are what the page sends: `latitude`, `longitude`, `distance` (miles, enough for the state), and `list`,
  the id of its map.
"""

from urllib.parse import urljoin

from aggregator.adapter import DataRow, Fetch, JsonAdapter, Listing, Pages, SourceInfo, attr

VERIFICATION = "__RequestVerificationToken"


class DynamicsPortal(JsonAdapter):
    name = "dynamics_portal"
    title = "Microsoft Dynamics portal"
    guest_session = True
    only_places = whole_rows = True
    options = {"latitude": (), "longitude": (), "distance": (), "list": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        token_page = await fetch(urljoin(source.url, "/_layout/tokenhtml"))
        fetch.send_token(token_page, VERIFICATION, attr(token_page.html, f"input[name={VERIFICATION}]", "value"))
        circle = {key: source.options[key] for key in ("longitude", "latitude", "distance")}
        yield await fetch(source.url, json=circle | {"units": "miles", "id": source.options["list"]})

    def listing(self, row: DataRow) -> Listing:
        title = row["Title"]
        address, _, rest = row["Description"].partition("<br>")
        restricted = "dose" in title.lower() or "only" in title.lower()
        return Listing(
            name=title,
            id=row["Id"],
            address=address,
            position=(row["Latitude"], row["Longitude"]),
            info_phone=rest,
            restrictions=title if restricted else "",
        )
