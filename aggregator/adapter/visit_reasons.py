"""For systems that are asked place by place, and at each place reason by reason.

A reason is what an appointment is for, in the system's words ("1ère injection Moderna, + 12 ans"). A reader may rely
on: a place that cannot be read is lost alone; one says NO only where every reason was answered and none has an
opening, or where the adapter says so; an opening that several reasons lead to is one slot, with the products, doses and
conditions of all of them; the next opening that an answer states counts, also where asking from its day on brings
nothing. Every vaccination is asked for, whatever it is against: the core leaves out what a region does not want.
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
from aggregator.clean import product, read_code
from aggregator.errors import FetchError, PageError, RecordError
from aggregator.model import Available, Listing, SlotListing

BY_TELEPHONE = "Appointments by telephone only"
MAX_REASONS = 60  # asked for at one place; a place with more is incomplete
_VACCINATION = re.compile(r"vaccin|injection|rappel(?! t[eé]l)", re.IGNORECASE)
_NO_VACCINATION = re.compile(
    r"\btests?\b|d[eé]pistage|antig[eé]n|\bpcr\b|s[eé]rologique|pilulier|di[eé]t[eé]tique|nutrition"
    r"|infiltration|hyaluron|botox|botulique|esth[eé]tique|m[eé]soth[eé]rapie",
    re.IGNORECASE,
)


class VisitReason(NamedTuple):
    """`name` goes with the slots; it tells `dose` and `products` (texts that may name one) where these do not."""

    name: str
    record: Any = None  # what `ask` needs
    products: tuple[str, ...] = ()
    dose: str = ""


def is_vaccination(name: str, *, marked: bool = False) -> bool:
    """Whether a reason is a vaccination, against whatever disease: by its name, or because the system marks it as one.

    Tests, advice and injections of other things are none, whatever else their names say.
    """
    return (marked or bool(_VACCINATION.search(name) or product(name))) and not _NO_VACCINATION.search(name)


Places = AsyncIterator[tuple[Listing, Sequence[VisitReason] | None]]  # None: the reasons did not come


class Opening(NamedTuple):
    """A slot and what makes it the same one under another reason."""

    key: Hashable
    slot: SlotListing


class _Asked(NamedTuple):
    """A place with its slots, and the phone number that answers gave instead of openings."""

    place: Listing
    telephone: str


class PostalCodes:
    """Tells by postal code which places are in the region's states, where codes begin with them, as in France."""

    def __init__(self, states: tuple[str, ...]) -> None:
        self._states, self._given, self._missing = states, False, False

    def in_region(self, postal_code: str | float | None) -> bool:
        """Whether a place is in the region; RecordError for a text without a postal code: nobody knows where it is."""
        text = plain(postal_code).strip()
        self._given, self._missing = self._given or bool(text), self._missing or not text
        code = read_code(text)
        if text and not code:
            raise RecordError("postal_code", postal_code, "holds no postal code, so that the region is not known")
        return bool(code) and code.startswith(self._states)

    @property
    def all_missing(self) -> bool:
        """Whether there were places, and not one of them had a postal code."""
        return self._missing and not self._given


class VisitReasonAdapter(JsonAdapter):
    """Reads a list (`rows`), or one place's own page where the source's URL matches `own_page`."""

    own_page: ClassVar[str] = ""  # regular expression
    total: ClassVar[str] = ""  # key beside the rows that says how many there are: other lists may be empty, too
    asks: ClassVar[int] = 2  # at most, for one reason: from today on, and from the next opening that is stated

    def query(self, number: int, today: date) -> Mapping[str, str]:
        """The parameters of a page of the list, counted from 1."""
        return {}

    def more(self, page: Page) -> bool:
        """Whether there is a page after this one."""
        return False

    def rows_at(self, page: Page) -> Iterable[Any]:
        """The rows of a page of the list; PageError where there is no place for them."""
        rows = list(super().rows_of(page))
        if self.total and not rows and self.total not in page.json:
            raise page.error(f"lists nothing and has no {self.total!r} that says so")
        return rows

    def key(self, row: Any) -> str:
        """What makes two rows of the list the same one."""
        return str(row["id"])

    @abstractmethod
    def places_in(self, row: DataRow, codes: PostalCodes, fetch: Fetch) -> Places:
        """The places of a row of the list, without slots, and their reasons.

        `row.value` is None where `row.page` is the place's own.
        """

    @abstractmethod
    async def ask(self, reason: VisitReason, day: date, fetch: Fetch) -> Any:
        """What is open from `day` on; None where no answer came."""

    @abstractmethod
    def openings(self, answer: Any) -> Iterable[Opening]:
        """The slots of an answer; those before the day asked for are left out."""

    def later(self, answer: Any) -> str:
        """The time or day of the next opening, as an answer without slots states it."""
        return ""

    def telephone(self, answer: Any) -> str:
        """The number an answer gives instead of openings."""
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
            except Exception as error:  # of this place alone: `listing` raises it again, so that it is counted
                found.append(error)
            yield row.page.with_context(found)
        if codes.all_missing:
            raise PageError(f"{source.url}: no place has a postal code, so none can be found to be of the region")

    def rows_of(self, page: Page) -> Iterable[_Asked | Exception]:
        found: list[_Asked | Exception] = page.context
        return found

    def listing(self, row: Row) -> Listing:
        if isinstance(row.value, Exception):
            raise row.value
        place, telephone = row.value
        return by_telephone(replace(place, booking_phone=telephone)) if telephone and not place.slots else place

    async def _rows(self, source: SourceInfo, fetch: Fetch, seen: set[str]) -> AsyncIterator[DataRow]:
        """The rows of the list, page by page, until a page has none that is not in `seen`."""
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
        """The openings of a reason, None where no answer came, and the number given instead of any."""
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
    """The JSON of an answer to `ask`; None if no page came. RecordError for a page that is null: it says nothing."""
    if page is not None and page.json is None:
        raise RecordError("answer", page.text, f"{page.url} answers null")
    return page and page.json


def by_telephone(place: Listing) -> Listing:
    """A place that takes appointments by phone: what it has is not known."""
    return replace(place, available=Available.UNKNOWN, no_if_empty=False, restrictions=BY_TELEPHONE)


def _with_reason(slot: SlotListing, reason: VisitReason) -> SlotListing:
    """The slot with what its reason tells of it; a text that names no vaccine is none."""
    named = tuple(text for text in reason.products or (reason.name,) if product(text))
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
