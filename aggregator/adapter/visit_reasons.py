"""The pattern for systems that are queried for each place and each visit reason.

A reason is what an appointment is for, in the system's words ("1ère injection Moderna, + 12 ans").

- A place that cannot be read is lost alone.
- A place is NO only if every reason was answered and none has an opening, or if the adapter states NO.
- An opening that several reasons lead to is one slot, with the products, doses, and conditions of all of them.
- A next opening that an answer states counts even if a query from that day on brings nothing.
- All vaccinations are queried, whatever they are against: the core drops what a region does not want.
"""

import re
from abc import abstractmethod
from collections.abc import AsyncIterator, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, NamedTuple

from msgspec.structs import replace

from aggregator.adapter.base import JsonAdapter
from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch, Pages, SourceInfo
from aggregator.adapter.read import plain
from aggregator.adapter.row import DataRow, Row
from aggregator.adapter.vaccines import named_in
from aggregator.clean import read_code
from aggregator.errors import FetchError, PageError, RecordError
from aggregator.model import Available, Listing, SlotListing

BY_TELEPHONE = "Appointments by telephone only"
MAX_REASONS = 60  # reasons queried at one place; a place with more is incomplete
_VACCINATION = re.compile(r"vaccin|injection|rappel(?! t[eé]l)", re.IGNORECASE)
_NO_VACCINATION = re.compile(
    r"\btests?\b|d[eé]pistage|antig[eé]n|\bpcr\b|s[eé]rologique|pilulier|di[eé]t[eé]tique|nutrition"
    r"|infiltration|hyaluron|botox|botulique|esth[eé]tique|m[eé]soth[eé]rapie",
    re.IGNORECASE,
)


class VisitReason(NamedTuple):
    """One visit reason. `name` goes with the slots; it names dose and products if the other fields don't."""

    name: str
    record: Any = None  # what `ask` needs
    products: tuple[str, ...] = ()
    dose: str = ""


def is_vaccination(name: str, *, marked: bool = False) -> bool:
    """Whether a reason is a vaccination: by its name, or because the system marks it as one.

    Tests, consultations, and other injections are not, whatever else their names contain.
    """
    return (marked or bool(_VACCINATION.search(name) or named_in(name))) and not _NO_VACCINATION.search(name)


Places = AsyncIterator[tuple[Listing, Sequence[VisitReason] | None]]  # None: the reasons could not be fetched


class Opening(NamedTuple):
    """A slot, with a key that is the same if another reason leads to it."""

    key: Hashable
    slot: SlotListing


class _Asked(NamedTuple):
    """A place with its slots, and the phone number that answers give instead of openings."""

    place: Listing
    telephone: str


class PostalCodes:
    """Tells by postal code whether a place is in the region, in countries whose codes begin with the state's."""

    def __init__(self, states: tuple[str, ...]) -> None:
        self._states, self._given, self._missing = states, False, False

    def in_region(self, postal_code: str | float | None) -> bool:
        """Whether a place is in the region; RecordError for a text without a postal code, because we can't tell."""
        text = plain(postal_code).strip()
        self._given, self._missing = self._given or bool(text), self._missing or not text
        code = read_code(text)
        if text and not code:
            raise RecordError("postal_code", postal_code, "contains no postal code, so we can't tell its region")
        return bool(code) and code.startswith(self._states)

    @property
    def all_missing(self) -> bool:
        """Whether there were places, but none of them had a postal code."""
        return self._missing and not self._given


class VisitReasonAdapter(JsonAdapter):
    """Base class: reads a list (`rows`), or one place's own page if the source's URL matches `own_page`."""

    own_page: ClassVar[str] = ""  # regular expression
    total: ClassVar[str] = ""  # key beside the rows with their number; without it, an empty list is not trusted
    asks: ClassVar[int] = 2  # queries per reason at most: from today on, and from the next opening that is stated

    def query(self, number: int, today: date) -> Mapping[str, str]:
        """The query parameters of a page of the list; pages count from 1."""
        return {}

    def more(self, page: Page) -> bool:
        """Whether another page follows."""
        return False

    def rows_at(self, page: Page) -> Iterable[Any]:
        """The rows of a page of the list; PageError if it has no list."""
        rows = list(super().rows_of(page))
        if self.total and not rows and self.total not in page.json:
            raise page.error(f"lists nothing and has no {self.total!r} to confirm it")
        return rows

    def key(self, row: Any) -> str:
        """The identity of a row of the list."""
        return str(row["id"])

    @abstractmethod
    def places_in(self, row: DataRow, codes: PostalCodes, fetch: Fetch) -> Places:
        """Yields the places of a row, without slots, and their reasons.

        `row.value` is None if `row.page` is the place's own page.
        """

    @abstractmethod
    async def ask(self, reason: VisitReason, day: date, fetch: Fetch) -> Any:
        """Queries what is open from `day` on; None if no answer came."""

    @abstractmethod
    def openings(self, answer: Any) -> Iterable[Opening]:
        """The slots of an answer; those before the requested day are dropped."""

    def later(self, answer: Any) -> str:
        """The time or day of the next opening that an answer without slots states."""
        return ""

    def telephone(self, answer: Any) -> str:
        """The phone number that an answer gives instead of openings."""
        return ""

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        codes, seen = PostalCodes(source.states), set[str]()
        async for row in self._rows(source, fetch, seen):
            found: list[_Asked | Exception] = []
            try:
                if row.value is None or _is_new(self.key(row.value), seen):
                    async for place, reasons in self.places_in(row, codes, fetch):
                        found.append(await self._asked(place, reasons, fetch))
            except FetchError:
                raise
            # Lose only this place: `listing` raises the error again.
            except Exception as error:
                found.append(error)
            yield row.page.with_context(found)
        if codes.all_missing:
            raise PageError(f"{source.url}: no place has a postal code, so we can't tell which are in the region")

    def rows_of(self, page: Page) -> Iterable[_Asked | Exception]:
        found: list[_Asked | Exception] = page.context
        return found

    def listing(self, row: Row) -> Listing:
        if isinstance(row.value, Exception):
            raise row.value
        place, telephone = row.value
        return by_telephone(replace(place, booking_phone=telephone)) if telephone and not place.slots else place

    async def _rows(self, source: SourceInfo, fetch: Fetch, seen: set[str]) -> AsyncIterator[DataRow]:
        """Yields the rows of the list, page by page, until a page has only rows that are in `seen`."""
        if self.own_page and re.search(self.own_page, source.url):
            yield DataRow(None, await fetch(source.url), source)
            return
        number, more = 0, True
        while more:
            number, before = number + 1, len(seen)
            page = await fetch(source.url, params=self.query(number, fetch.today))
            for value in self.rows_at(page):
                yield DataRow(value, page, source)
            more = len(seen) > before and self.more(page)

    async def _asked(self, place: Listing, reasons: Sequence[VisitReason] | None, fetch: Fetch) -> _Asked:
        slots: dict[Hashable, SlotListing] = {}
        asked = (reasons or ())[:MAX_REASONS]
        whole, telephone = reasons is not None and len(asked) == len(reasons), ""
        for reason in asked:
            found, number = await self._answers(reason, fetch)
            whole, telephone = whole and found is not None, telephone or number
            for key, slot in found or ():
                with_reason = _with_reason(slot, reason)
                slots[key] = _united(slots[key], with_reason) if key in slots else with_reason
        listing = replace(
            place,
            available=None if slots else place.available,
            slots=tuple(slots.values()),
            no_if_empty=place.available is None,
            complete=place.complete and whole,
        )
        return _Asked(listing, telephone)

    async def _answers(self, reason: VisitReason, fetch: Fetch) -> tuple[list[Opening] | None, str]:
        """The openings of a reason (None if no answer came), and the phone number given instead."""
        day, later, number = fetch.today, "", ""
        for _ in range(self.asks):
            answer = await self.ask(reason, day, fetch)
            if answer is None:
                break
            found = [one for one in self.openings(answer) if one.slot.start[:10] >= day.isoformat()]
            later, number = self.later(answer), self.telephone(answer)
            if found or not later:
                return found, number
            day = date.fromisoformat(later[:10])
        return ([Opening(later, SlotListing(start=later))] if later else None), number


def _is_new(key: str, seen: set[str]) -> bool:
    new = key not in seen
    seen.add(key)
    return new


def answer_of(page: Page | None) -> Any:
    """The JSON of an answer to `ask`; None if no page came. RecordError for `null`, which states nothing."""
    if page is not None and page.json is None:
        raise RecordError("answer", page.text, f"{page.url} answered null")
    return page and page.json


def by_telephone(place: Listing) -> Listing:
    """A place that takes appointments by phone: its availability is UNKNOWN."""
    return replace(place, available=Available.UNKNOWN, no_if_empty=False, restrictions=BY_TELEPHONE)


def _with_reason(slot: SlotListing, reason: VisitReason) -> SlotListing:
    """The slot with the products and doses of its reason; a text that names no vaccine is not a product."""
    named = tuple(text for text in reason.products or (reason.name,) if named_in(text))
    return replace(
        slot,
        products=slot.products or named,
        doses=slot.doses or (reason.dose or reason.name,),
        restrictions=slot.restrictions or reason.name,
    )


def _united(one: SlotListing, other: SlotListing) -> SlotListing:
    return replace(
        one,
        products=tuple(dict.fromkeys(one.products + other.products)),
        doses=tuple(dict.fromkeys(one.doses + other.doses)),
        restrictions="\n".join(dict.fromkeys((one.restrictions, other.restrictions))),
    )
