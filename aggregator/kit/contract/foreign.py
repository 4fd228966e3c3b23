"""Made-up answers of other systems, as an adapter may get when a host changes its software."""

from typing import NamedTuple


class Foreign(NamedTuple):
    """An answer, and the providers that may read it because their system answers alike."""

    what: str
    body: str
    kind: str = "text/html"
    readers: frozenset[str] = frozenset()


PREPMOD = """<html><head><title>Clinics</title></head><body><form action="/clinic/search"></form>
<div class="mt-24 border-b"><p class="text-xl font-black">Gull Hall on 05/20/2021</p><p>1 Gull Street, Anytown MA,
01999</p><p><strong>Vaccinations offered:</strong> Flu</p><p><strong>Available Appointments:</strong> 12</p>
<p><strong>Clinic Hours:</strong> 09:00 am - 05:00 pm</p><a href="/client/registration?clinic_id=7">Sign Up</a></div>
</body></html>"""
MANIFEST = """{"transactionTime": "2021-05-13T14:00:00Z", "request": "https://feeds.example.org/$bulk-publish",
"output": [{"type": "Location", "url": "https://feeds.example.org/locations.ndjson"},
{"type": "Slot", "url": "https://feeds.example.org/slots.ndjson", "extension": {"state": ["MA"]}}]}"""
GEOJSON = """{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point",
"coordinates": [-71.1, 42.3]}, "properties": {"label": "Gull Hall", "open": true, "left": 12}}]}"""
SPREADSHEET = "Hall,Open,Left\nGull Hall,yes,12\nPier Hall,no,0\n"
GRAPHQL_ERROR = """{"errors": [{"message": "Cannot query field 'places' on type 'Query'.",
"locations": [{"line": 1, "column": 9}]}], "data": null}"""
TABLE = """<!DOCTYPE html><html><head><title>Halls</title></head><body><h1>Halls with appointments</h1>
<table><tr><th>Hall</th><th>Available</th></tr><tr><td><a href="/gull">Gull Hall</a></td><td>12</td></tr>
<tr><td>Pier Hall</td><td>No appointments available</td></tr></table></body></html>"""
BARE_LIST = '[{"hall": "Gull Hall", "left": 12}, {"hall": "Pier Hall", "left": 0}, "Rock Hall", 7, null, []]'
CALENDAR = """BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nBEGIN:VEVENT\r\nUID:1@example.org\r
DTSTAMP:20210513T140000Z\r\nDTSTART:20210520T130000Z\r\nDTEND:20210520T170000Z\r\nSUMMARY:Gull Hall\r
END:VEVENT\r\nEND:VCALENDAR\r\n"""

FOREIGN = (
    Foreign("a PrepMod page", PREPMOD, readers=frozenset({"prepmod"})),
    Foreign("a FHIR manifest", MANIFEST, "application/json"),
    Foreign("GeoJSON", GEOJSON, "application/geo+json"),
    Foreign("a CSV", SPREADSHEET, "text/csv"),
    Foreign("a GraphQL error", GRAPHQL_ERROR, "application/json"),
    Foreign("a table in HTML", TABLE),
    Foreign("a bare list", BARE_LIST, "application/json"),
    Foreign("a calendar", CALENDAR, "text/calendar", readers=frozenset({"ics"})),
    Foreign("an empty record", "{}", "application/json"),
)
