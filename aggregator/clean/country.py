"""Rules of each country for addresses, postal codes, and capital letters.

In a country without rules of its own, addresses pass through as the source gives them (`elsewhere`).
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from aggregator.clean import address, elsewhere, france, postal, text
from aggregator.clean.address import Address
from aggregator.clean.phone import phone
from aggregator.clean.postal import Box, Postal


class Country(NamedTuple):
    """The rules of one country. `read_line` and `read_parts` as in `address`, `lookup` and `box` as in `postal`.

    `time_zone`: the IANA zone of a postal code; "" if the code does not determine it. `day_first`: "3/12/2026" is in
    December.
    """

    read_line: Callable[[str, str], Address]
    read_parts: Callable[[tuple[str, ...], str, str, str, str], Address]
    lookup: Callable[[str], Postal | None]
    box: Callable[[str], Box | None]
    time_zone: Callable[[str], str]
    title_case: Callable[[str], str]
    day_first: bool


def rules_of(code: str) -> Country:
    """The rules of a country by its two-letter code."""
    return _COUNTRIES.get(code, _ELSEWHERE)


_ELSEWHERE = Country(
    read_line=elsewhere.read_address,
    read_parts=elsewhere.read_parts,
    lookup=elsewhere.lookup,
    box=elsewhere.box,
    time_zone=elsewhere.time_zone,
    title_case=text.title_case,
    day_first=True,
)
_UNITED_STATES = Country(
    read_line=address.read_address,
    read_parts=address.read_parts,
    lookup=postal.lookup,
    box=postal.box,
    time_zone=postal.time_zone,
    title_case=text.title_case,
    day_first=False,
)
# The US post office also serves the territories, some of which sources list as countries of their own.
_COUNTRIES = {
    **dict.fromkeys(("US", "PR", "GU", "AS", "MP", "VI"), _UNITED_STATES),
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
    """Loads the tables that the first address and phone of each country need; this blocks for up to 0.4 s."""
    for country in countries:
        rules_of(country).lookup("00501")
        phone("000-000-0000", country)
