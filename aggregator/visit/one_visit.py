"""One visit to one source -> `Report`. Never raises: whatever goes wrong becomes an outcome with a message.

A visit is whole or in part: in part as soon as a page did not come, a row could not be read, or the deadline passed. At
the deadline no further page is asked for, and the adapter goes on with what it has. Only a whole visit may say that a
location is gone. In a visit in part, every reading is marked incomplete whose place may have more in what was not read;
`aggregator.store.partial` says what such a reading may change.
"""

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from aggregator.adapter import Adapter, Page
from aggregator.clean import Context, clean, hide_keys, merge, normalize, without_keys
from aggregator.clock import Clock
from aggregator.config import Source
from aggregator.errors import AggregatorError, LeftAlone, PageError, RecordError, Unreachable, VisitError, excerpt
from aggregator.model import Answer, Available, Outcome, Problem, Reading, Report
from aggregator.redact import keys_in, redacted, shown_url, without
from aggregator.visit.fetcher import REASON_LENGTH, Asker, Fetcher, late
from aggregator.visit.repeats import Repeats
from aggregator.visit.turns import Turns
from aggregator.visit.wanted import wanted
from aggregator.web import oldest, verdict

MAX_PROBLEMS = 50  # kept of one visit; the rest is counted
MAX_ROWS = 100_000  # of one visit
MESSAGE_LENGTH = 500
LEEWAY = 1.1  # times the deadline: when an adapter is stopped that waits for something else than a page


class Visit(Fetcher):
    """What a visit has read so far."""

    def __init__(self, source: Source, adapter: Adapter, client: Asker, today: date, only: str, seconds: float) -> None:
        super().__init__(source, adapter, client, today, seconds)
        self.only = only
        self.readings: list[Reading] = []
        self.repeats = Repeats()
        self.lost: list[Problem] = []  # one for each row that could not be read
        self.rows = 0
        self.as_of: datetime | None = None  # of the oldest answer
        self.keys = keys_in(source.url, source.headers, source.options)
        self._named_keys = keys_in(source.url, source.headers, source.options, named=True)

    async def run(self) -> None:
        """Reads every page; raises VisitError where the visit has to end."""
        async for page in self.adapter.pages(self.source, self):
            await self._read_page(page)
            del page  # its tree would live while the next page waits for its turn

    async def _read_page(self, page: Page) -> None:
        self._check(page)
        as_of = oldest((page.answer, *self.new))
        self.as_of = min(filter(None, (self.as_of, as_of)), default=None)
        context = Context(
            source=self.source.name,
            base_url=page.link_base,
            visited=self.today,
            time_zone=self.source.time_zone,
            state=self.source.state or "",
            country=self.source.country,
            location_type=self.source.location_type or self.adapter.location_type,
        )
        before, turns = self.rows, Turns()
        self.repeats.next_page()
        for value in self.adapter.rows_of(page):
            if self.rows >= MAX_ROWS:
                raise page.error(f"lists more than {MAX_ROWS} rows; those after them were not read")
            self.rows += 1
            self._read(value, page, context, as_of)
            await turns.give()
        for error in page.unread:
            self.rows += 1
            self._lose(error.field, error.value, error.reason)
        if self.flawed:
            for answer in (page.answer, *self.new):
                self.client.reject(answer.url)
        self.new, self.flawed = [], False
        if self.rows == before:
            self._check_empty(page)

    def _check_empty(self, page: Page) -> None:
        """PageError for a page without rows that does not say so, or says so although pages before it listed some."""
        if not self.adapter.says_empty(page):
            raise page.error("lists nothing and does not say so")
        if self.adapter.empty_marker and self.rows:
            raise page.error(
                f"says {self.adapter.empty_marker!r} although the pages before it list {self.rows} rows; "
                "the next visit looks again"
            )

    def _check(self, page: Page) -> None:
        missing = [text for text in self.adapter.expects if text not in page.text]
        if missing:
            raise verdict(page.answer) or page.error(
                f"is not the page that {self.adapter.name} knows: {missing[0]!r} is not on it"
            )

    def _read(self, value: Any, page: Page, context: Context, as_of: datetime | None) -> None:
        try:
            listing = self.adapter.listing(self.adapter.row_type(value, page, self.source))
            if listing is None:
                return
            if listing.id and not (listing.external_ids or self.adapter.local_ids):
                listing = msgspec.structs.replace(listing, external_ids=((self.adapter.name, listing.id),))
            if self.adapter.only_places:
                listing = msgspec.structs.replace(listing, available=Available.UNKNOWN)
            if self.source.location_type:
                listing = msgspec.structs.replace(listing, location_type=self.source.location_type)
            if self._named_keys:
                listing = without_keys(listing, self._named_keys)
            new = self.repeats.without(listing)
            if new is None:
                return
            listing = new
            self.flawed |= not listing.complete
            reading, problems = normalize(listing, context, page.answer.fetched_at, as_of)
            reading = self._dated(reading, as_of)
        except RecordError as error:
            self._lose(error.field, error.value, error.reason)
        except Exception as error:  # an adapter may fail in any way on a row it was not written for
            self.missed = self.missed or _instead(error)
            self._lose("row", _shown(value), f"{type(error).__name__}: {error}")
        else:
            self.problems += problems
            kept = wanted(reading, self.only)
            self.readings += [kept] if kept else []

    def _dated(self, reading: Reading, as_of: datetime | None) -> Reading:
        """The reading with the time until which it counts, where its source states a time of its own."""
        said = reading.availability
        if said is None or said.valid_at in {None, as_of}:
            return reading
        until = said.valid_at + timedelta(seconds=self.source.valid_for or self.adapter.valid_for)
        return msgspec.structs.replace(reading, availability=msgspec.structs.replace(said, valid_until=until))

    def _lose(self, field: str, value: str, reason: str) -> None:
        self.flawed = True
        self.lost.append(Problem(field=field, value=value, reason=clean(redacted(reason), REASON_LENGTH)))


def _shown(value: Any) -> str:
    try:
        return excerpt(getattr(value, "html", value))
    except Exception as error:  # nested too deeply, say: a row must not take the others with it
        return f"a {type(value).__name__} that cannot be shown ({type(error).__name__})"


async def collect(
    source: Source, adapter: Adapter, client: Asker, clock: Clock, only: str = "", seconds: float | None = None
) -> Report:
    """Visits `source` once. `only`: "covid-19" leaves other vaccines out. `seconds`: what is left of the deadline."""
    started, began = clock.now(), clock.monotonic()
    seconds = source.pace.deadline if seconds is None else seconds
    visit = Visit(source, adapter, client, started.astimezone(ZoneInfo(source.time_zone)).date(), only, seconds)
    error: VisitError | None = None
    try:
        async with asyncio.timeout(seconds * LEEWAY):
            await visit.run()
    except TimeoutError:
        error = late(source)
    except VisitError as found:
        error = _instead(found, visit.last) or found
    except AggregatorError as found:
        error = PageError(str(found))
    except Exception as found:  # the adapter's own code, on a page it was not written for
        url = visit.last.url if visit.last else source.url
        error = PageError(f"{url} is not the page that {adapter.name} knows ({type(found).__name__}: {found})")
    return _report(visit, error, started, clock.monotonic() - began)


def _report(visit: Visit, error: VisitError | None, started: datetime, took: float) -> Report:
    failed = _cause(error, visit.missed) or _stood_in(visit)
    whole = not failed and not visit.lost
    readings = merge(visit.readings if whole else _marked_incomplete(visit))
    url = shown_url(visit.source.url)
    outcome = Outcome(failed.outcome) if failed else Outcome.OK if readings else Outcome.EMPTY
    message = str(failed) if failed else ""
    if outcome is Outcome.EMPTY and visit.rows:
        message = f"{url}: none of {visit.rows} rows is a place of this region; look whether one should be"
    unread = len(visit.lost)
    if unread and not failed:
        first = visit.lost[0]
        message = (
            f"{url}: {unread} of {visit.rows} rows could not be read; the first: {first.field}: {first.reason} "
            f"(seen: {first.value}); correct the adapter if its page has changed"
        )
        outcome = Outcome.CHANGED if _mostly_lost(visit) else Outcome.OK
    return Report(
        source=visit.source.name,
        outcome=outcome,
        started_at=started,
        took=took,
        readings=readings,
        message=clean(without(visit.keys, message), MESSAGE_LENGTH),
        whole=whole,
        trusted_empty=outcome is Outcome.EMPTY and not visit.rows and bool(visit.adapter.empty_marker),
        only_available=visit.adapter.lists_only_available,
        problems=hide_keys(tuple(dict.fromkeys(visit.lost + visit.problems))[:MAX_PROBLEMS], visit.keys),
        rows=visit.rows,
        unread=unread,
        requests=visit.requests,
        received=visit.received,
        # a wrong page's max-age says nothing about the right one
        next_after=(failed.retry_after or 0.0) if failed else visit.next_after if outcome.is_good else 0.0,
        wait_minutes=failed.wait_minutes if failed else None,
        as_of=visit.as_of,
    )


def _instead(error: Exception, last: Answer | None = None) -> VisitError | None:
    """What came instead of the page, if `error` is about a page; in doubt about the `last` one."""
    answer = (error.answer or last) if isinstance(error, PageError) else None
    return verdict(answer) if answer else None


def _cause(error: VisitError | None, missed: VisitError | None) -> VisitError | None:
    """What went wrong first, where a host is left alone because of it; else what ended the visit."""
    if isinstance(error, LeftAlone) and isinstance(missed, Unreachable):
        return missed
    return error or missed


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
