"""The contract kit: checks that every adapter must pass, for the tests and for adapter authors.

Each check returns faults as sentences. Visits are replayed from recordings, intact or damaged, through the code that
polls. Nothing here is specific to a booking system.
"""

from aggregator.kit.contract.adapter_file import file_faults, header_faults, import_faults, name_faults
from aggregator.kit.contract.all_checks import CHECKS, adapter_faults, visit_faults
from aggregator.kit.contract.bounds import bound_faults
from aggregator.kit.contract.damage import damage_faults, field_faults, past_faults
from aggregator.kit.contract.foreign import FOREIGN, Foreign
from aggregator.kit.contract.missing import missing_faults
from aggregator.kit.contract.no_state import state_faults
from aggregator.kit.contract.replay import Subject, replayed
from aggregator.kit.contract.row_order import cut_faults, identity_faults, order_faults
from aggregator.kit.contract.work import work_faults
from aggregator.kit.contract.wrong_pages import empty_faults, foreign_faults, not_a_page_faults

__all__ = [
    "CHECKS",
    "FOREIGN",
    "Foreign",
    "Subject",
    "adapter_faults",
    "bound_faults",
    "cut_faults",
    "damage_faults",
    "empty_faults",
    "field_faults",
    "file_faults",
    "foreign_faults",
    "header_faults",
    "identity_faults",
    "import_faults",
    "missing_faults",
    "name_faults",
    "not_a_page_faults",
    "order_faults",
    "past_faults",
    "replayed",
    "state_faults",
    "visit_faults",
    "work_faults",
]
