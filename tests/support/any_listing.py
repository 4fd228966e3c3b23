"""Listings of any text in any field, ordinary and hostile, and of addresses with their parts in any order.

Hypothesis draws texts, and a generator seeded with them picks from these and from texts that sources write. If
Hypothesis drew each field, most listings would repeat an earlier one, and each would take ten times as long.
"""

import os
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aggregator.model import Available, Listing, LocationType, SlotListing

T = TypeVar("T")
COUNT = int(os.environ.get("FUZZ_LISTINGS", "0")) or 5200  # `make fuzz` draws more of them
SAME_EACH_TIME = "FUZZ_LISTINGS" not in os.environ
TOGETHER = 20  # listings from the texts of one example

_HOSTILE = (
    "", " \t\r\n\u00a0", "<script>alert(1)</script>", "]]><!-- --></html>", "&lt;&#0;&#xD800;&bogus;&amp;amp;",
    "\x00\x01\x1b[31m\x7f", "\u202egnp.exe\u202c\u2067x\u2069", "\ud800a\udfff", "e\u0301" * 40, "A" * 5000, "1 " * 900,
    "9" * 400, "'\"; DROP TABLE places; --", "=cmd|' /C calc'!A0", "../../etc/passwd", ".", "..", "con.html", "a/b\\c",
    "%00%2e%2e", "{{ 7*7 }}{% raw %}", "N/A", "none", "null", "NaN", "-0", "1e309", "\ufffd\ufeff\u200b", "\U0001f489",
    "北京路 12 号", "شارع 5", "\u0661\u0662 St", "\n\n\n", "#", "-", ",,,", "()", "'",
)  # fmt: skip
_NAMES = (
    "Heron Hall", "CVS Pharmacy #02004", "HARBOR DRUG", "St. Mary's Church (rear)", "Wren Library - Room 2",
    "Pharmacie de l'Église", "Centre de vaccination", "Town of Alder: Dose 2", "Walgreens", "Grange 12",
)  # fmt: skip
_PARTS = {
    "US": (
        "300", "12", "1000", "12-14", "7B", "1/2", "One", "#100", "#2", "#", "Suite 200", "Ste. A", "Building 5",
        "Bldg 0", "Apt", "Unit 4-B", "Room 12", "Rm", "N", "S.W.", "East", "Oak", "Main", "Campus", "US", "County",
        "St", "Street", "Dr", "Hwy", "Route 9", "Avenue", "Plaza", "PO Box 12", "PO Box 7", ",", "-", "/", "(rear)",
        "Boston", "Pago Pago", "MA", "AS", "02118", "96799", "96799-1234", "USA", "\n",
    ),
    "FR": (
        "12", "3", "06", "bis", "ter", "12 bis", "rue", "place", "avenue", "de", "la", "l'", "Église", "République",
        "St-Martin", "Bât. A", "Résidence", "lieu-dit", "BP 12", "CEDEX", "CEDEX 9", "06220", "01000", "2A004", ",",
        "-", "Bourg-en-Bresse", "VALLAURIS", "France", "\n", "n°5", "1er étage",
    ),
}  # fmt: skip
_CODES = {"US": ("96799", "02118", "2118", "96799-0001", "00000"), "FR": ("01000", "06220", "6220", "20000", "99999")}
_TOWNS = {"US": ("Pago Pago", "BOSTON", "St. Elsewhere"), "FR": ("Bourg-en-Bresse", "VALLAURIS CEDEX", "L'Haÿ")}
_STATES = {"US": ("AS", "MA", "ma", "Mass.", "ZZ"), "FR": ("", "01", "Ain")}
_TIMES = (
    "2021-05-14T09:00:00", "2021-05-14T09:00:00-04:00", "05/20/2021", "2021-05-16", "2021-05-13T23:59:59Z",
    "2021-02-30", "2021-11-07T01:30:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2021-05-14T24:00:00",
    "99/99/9999", "1620000000",
)  # fmt: skip
_LINKS = (
    "https://book.example.org/?a=1&b=2", "www.example.org", "javascript:alert(1)", "http//x", "/book?id=7", "https://[::1",
    "https://user:pw@example.org:99999/", "mailto:a@example.org", "tel:+1", "//example.org",
)  # fmt: skip
_PHONES = ("(617) 555-0142", "617.555.0142 x12", "06 12 34 56 78", "+33 1 23 45 67 89", "000-000-0000", "call us")
_PRODUCTS = ("Pfizer", "Moderna", "flu", "COVID-19", "Dose 2", "Comirnaty (12+)", "Td/Tdap")
_COUNTS = (None, 0, 1, 7, -3, 10**30, "12", "10+", "0", "many", "")

_ANYTHING = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=30),  # with surrogates
    st.text(st.characters(max_codepoint=0x24F), max_size=30),
    st.text(st.sampled_from("0123456789 #,.-/()'ab\n"), max_size=30),
)
_DEGREES: tuple[float | str, ...] = (42.1, -14.3, "46.2", 0, 91, -181, 1e300, float("nan"), "north", "")


class _Writer:
    """Generates the listings of one example, for sources in one country."""

    def __init__(self, seed: str, texts: Sequence[str], country: str) -> None:
        self._chance, self._anything, self._country = Random(seed), (*texts, *_HOSTILE), country

    def _text(self, *usual: str) -> str:
        """Mostly one of `usual`, sometimes any text."""
        return self._chance.choice(usual if self._chance.random() < 0.75 else self._anything)

    def _some(self, most: int, *usual: str) -> tuple[str, ...]:
        return tuple(self._text(*usual) for _ in range(self._chance.randint(0, most)))

    def _one_of(self, *values: T) -> T:
        return self._chance.choice(values)

    def listing(self) -> Listing:
        text, one_of, tables = self._text, self._one_of, (_PARTS, _CODES, _TOWNS, _STATES)
        parts, codes, towns, states = (table[self._country] for table in tables)
        line, other = (" ".join(self._chance.choices(parts, k=self._chance.randint(0, 7))) for _ in range(2))
        address: str | tuple[str, ...] = one_of(line, line, "", self._chance.choice(self._anything))
        if self._chance.random() < 0.2:
            address = line, other
        degrees: Sequence[float | str] = self._chance.choices(_DEGREES, k=2)
        in_parts: dict[str, Any] = {"city": text(*towns), "state": text(*states), "postal_code": text(*codes)}
        return Listing(
            name=text(*_NAMES),
            id=one_of("", "", str(self._chance.randrange(10**6)), self._chance.choice(self._anything)),
            address=address,
            position=one_of(None, (degrees[0], degrees[1])),
            location_type=one_of(None, *LocationType),
            country=one_of("", "", "US", "CA", "QA", text("fr", "USA")),
            time_zone=one_of("", "", "Pacific/Guam", "Canada/Eastern", text("America/Nowhere", "EST")),
            info_phone=text("", *_PHONES),
            booking_phone=text("", *_PHONES),
            info_url=text("", *_LINKS),
            booking_url=text("", *_LINKS),
            county=text("", "Suffolk County"),
            description=text("", "Walk-ins welcome."),
            restrictions=text("", "Ages 65+ only."),
            external_ids=tuple(
                (text("cvs", "vtrcks", "npi_usa"), text("02004", "CV1002004")) for _ in self._some(2, "")
            ),
            available=one_of(None, *Available),
            count=one_of(*_COUNTS),
            products=self._some(2, *_PRODUCTS),
            doses=self._some(2, "1", "booster"),
            slots=tuple(self._slot() for _ in range(one_of(0, 0, 1, 2, 3))),
            no_if_empty=one_of(True, False),
            complete=one_of(True, True, False),
            valid_at=text("", *_TIMES),
            **one_of({}, in_parts, in_parts),
        )

    def _slot(self) -> SlotListing:
        text, one_of = self._text, self._one_of
        return SlotListing(
            start=text(*_TIMES),
            end=one_of("", text(*_TIMES)),
            hours=text("", "09:00 am - 05:00 pm", "9.30-12", "noon", "25:00 - 99:99"),
            count=one_of(*_COUNTS),
            available=one_of(None, None, *Available),
            products=self._some(2, *_PRODUCTS),
            doses=self._some(2, "1", "2"),
            booking_url=text("", *_LINKS),
            restrictions=text("", "Teachers only."),
            clock=one_of("offset", "local"),
            days_only=one_of(False, False, True),
            first_of_many=one_of(False, False, True),
        )


def drawn(country: str, count: int) -> Iterator[Listing]:
    """Yields `count` listings: the same in every run of `make test`, different ones in every run of `make fuzz`."""
    found: list[Listing] = []

    @settings(
        max_examples=-(-count // TOGETHER),
        derandomize=SAME_EACH_TIME,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(_ANYTHING, min_size=10, max_size=30))
    def collect(texts: list[str]) -> None:
        writer = _Writer(repr((texts, len(found))), texts, country)
        found.extend(writer.listing() for _ in range(TOGETHER))

    collect()
    yield from found
