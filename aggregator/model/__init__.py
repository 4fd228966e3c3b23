"""The shared vocabulary: frozen records, one module for each stage of the data.

`listing` holds what an adapter reads, all text as found. `report` holds clean values and the result of one visit.
`snapshot` holds everything known at one instant, which is the only input of what we publish. `http` and `wire_request`
hold requests and answers, `service` what the appointments are for, `enums` the enumerations and the base class of all
records.

A slot has three forms: `SlotListing` (text as found), `Slot` (clean values, the same record in a report, in the stored
JSON, and in a snapshot), and `SlotData` of the open data (UNIVAF's field names). Availability has five, each of which
knows something that the others must not know: `Availability` (what a source stated in one visit),
`StoredAvailability` (the part of it that is compared and stored), `LocationAnswer` (a stored answer with its location
and times, as one row of the store), `AvailabilityNow` (that answer with the clock applied), and `AvailabilityData` of
the open data (UNIVAF's field names).

Times are aware `datetime`s, except in a `Listing`. Records are immutable and hashable by value.
"""

from aggregator.model.enums import Available, LocationType, Outcome, Stage, Struct
from aggregator.model.http import Answer, Request
from aggregator.model.listing import Attribution, Listing, SlotListing
from aggregator.model.report import Availability, Location, Position, Problem, Reading, Report, Slot
from aggregator.model.service import (
    APPOINTMENT,
    Dose,
    Product,
    ProductGroup,
    ProductRule,
    Service,
)
from aggregator.model.snapshot import (
    AvailabilityNow,
    Change,
    Fault,
    HostTally,
    HostWait,
    Place,
    Snapshot,
    SourceState,
    SourceView,
)
from aggregator.model.wire_request import WireRequest, origin

__all__ = [
    "APPOINTMENT",
    "Answer",
    "Attribution",
    "Availability",
    "AvailabilityNow",
    "Available",
    "Change",
    "Dose",
    "Fault",
    "HostTally",
    "HostWait",
    "Listing",
    "Location",
    "LocationType",
    "Outcome",
    "Place",
    "Position",
    "Problem",
    "Product",
    "ProductGroup",
    "ProductRule",
    "Reading",
    "Report",
    "Request",
    "Service",
    "Slot",
    "SlotListing",
    "Snapshot",
    "SourceState",
    "SourceView",
    "Stage",
    "Struct",
    "WireRequest",
    "origin",
]
