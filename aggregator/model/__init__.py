"""The words of the project as frozen records, a module for each stage of the data.

A `Listing` is what an adapter reads, all text as found. `normalize` turns it into a `Location` with its
`Availability`; `collect` gathers those of one visit into a `Report`; `snapshot` turns what is stored into `Place`s.
Times are aware `datetime`s everywhere but in a `Listing`. Everything here is immutable and hashable by value.
"""

from aggregator.model.enums import Available, LocationType, Outcome, Stage, Struct
from aggregator.model.http import Answer, Request
from aggregator.model.listing import Listing, SlotListing
from aggregator.model.report import Availability, Location, Position, Problem, Reading, Report, Slot
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

__all__ = [
    "Answer",
    "Availability",
    "AvailabilityNow",
    "Available",
    "Change",
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
    "Reading",
    "Report",
    "Request",
    "Slot",
    "SlotListing",
    "Snapshot",
    "SourceState",
    "SourceView",
    "Stage",
    "Struct",
]
