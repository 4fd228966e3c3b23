"""Turns text as found into clean values: pure functions, one module for each kind of value.

Nothing here reads a file, a socket, or a clock. All text is treated as hostile: the results are plain and bounded. A
value that cannot be read is empty or a RecordError, as each function states.
"""

from aggregator.clean.address import CITY_LENGTH, LIMIT
from aggregator.clean.address_key import (
    address_key_of,
    differing_units,
    has_other_address,
    is_same_address,
    is_same_road,
    is_same_town,
)
from aggregator.clean.address_tail import take_codes, take_note
from aggregator.clean.age_ranges import ages
from aggregator.clean.country import load_tables
from aggregator.clean.counts import MAX_COUNT
from aggregator.clean.date_names import HAITIAN_DAYS, HAITIAN_MONTHS
from aggregator.clean.dates import YEARS
from aggregator.clean.external_ids import MAX_IDS
from aggregator.clean.fields import as_text
from aggregator.clean.france import read_code
from aggregator.clean.keys import hide_keys, without_keys
from aggregator.clean.links import MAX_LENGTH, safe_url
from aggregator.clean.listing import CLOCK_SKEW, MAX_SLOTS, MERGED_RESTRICTIONS_LENGTH, Context, merge, normalize
from aggregator.clean.location import COUNTY_LENGTH, DESCRIPTION_LENGTH, ID_LENGTH, NAME_LENGTH, WITHOUT_ID
from aggregator.clean.phone import national
from aggregator.clean.position import distance, given_position
from aggregator.clean.postal import plain_county
from aggregator.clean.product_names import LENGTH, Products, products_of
from aggregator.clean.relocation import has_identical_address, has_moved, is_same_venue
from aggregator.clean.slots import MAX_PRODUCTS
from aggregator.clean.state import read_state, state_is_in, take_state, up_to_state
from aggregator.clean.street import LINE_LENGTH, MAX_LINES
from aggregator.clean.text import clean, folded

__all__ = [
    "CITY_LENGTH",
    "CLOCK_SKEW",
    "COUNTY_LENGTH",
    "DESCRIPTION_LENGTH",
    "HAITIAN_DAYS",
    "HAITIAN_MONTHS",
    "ID_LENGTH",
    "LENGTH",
    "LIMIT",
    "LINE_LENGTH",
    "MAX_COUNT",
    "MAX_IDS",
    "MAX_LENGTH",
    "MAX_LINES",
    "MAX_PRODUCTS",
    "MAX_SLOTS",
    "MERGED_RESTRICTIONS_LENGTH",
    "NAME_LENGTH",
    "WITHOUT_ID",
    "YEARS",
    "Context",
    "Products",
    "address_key_of",
    "ages",
    "as_text",
    "clean",
    "differing_units",
    "distance",
    "folded",
    "given_position",
    "has_identical_address",
    "has_moved",
    "has_other_address",
    "hide_keys",
    "is_same_address",
    "is_same_road",
    "is_same_town",
    "is_same_venue",
    "load_tables",
    "merge",
    "national",
    "normalize",
    "plain_county",
    "products_of",
    "read_code",
    "read_state",
    "safe_url",
    "state_is_in",
    "take_codes",
    "take_note",
    "take_state",
    "up_to_state",
    "without_keys",
]
