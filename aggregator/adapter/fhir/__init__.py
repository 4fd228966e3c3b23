"""SMART Scheduling Links files: the manifest, its NDJSON files, and how their records are joined. Publisher-neutral.

Format: SMART Scheduling Links of 2021 and HL7's guide of 2026 (FHIR R4 Location, Schedule, Slot; in HL7's form also
HealthcareService and PractitionerRole). Pure: an adapter fetches the files and hands their text to a `Feed`.
"""

from aggregator.adapter.fhir.answer import answer
from aggregator.adapter.fhir.feed import Feed, Joined
from aggregator.adapter.fhir.fields import Record, has_availability, position, telecom, values
from aggregator.adapter.fhir.files import Loss
from aggregator.adapter.fhir.manifest import KINDS, Output, outputs
from aggregator.adapter.fhir.services import doses, products

__all__ = [
    "KINDS",
    "Feed",
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
