"""How places are written in a country: addresses, postal codes, capitals.

A country without rules of its own is read with those of the United States.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from aggregator.clean import address, france, postal, text
from aggregator.clean.address import Address
from aggregator.clean.phone import phone
from aggregator.clean.postal import Box, Postal


class Country(NamedTuple):
    """`read_line` and `read_parts` as in `address`, `lookup` and `box` as in `postal`.

    `time_zone`: the IANA zone of a postal code, "" where it tells none. `day_first`: "3/12/2026" is in December.
    """

    read_line: Callable[[str, str], Address]
    read_parts: Callable[[tuple[str, ...], str, str, str, str], Address]
    lookup: Callable[[str], Postal | None]
    box: Callable[[str], Box | None]
    time_zone: Callable[[str], str]
    title_case: Callable[[str], str]
    day_first: bool


def rules_of(code: str) -> Country:
    """The rules of a country by its two letters."""
    return _COUNTRIES.get(code, _UNITED_STATES)


_UNITED_STATES = Country(
    read_line=address.read_address,
    read_parts=address.read_parts,
    lookup=postal.lookup,
    box=postal.box,
    time_zone=postal.time_zone,
    title_case=text.title_case,
    day_first=False,
)
_COUNTRIES = {
    "FR": Country(
        read_line=france.read_address,
        read_parts=france.read_parts,
        lookup=france.lookup,
        box=france.box,
        time_zone=france.time_zone,
        title_case=france.title_case,
        day_first=True,
    ),
}


def load_tables(countries: Iterable[str]) -> None:
    """Loads what the first address and phone of each country need: up to 0.4 s, in which nothing else can run."""
    for country in countries:
        rules_of(country).lookup("00501")
        phone("000-000-0000", country)
