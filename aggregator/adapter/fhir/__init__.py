"""SMART Scheduling Links: reads a feed's manifest and NDJSON files and joins their records, for any publisher.

Format: SMART Scheduling Links of 2021 and HL7's guide of 2026 (FHIR R4 Location, Schedule, Slot; in HL7's form also
HealthcareService and PractitionerRole). Pure, except for `FeedAdapter`, which fetches the files for a `Feed`.
"""

from aggregator.adapter.fhir.answer import answer
from aggregator.adapter.fhir.bulk_files import Loss
from aggregator.adapter.fhir.elements import Record, has_availability, position, telecom, values
from aggregator.adapter.fhir.feed import Feed, Joined
from aggregator.adapter.fhir.feed_adapter import FeedAdapter
from aggregator.adapter.fhir.manifest import KINDS, Output, outputs
from aggregator.adapter.fhir.services import doses, products

__all__ = [
    "KINDS",
    "Feed",
    "FeedAdapter",
    "Joined",
    "Loss",
    "Output",
    "Record",
    "answer",
    "doses",
    "has_availability",
    "outputs",
    "position",
    "products",
    "telecom",
    "values",
]
