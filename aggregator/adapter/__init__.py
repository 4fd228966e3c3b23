"""Everything an adapter in `providers/` needs; it imports nothing else of the project.

An adapter describes a page of its booking system (class attributes) and reads one row of it (`listing`). The framework
does everything else: fetching, pacing, retries, waiting rooms, cleaning, time zones, ids, and freshness.

    class Example(HtmlAdapter):
        name = "example"                  # the file is providers/example.py, the class Example
        title = "Example clinic search"
        rows = "div.clinic"               # CSS selector; in a JsonAdapter, a dotted path
        expects = ("Find a clinic",)      # texts that every real page contains
        empty_marker = "No clinics"       # text that makes zero rows legitimate
        next_page = "a[rel=next]"

        def listing(self, row: HtmlRow) -> Listing:
            return Listing(name=row.text("h2"), address=row.text("p.address"), ...)

`listing` is pure: no I/O, no clock, no state. It returns text as found, or None for a row outside this region. It may
raise any exception for a row that it cannot read: only that row is lost, and counted. A row knows its `page` and its
`source`; `row.context` is what `pages` attached to the page.

Helpers in modules of their own: `read` (fields of a JSON or CSV row), `stores` (kinds of place), and `vaccines`.
Patterns that several systems share: `circles` (stores around ZIPs), `graphql`, `visit_reasons` (queries by place and
visit reason), `fhir` (SMART Scheduling Links), `ics` (calendars), `rpde` (feeds of changes), `linked_data` (schema.org
data on web pages), and `announced` (calendars of events).
"""

from selectolax.lexbor import LexborHTMLParser as Html
from selectolax.lexbor import LexborNode as Node

from aggregator.adapter import (
    announced,
    circles,
    fhir,
    graphql,
    ics,
    linked_data,
    read,
    rpde,
    stores,
    vaccines,
    visit_reasons,
)
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
    "announced",
    "attr",
    "circles",
    "fhir",
    "fragment",
    "graphql",
    "host_of",
    "ics",
    "labelled",
    "line",
    "linked_data",
    "read",
    "rpde",
    "stores",
    "text",
    "vaccines",
    "visit_reasons",
]
