"""FHIR: joins Locations, Schedules, and Slots from a SMART Scheduling Links feed or from a search on a server.

Format: SMART Scheduling Links of 2021 and HL7's guide of 2026 (FHIR R4 Location, Schedule, Slot; in HL7's form also
HealthcareService and PractitionerRole). Pure, except for `FeedAdapter`
and `SearchAdapter`, which fetch the files or pages for a `Feed`.
"""

from aggregator.adapter.fhir.answer import answer
from aggregator.adapter.fhir.bulk_files import Loss
from aggregator.adapter.fhir.elements import Record, has_availability, place, telecom, values
from aggregator.adapter.fhir.feed import Feed, Joined
from aggregator.adapter.fhir.feed_adapter import FeedAdapter
from aggregator.adapter.fhir.manifest import KINDS, Output, outputs
from aggregator.adapter.fhir.references import identifiers
from aggregator.adapter.fhir.services import doses, products, service_names
from aggregator.adapter.fhir.slot_search import SearchAdapter

__all__ = [
    "KINDS",
    "Feed",
    "FeedAdapter",
    "Joined",
    "Loss",
    "Output",
    "Record",
    "SearchAdapter",
    "answer",
    "doses",
    "has_availability",
    "identifiers",
    "outputs",
    "place",
    "products",
    "service_names",
    "telecom",
    "values",
]
