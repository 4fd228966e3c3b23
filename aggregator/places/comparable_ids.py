"""External ids of all shapes as keys that can be compared.

The same number is padded in one source and not in the other ("00123" and "123"), and hides in a VTrckS pin or behind
the number of a chain that was bought (sheets of Rite Aid, CVS, Kroger and Walgreens). `keys_of` sees through that.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from aggregator.store import SHARED_SYSTEMS

# Chains that give every store a number of its own, so that another number is another place.
STORE_SYSTEMS = frozenset({
    "acme", "albertsons", "albertsons_market", "amigos", "carrs", "costco", "cvs", "genoa_healthcare", "haggen",
    "hannaford_rxtouch", "health_mart", "heb", "hyvee_store", "jewelosco", "kroger", "luckys", "market_street",
    "meijer", "pak_n_save", "pavilions", "price_chopper", "publix", "randalls", "randalls_pharmacy", "rite_aid",
    "safeway", "sams_club", "sav_on", "shaws", "shoprite", "star_market", "stop_and_shop", "thrifty_white",
    "tom_thumb", "united", "vons", "vtrcks", "walgreens", "walmart", "winn_dixie",
})  # fmt: skip
LONGEST_NUMBER = 8  # digits of a store number (Kroger's); what is longer is an entry of a list that a store has many of
PINS = {"ra1": "rite_aid", "cv1": "cvs"}  # how VTrckS pins begin that are store numbers, padded to six digits
EVENT_SYSTEMS = re.compile(r"prepmod-.+-(?:clinic|reg)|mapharma-campaign")  # numbers that move along with an event
BARTELL = 6900  # what Rite Aid added to the numbers of the Bartell stores


class Key(NamedTuple):
    """An id that is equal to another one if and only if both mean the same."""

    system: str
    value: str

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class Keys(NamedTuple):
    """Ids of a location by what they tell.

    `stores`: the number of one store; another number of the same system is another place.
    `entries`: one row of some system, which may have several rows for a place.
    `shared`: several places of one owner have it. `events`: something that takes place somewhere, and may move.
    """

    stores: frozenset[Key]
    entries: frozenset[Key]
    shared: frozenset[Key]
    events: frozenset[Key]


def keys_of(external_ids: Iterable[tuple[str, str]]) -> Keys:
    """The keys of pairs (system, value) as `Location.external_ids` has them."""
    kinds: tuple[set[Key], set[Key], set[Key], set[Key]] = (set(), set(), set(), set())
    for system, value in external_ids:
        key = _key(system.casefold(), value.casefold())
        kinds[_kind(key)].add(key)
    return Keys(*map(frozenset, kinds))


def _key(system: str, value: str) -> Key:
    if system == "vtrcks" and (pin := re.fullmatch(r"([a-z]{2}1)0*(\d{1,6})", value)) and pin[1] in PINS:
        return Key(PINS[pin[1]], pin[2])
    if system == "bartell" and value.isdecimal():
        return Key("rite_aid", str(BARTELL + int(value)))
    if system.startswith("kroger_"):  # one list of numbers for all brands of the company
        system = "kroger"
    return Key(system, value.lstrip("0") or "0" if value.isdecimal() else value)


def _kind(key: Key) -> int:
    """The field of `Keys` that it belongs to."""
    if key.system in SHARED_SYSTEMS:
        return 2
    if EVENT_SYSTEMS.fullmatch(key.system):
        return 3
    return 0 if key.system in STORE_SYSTEMS and len(key.value) <= LONGEST_NUMBER else 1
