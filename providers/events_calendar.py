"""The Events Calendar (WordPress plugin): the REST API of a town's or clinic's own calendar of events.

- Official: documented by the vendor ("Using The Events Calendar REST API"); no key. A site may forbid `/wp-json/` in
  its robots.txt.
- Fills in: place and address, dates, the event's page, title and description.
- Cannot fill in: free places, so each place is UNKNOWN unless the source says that an announced event can be booked.
- `options.words` selects events by title or category, `options.products` and `options.announced` say what they mean
  (`aggregator.adapter.announced`). The web page of the same calendar may state more: `providers/json_ld.py`.
- Shape from the vendor's documents and published answers of 2026, never seen by us.
"""

from aggregator.adapter import DataRow, JsonAdapter, Listing, announced, linked_data, read


class EventsCalendar(JsonAdapter):
    name = "events_calendar"
    title = "The Events Calendar"
    rows = "events"
    next_page = "next_rest_url"
    options = announced.OPTIONS

    def listing(self, row: DataRow) -> Listing | None:
        days_only = read.flag(row, "all_day")
        event = announced.Announced(
            title=row["title"],
            key=read.plain(row["id"]),
            start=row["start_date"] if days_only else f"{row['utc_start_date']}Z",
            end=row["end_date"] if days_only else f"{row['utc_end_date']}Z",
            url=row["url"],
            note=read.plain(row.get("description")),
            categories=tuple(read.plain(one.get("name")) for one in linked_data.records(row.get("categories"))),
            days_only=days_only,
        )
        venues = linked_data.records(row["venue"])  # an empty list if there is none, a list on some sites
        zone = read.plain(row.get("timezone"))  # of the event; "UTC+0" where the site has set none
        place = (_place(venues[0]) if venues else {}) | ({"time_zone": zone} if "/" in zone else {})
        return announced.listing(event, place, row.source, self.name)


def _place(venue: dict[str, object]) -> dict[str, object]:
    keys = {"address": "address", "city": "city", "state": "state", "postal_code": "zip", "info_phone": "phone"}
    return {
        "name": venue["venue"],
        **read.given(venue, **keys),
        "position": read.point(venue, "geo_lat", "geo_lng"),
    }
