"""Tools for adapter authors: record and scrub visits, describe pages, write templates and cases, check adapters."""

from aggregator.kit.cases import Case, accept, case_folder
from aggregator.kit.cassettes import read_cassette
from aggregator.kit.contract import adapter_faults
from aggregator.kit.curl_commands import read_curl
from aggregator.kit.exchanges import Imported
from aggregator.kit.har_filter import position_of, sift
from aggregator.kit.new_adapter import Scaffold, check_name, scaffold
from aggregator.kit.pick_response import Pick
from aggregator.kit.recorded_visit import capture, region_of_one
from aggregator.kit.scrubbing import Scrubbed, scrub
from aggregator.kit.traced import AdapterFault
from aggregator.kit.trial import Trial, try_cases, try_live, try_recording
from aggregator.kit.trial_verdict import COLUMNS, next_step, remarks, rows, verdict
from aggregator.kit.write_files import write_all

__all__ = [
    "COLUMNS",
    "AdapterFault",
    "Case",
    "Imported",
    "Pick",
    "Scaffold",
    "Scrubbed",
    "Trial",
    "accept",
    "adapter_faults",
    "capture",
    "case_folder",
    "check_name",
    "next_step",
    "position_of",
    "read_cassette",
    "read_curl",
    "region_of_one",
    "remarks",
    "rows",
    "scaffold",
    "scrub",
    "sift",
    "try_cases",
    "try_live",
    "try_recording",
    "verdict",
    "write_all",
]
