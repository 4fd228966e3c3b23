"""Converts external ids of all forms to comparable keys.

One source pads a number and another does not ("00123" and "123"); numbers also appear in a VTrckS pin or under the
number of a chain that was bought (Rite Aid, CVS, Kroger, Walgreens). `keys_of` resolves that.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from aggregator.store import SHARED_SYSTEMS

# Chains that give every store its own number, so that another number is another place.
STORE_SYSTEMS = frozenset({
    "acme", "albertsons", "albertsons_market", "amigos", "carrs", "costco", "cvs", "genoa_healthcare", "haggen",
    "hannaford_rxtouch", "health_mart", "heb", "hyvee_store", "jewelosco", "kroger", "luckys", "market_street",
    "meijer", "pak_n_save", "pavilions", "price_chopper", "publix", "randalls", "randalls_pharmacy", "rite_aid",
    "safeway", "sams_club", "sav_on", "shaws", "shoprite", "star_market", "stop_and_shop", "thrifty_white",
    "tom_thumb", "united", "vons", "vtrcks", "walgreens", "walmart", "winn_dixie",
})  # fmt: skip
# digits of a store number (Kroger's); a longer number is a list entry, of which a store may have many
LONGEST_NUMBER = 8
PINS = {"ra1": "rite_aid", "cv1": "cvs"}  # prefixes of VTrckS pins that are store numbers, padded to six digits
EVENT_SYSTEMS = re.compile(r"prepmod-.+-(?:clinic|reg)|mapharma-campaign")  # numbers that move with an event
BARTELL = 6900  # added by Rite Aid to the numbers of Bartell stores


class Key(NamedTuple):
    """A comparable id: two keys are equal if and only if they mean the same."""

    system: str
    value: str

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class Keys(NamedTuple):
    """The ids of a location by their meaning.

    `stores`: the number of one store; another number in the same system is another place. `entries`: one row of a
    system, which may have several rows per place. `shared`: several places of one owner have it. `events`: belongs to
    an event, which may move.
    """

    stores: frozenset[Key]
    entries: frozenset[Key]
    shared: frozenset[Key]
    events: frozenset[Key]


def keys_of(external_ids: Iterable[tuple[str, str]]) -> Keys:
    """The keys of (system, value) pairs, as in `Location.external_ids`."""
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
    if system.startswith("kroger_"):  # All brands of the company share one list of numbers.
        system = "kroger"
    return Key(system, value.lstrip("0") or "0" if value.isdecimal() else value)


def _kind(key: Key) -> int:
    """The index of the field of `Keys` that a key belongs to."""
    if key.system in SHARED_SYSTEMS:
        return 2
    if EVENT_SYSTEMS.fullmatch(key.system):
        return 3
    return 0 if key.system in STORE_SYSTEMS and len(key.value) <= LONGEST_NUMBER else 1
