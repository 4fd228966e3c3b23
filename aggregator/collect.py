"""One visit to one source -> `Report`. Never raises: whatever goes wrong becomes an outcome with a message.

A visit is whole or in part: in part as soon as a page did not come, a row could not be read, or the deadline passed. At
the deadline no further page is asked for, and the adapter goes on with what it has. Only a whole visit may say that a
location is gone. In a visit in part, every reading is marked incomplete whose place may have more in what was not read;
`aggregator.partial` says what such a reading may change.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from aggregator.adapter import Adapter, Page
from aggregator.errors import AggregatorError, PageError, RecordError, Throttled, Unreachable, VisitError, excerpt
from aggregator.model import Answer, Available, Outcome, Problem, Reading, Report, Request
from aggregator.normalize.listing import Context, merge, normalize
from aggregator.normalize.products import is_covid, product
from aggregator.normalize.text import clean
from aggregator.region import OUR_HEADERS, Source
from aggregator.repeats import Repeats
from aggregator.web.client import Client, max_age
from aggregator.web.hop import origin
from aggregator.web.pace import Clock
from aggregator.web.recognise import verdict

MAX_PROBLEMS = 50  # kept of one visit; the rest is counted
MAX_ROWS = 100_000  # of one visit
REASON_LENGTH = 200
MESSAGE_LENGTH = 500
LEEWAY = 1.1  # times the deadline: when an adapter is stopped that waits for something else than a page


class Visit:
    """What a visit has seen so far; it is the `Fetch` that its adapter is given."""

    def __init__(self, source: Source, adapter: Adapter, client: Client, today: date, only: str) -> None:
        self.source, self.adapter, self.client, self.only = source, adapter, client, only
        self.today = today
        self.readings: list[Reading] = []
        self.repeats = Repeats()
        self.lost: list[Problem] = []  # one for each row that could not be read
        self.problems: list[Problem] = []
        self.rows = self.requests = self.received = 0
        self.next_after = 0.0
        self.missed: VisitError | None = None  # the first page that did not come while the visit went on
        self.last: Answer | None = None
        self._throttled: Throttled | None = None
        self._tokens: dict[tuple[str, str], dict[str, str]] = {}  # origin -> header -> token
        self._until = asyncio.get_running_loop().time() + source.pace.deadline

    async def __call__(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
    ) -> Page:
        pairs = tuple((params or {}).items()), tuple((form or {}).items())
        tokens = tuple(self._tokens.get(origin(url), {}).items())
        answer = await self._ask(Request(url=url, params=pairs[0], form=pairs[1], json=json, tokens=tokens))
        self.received += len(answer.body)
        if self.last is None:
            self.next_after = max_age(answer)
        self.last = answer
        return Page(answer)

    async def or_none(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
    ) -> Page | None:
        try:
            page = await self(url, params=params, form=form, json=json)
            # an adapter that expects no text reads data; one that does is checked when it hands the page on
            if not self.adapter.expects and page.text.lstrip().startswith("<") and (found := verdict(page.answer)):
                raise found
        except VisitError as error:
            self.missed = self.missed or error
            return None
        return page

    def carry(self, page: Page, header: str, token: str) -> None:
        text = f"{header}{token}"
        fits = isinstance(token, str) and bool(token) and text.isascii() and text.isprintable()
        if not fits or header.lower() in OUR_HEADERS:
            kind = f"{len(token)} characters" if isinstance(token, str) else type(token).__name__
            raise PageError(f"{page.url}: the token ({kind}) cannot be sent as {header}; look at the page")
        self._tokens.setdefault(origin(page.url), {})[header.lower()] = token

    def late(self) -> Unreachable:
        return Unreachable(
            f"{self.source.url}: the visit took longer than {self.source.pace.deadline:g} s and was ended; "
            "what was read until then counts; `pace.deadline` and `cycle_deadline` in the region file bound it"
        )

    async def _ask(self, request: Request) -> Answer:
        if asyncio.get_running_loop().time() >= self._until:
            raise self.late()
        if self._throttled:  # a host that asks us to slow down is not asked again in this visit
            raise self._throttled
        self.requests += 1
        try:
            async with asyncio.timeout_at(self._until):
                return await self.client.get(request)
        except TimeoutError:
            raise self.late() from None
        except Throttled as error:
            self._throttled = error
            raise

    async def run(self) -> None:
        """Reads every page; raises VisitError where the visit has to end."""
        async for page in self.adapter.pages(self.source, self):
            self._read_page(page)
            del page  # its tree would live while the next page waits for its turn

    def _read_page(self, page: Page) -> None:
        self._check(page)
        context = Context(
            source=self.source.name,
            base_url=page.url,
            time_zone=self.source.time_zone,
            state=self.source.state or "",
            country=self.source.country,
            location_type=self.source.location_type or self.adapter.location_type,
        )
        before = self.rows
        self.repeats.next_page()
        for row in self.adapter.rows_of(page):
            if self.rows >= MAX_ROWS:
                raise PageError(f"{page.url} lists more than {MAX_ROWS} rows; those after them were not read")
            self.rows += 1
            self._read(row, page, context)
        if self.rows == before:
            self._check_empty(page)

    def _check_empty(self, page: Page) -> None:
        """PageError for a page without rows that does not say so, or says so although pages before it listed some."""
        if not self.adapter.says_empty(page):
            raise PageError(f"{page.url} lists nothing and does not say so; has its layout changed?")
        if self.adapter.empty_marker and self.rows:
            raise PageError(
                f"{page.url} says {self.adapter.empty_marker!r} although the pages before it list {self.rows} rows; "
                "the next visit looks again"
            )

    def _check(self, page: Page) -> None:
        missing = [text for text in self.adapter.expects if text not in page.text]
        if missing:
            raise verdict(page.answer) or PageError(
                f"{page.url} is not the page that {self.adapter.name} knows: {missing[0]!r} is not on it"
            )
        if "<html" in page.text and "</html>" not in page.text:
            raise PageError(f"{page.url} is cut off: it begins as a page of HTML and has no end")

    def _read(self, row: Any, page: Page, context: Context) -> None:
        try:
            listing = self.adapter.listing(row, page, self.source)
            if listing is None:
                return
            if listing.id and not (listing.external_ids or self.adapter.local_ids):
                listing = msgspec.structs.replace(listing, external_ids=((self.adapter.name, listing.id),))
            if self.adapter.only_places:
                listing = msgspec.structs.replace(listing, available=Available.UNKNOWN)
            if self.source.location_type:
                listing = msgspec.structs.replace(listing, location_type=self.source.location_type)
            new = self.repeats.without(listing)
            if new is None:
                return
            listing = new
            reading, problems = normalize(listing, context, page.answer.fetched_at)
            if listing.valid_at.strip():
                reading = self._dated(reading)
        except RecordError as error:
            self._lose(error.field, error.value, error.reason)
        except Exception as error:  # an adapter may fail in any way on a row it was not written for
            self._lose("row", _shown(row), f"{type(error).__name__}: {error}")
        else:
            self.problems += problems
            wanted = _wanted(reading, self.only)
            self.readings += [wanted] if wanted else []

    def _dated(self, reading: Reading) -> Reading:
        """The reading with the time until which what the source stated counts, where that differs from the region's."""
        said, seconds = reading.availability, self.source.valid_for or self.adapter.valid_for
        if not seconds or said is None or said.valid_at is None:
            return reading
        until = said.valid_at + timedelta(seconds=seconds)
        return msgspec.structs.replace(reading, availability=msgspec.structs.replace(said, valid_until=until))

    def _lose(self, field: str, value: str, reason: str) -> None:
        self.lost.append(Problem(field=field, value=value, reason=clean(reason, REASON_LENGTH)))


def _shown(row: Any) -> str:
    try:
        return excerpt(getattr(row, "html", row))
    except Exception as error:  # nested too deeply, say: a row must not take the others with it
        return f"a {type(row).__name__} that cannot be shown ({type(error).__name__})"


def _wanted(reading: Reading, only: str) -> Reading | None:
    """The reading without what is not of the region's disease; None where nothing else is offered there.

    PrepMod puts other vaccines on schedules that call themselves COVID-19; a slot without a product counts.
    """
    availability = reading.availability
    if only != "covid-19" or availability is None:
        return reading
    slots = []
    for slot in availability.slots:
        products = _of_covid(slot.products)
        if products or not slot.products:
            slots.append(slot if products == slot.products else msgspec.structs.replace(slot, products=products))
    offered = _of_covid(availability.products)
    if not slots and (availability.slots or (availability.products and not offered)):
        return None
    kept = msgspec.structs.replace(availability, slots=tuple(slots), products=offered)
    return Reading(location=reading.location, availability=kept)


def _of_covid(products: tuple[str, ...]) -> tuple[str, ...]:
    """Those for COVID-19, and those that nobody knows."""
    return tuple(name for name in products if is_covid(name) or product(name) is None)


async def collect(source: Source, adapter: Adapter, client: Client, clock: Clock, only: str = "") -> Report:
    """Visits `source` once. `only`: "covid-19" leaves other vaccines out."""
    started, began = clock.now(), clock.monotonic()
    visit = Visit(source, adapter, client, started.astimezone(ZoneInfo(source.time_zone)).date(), only)
    error: VisitError | None = None
    try:
        async with asyncio.timeout(source.pace.deadline * LEEWAY):
            await visit.run()
    except TimeoutError:
        error = visit.late()
    except VisitError as found:
        queued = verdict(visit.last) if isinstance(found, PageError) and visit.last is not None else None
        error = queued or found
    except AggregatorError as found:
        error = PageError(str(found))
    except Exception as found:  # the adapter's own code, on a page it was not written for
        error = PageError(f"{source.url}: adapter {adapter.name} failed on its page: {type(found).__name__}: {found}")
    return _report(visit, error, started, clock.monotonic() - began)


def _report(visit: Visit, error: VisitError | None, started: datetime, took: float) -> Report:
    failed = error or visit.missed or _stood_in(visit)
    whole = not failed and not visit.lost
    readings = merge(visit.readings if whole else _marked_incomplete(visit))
    outcome = Outcome(failed.outcome) if failed else Outcome.OK if readings else Outcome.EMPTY
    message = str(failed) if failed else ""
    if outcome is Outcome.EMPTY and visit.rows:
        message = f"none of {visit.rows} rows is a place of this region; if it should be, the rows have changed"
    unread = len(visit.lost)
    if unread and not failed:
        message = f"{unread} of {visit.rows} rows could not be read"
        outcome = Outcome.CHANGED if _mostly_lost(visit) else Outcome.OK
    return Report(
        source=visit.source.name,
        outcome=outcome,
        started_at=started,
        took=took,
        readings=readings,
        message=clean(message, MESSAGE_LENGTH),
        whole=whole,
        trusted_empty=outcome is Outcome.EMPTY and not visit.rows and bool(visit.adapter.empty_marker),
        only_available=visit.adapter.lists_only_available,
        problems=tuple(dict.fromkeys(visit.lost + visit.problems))[:MAX_PROBLEMS],
        rows=visit.rows,
        unread=unread,
        requests=visit.requests,
        received=visit.received,
        next_after=max(visit.next_after, (failed.retry_after or 0.0) if failed else 0.0),
        wait_minutes=failed.wait_minutes if failed else None,
    )


def _marked_incomplete(visit: Visit) -> list[Reading]:
    """The readings of a visit in part: what was not read may say more about any place that can have several rows."""
    rows = Counter(reading.location.key for reading in visit.readings)

    def marked(reading: Reading) -> Reading:
        said = reading.availability
        if said is None or (visit.adapter.whole_rows and rows[reading.location.key] == 1):
            return reading
        return msgspec.structs.replace(reading, availability=msgspec.structs.replace(said, incomplete=True))

    return [marked(reading) for reading in visit.readings]


def _stood_in(visit: Visit) -> VisitError | None:
    """What the last page was instead, where what was read off it were not rows at all."""
    return verdict(visit.last) if visit.last and _mostly_lost(visit) else None


def _mostly_lost(visit: Visit) -> bool:
    return len(visit.lost) * 2 > visit.rows
