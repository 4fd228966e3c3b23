"""The one door for volunteers: everything an adapter in `providers/` needs, and nothing else of the project.

An adapter says what a page of its booking system looks like (class attributes) and reads one row of it (`listing`).
Fetching, pacing, retries, waiting rooms, cleaning, time zones, ids and freshness are done around it.

    class Example(HtmlAdapter):
        name = "example"                  # the file is providers/example.py, the class Example
        title = "Example clinic search"
        rows = "div.clinic"               # CSS selector; in a JsonAdapter a dotted path
        expects = ("Find a clinic",)      # texts that every real page holds
        empty_marker = "No clinics"       # text that makes zero rows legitimate
        next_page = "a[rel=next]"

        def listing(self, row: HtmlRow) -> Listing:
            return Listing(name=row.text("h2"), address=row.text("p.address"), ...)

`listing` is pure: no I/O, no clock, no state. What it returns is text as found. It returns None for a row outside the
region, and may raise anything for a row it cannot read: that row alone is lost, and counted. A row knows its `page` and
its `source`; `row.context` is what `pages` sent along with the page.

Modules of their own: `read` (fields of a row of JSON or CSV), `stores` (store numbers and kinds of place), and what
several systems do alike: `circles` (stores around ZIPs), `graphql`, `visit_reasons` (place by place, reason by reason),
`fhir` (SMART Scheduling Links), `ics` (calendars).
"""

from selectolax.lexbor import LexborHTMLParser as Html
from selectolax.lexbor import LexborNode as Node

from aggregator.adapter import circles, fhir, graphql, ics, read, stores, visit_reasons
from aggregator.adapter.base import Adapter, CsvAdapter, HtmlAdapter, JsonAdapter, PageAdapter
from aggregator.adapter.extract import attr, host_of, labelled, line, text
from aggregator.adapter.markup import fragment
from aggregator.adapter.one_place import OnePlaceAdapter
from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch, Pages, RequestOptions, SourceInfo
from aggregator.adapter.row import DataRow, HtmlRow, Row
from aggregator.errors import PageError, RecordError
from aggregator.model import Available, Listing, LocationType, SlotListing

__all__ = [
    "Adapter",
    "Available",
    "CsvAdapter",
    "DataRow",
    "Fetch",
    "Html",
    "HtmlAdapter",
    "HtmlRow",
    "JsonAdapter",
    "Listing",
    "LocationType",
    "Node",
    "OnePlaceAdapter",
    "Page",
    "PageAdapter",
    "PageError",
    "Pages",
    "RecordError",
    "RequestOptions",
    "Row",
    "SlotListing",
    "SourceInfo",
    "attr",
    "circles",
    "fhir",
    "fragment",
    "graphql",
    "host_of",
    "ics",
    "labelled",
    "line",
    "read",
    "stores",
    "text",
    "visit_reasons",
]
