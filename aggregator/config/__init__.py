"""The region file as records: `Region`, its `Source`s and `Service`, and where a release is published."""

from aggregator.config.contact import is_contact, is_placeholder
from aggregator.config.destination import S3, Destination, LocalFolder, Rsync, Ssh
from aggregator.config.new_region import NewRegion, region_text
from aggregator.config.ready_entries import ReadySource, ready_sources
from aggregator.config.region import Decision, Pace, Region, Source, load_region, parse_region
from aggregator.config.region_checks import OUR_HEADERS
from aggregator.config.service_file import available_services, service_named

__all__ = [
    "OUR_HEADERS",
    "S3",
    "Decision",
    "Destination",
    "LocalFolder",
    "NewRegion",
    "Pace",
    "ReadySource",
    "Region",
    "Rsync",
    "Source",
    "Ssh",
    "available_services",
    "is_contact",
    "is_placeholder",
    "load_region",
    "parse_region",
    "ready_sources",
    "region_text",
    "service_named",
]
