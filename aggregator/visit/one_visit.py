"""Visits one source and returns a `Report`. Never raises: every error becomes an outcome with a message.

A visit is whole or partial. It is partial if a page failed, a row could not be read, or the deadline passed; at the
deadline no further page is requested, and the adapter goes on with what it has. Only a whole visit may report that a
location is gone. In a partial visit a reading is marked incomplete if the unread part may say more about its place;
`aggregator.store.partial` defines what such a reading may change.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from aggregator.adapter import Adapter, Page
from aggregator.clean import Context, clean, hide_keys, merge, normalize, without_keys
from aggregator.clock import Clock
from aggregator.config import Source
from aggregator.errors import (
    AggregatorError,
    LeftAlone,
    PageError,
    RecordError,
    RequestsUsedUp,
    Unreachable,
    VisitError,
    excerpt,
)
from aggregator.model import Answer, Available, Listing, Outcome, Problem, Reading, Report
from aggregator.redact import keys_in, redacted, shown_url, without
from aggregator.visit.fetcher import REASON_LENGTH, Fetcher, RequestSender, deadline_passed
from aggregator.visit.repeats import Repeats
from aggregator.visit.session_links import outside_session
from aggregator.visit.turns import Turns
from aggregator.visit.wanted import wanted
from aggregator.web import oldest, verdict

MAX_PROBLEMS = 50  # listed per visit
MAX_ROWS = 100_000  # read per visit
MESSAGE_LENGTH = 500  # characters
LEEWAY = 1.1  # times the deadline, after which an adapter is stopped that waits for anything but a page


class Visit(Fetcher):
    """A visit in progress: its requests (`Fetcher`), and what it has read so far."""

    def __init__(
        self,
        source: Source,
        adapter: Adapter,
        client: RequestSender,
        today: date,
        seconds: float,
        kept: Mapping[str, str],
    ) -> None:
        super().__init__(source, adapter, client, today, seconds, kept)
        self.readings: list[Reading] = []
        self.gone: dict[str, None] = {}  # keys of locations that the source states are no more
        self.repeats = Repeats()
        self.unread: list[Problem] = []  # one per row that could not be read
        self.rows = 0
        self.as_of: datetime | None = None  # time of the oldest cached answer
        self.keys = keys_in(source.url, source.headers, source.options)
        self._named_keys = keys_in(source.url, source.headers, source.options, named=True)

    async def run(self) -> None:
        """Reads every page; raises VisitError if the visit has to end early."""
        async for page in self.adapter.pages(self.source, self):
            await self._read_page(page)
            del page  # frees its tree before the next page is requested

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
            service=self.source.service,
        )
        before, turns = self.rows, Turns()
        self.repeats.next_page()
        for value in self.adapter.rows_of(page):
            if self.rows >= MAX_ROWS:
                raise page.error(f"lists more than {MAX_ROWS} rows; the rows after that were not read")
            self.rows += 1
            self._read(value, page, context, as_of)
            await turns.give()
        for error in page.unread:
            self.rows += 1
            self._note_unread(error.field, error.value, error.reason)
        if self.flawed:
            for answer in (page.answer, *self.new):
                self.client.reject(answer.url)
        self.new, self.flawed = [], False
        if self.rows == before:
            self._check_empty(page)
        self.state.page_was_read()

    def _check_empty(self, page: Page) -> None:
        """Raises PageError for a page without rows that lacks the empty marker, or has it after pages with rows."""
        if not self.adapter.says_empty(page):
            raise page.error("has no rows and no text that confirms that")
        if self.adapter.empty_marker and self.rows:
            raise page.error(
                f"says {self.adapter.empty_marker!r} although earlier pages have {self.rows} rows; "
                "the next visit tries again"
            )

    def _check(self, page: Page) -> None:
        missing = [text for text in self.adapter.expects if text not in page.text]
        if missing:
            raise verdict(page.answer) or page.error(
                f"is not the page that {self.adapter.name} knows: it lacks the text {missing[0]!r}"
            )

    def _read(self, value: Any, page: Page, context: Context, as_of: datetime | None) -> None:
        try:
            listing = self._listing(value, page)
            if listing is None:
                return
            self.flawed |= not listing.complete
            reading, problems = normalize(listing, context, page.answer.fetched_at, as_of)
            reading = self._dated(reading, as_of)
        except RecordError as error:
            self._note_unread(error.field, error.value, error.reason)
        except Exception as error:  # an adapter may raise anything on a row it was not written for
            self.missed = self.missed or _wrong_page(error)
            self._note_unread("row", _row_excerpt(value), f"{type(error).__name__}: {error}")
        else:
            self.problems += problems
            if listing.gone:
                self.gone[reading.location.key] = None
                return
            of_service = wanted(reading, self.source.only, self.source.service)
            self.readings += [of_service] if of_service else []

    def _listing(self, value: Any, page: Page) -> Listing | None:
        """What a row says that no earlier page said, as the visit reads it; None if it is nothing."""
        listing = self.adapter.listing(self.adapter.row_type(value, page, self.source))
        return None if listing is None else self.repeats.without(self._prepared(listing, page))

    def _prepared(self, listing: Listing, page: Page) -> Listing:
        """The listing with what its adapter and its source state once for all rows."""
        if listing.id and not (listing.external_ids or self.adapter.local_ids):
            listing = msgspec.structs.replace(listing, external_ids=((self.adapter.name, listing.id),))
        if self.adapter.only_places:
            listing = msgspec.structs.replace(listing, available=Available.UNKNOWN)
        if self.source.location_type:
            listing = msgspec.structs.replace(listing, location_type=self.source.location_type)
        if self.adapter.guest_session:
            listing, found = outside_session(listing, page, self.steps - {self.source.url})
            self.problems += found
        return without_keys(listing, self._named_keys) if self._named_keys else listing

    def _dated(self, reading: Reading, as_of: datetime | None) -> Reading:
        """Sets `valid_until` on a reading whose source states its own time."""
        availability = reading.availability
        if availability is None or availability.valid_at in {None, as_of}:
            return reading
        until = availability.valid_at + timedelta(seconds=self.source.valid_for or self.adapter.valid_for)
        return msgspec.structs.replace(reading, availability=msgspec.structs.replace(availability, valid_until=until))

    def _note_unread(self, field: str, value: str, reason: str) -> None:
        self.flawed = True
        self.unread.append(Problem(field=field, value=value, reason=clean(redacted(reason), REASON_LENGTH)))


def _row_excerpt(value: Any) -> str:
    try:
        return excerpt(getattr(value, "html", value))
    except Exception as error:  # for example nested too deeply; one row must not end the visit
        return f"a {type(value).__name__} that cannot be printed ({type(error).__name__})"


async def collect(
    source: Source,
    adapter: Adapter,
    client: RequestSender,
    clock: Clock,
    seconds: float | None = None,
    kept: Mapping[str, str] = MappingProxyType({}),
) -> Report:
    """Visits `source` once. `seconds`: time left until the deadline.

    `kept`: what the source's earlier visits kept.
    """
    started, began = clock.now(), clock.monotonic()
    seconds = source.pace.deadline if seconds is None else seconds
    today = started.astimezone(ZoneInfo(source.time_zone)).date()
    visit = Visit(source, adapter, client, today, seconds, kept)
    error: VisitError | None = None
    try:
        async with asyncio.timeout(seconds * LEEWAY):
            await visit.run()
    except TimeoutError:
        error = deadline_passed(source)
    except VisitError as raised:
        error = _wrong_page(raised, visit.last) or raised
    except AggregatorError as raised:
        error = PageError(str(raised))
    except Exception as raised:  # the adapter's own code may raise anything on a page it was not written for
        url = visit.last.url if visit.last else source.url
        error = PageError(f"{url} is not the page that {adapter.name} knows ({type(raised).__name__}: {raised})")
    return _report(visit, error, started, clock.monotonic() - began)


def _report(visit: Visit, error: VisitError | None, started: datetime, took: float) -> Report:
    failed = _cause(error, visit.missed) or _last_page_was_wrong(visit)
    whole = not failed and not visit.unread
    used_up = str(failed) if isinstance(failed, RequestsUsedUp) and visit.readings else ""
    failed = None if used_up else failed  # a limit that the operator set is no failure of the source
    readings = merge(visit.readings if whole else _marked_incomplete(visit))
    url = shown_url(visit.source.url)
    outcome = Outcome(failed.outcome) if failed else Outcome.OK if readings else Outcome.EMPTY
    message = str(failed) if failed else used_up
    if outcome is Outcome.EMPTY and visit.rows:
        message = f"{url}: none of {visit.rows} rows is in this region; check whether one should be"
    unread = len(visit.unread)
    if unread and not failed:
        first = visit.unread[0]
        message = (
            f"{url}: {unread} of {visit.rows} rows could not be read; the first: {first.field}: {first.reason} "
            f"(seen: {first.value}); correct the adapter if its page has changed"
        )
        outcome = Outcome.CHANGED if _mostly_unread(visit) else Outcome.OK
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
        problems=hide_keys(tuple(dict.fromkeys(visit.unread + visit.problems))[:MAX_PROBLEMS], visit.keys),
        rows=visit.rows,
        unread=unread,
        requests=visit.requests,
        received=visit.received,
        # the max-age of a wrong page does not apply to the right one
        next_after=(failed.retry_after or 0.0) if failed else visit.next_after if outcome.is_good else 0.0,
        wait_minutes=failed.wait_minutes if failed else None,
        as_of=visit.as_of,
        changes_only=visit.adapter.changes_only,
        gone=tuple(visit.gone.keys() - {reading.location.key for reading in readings}),
        kept=tuple(visit.state.new.items()),
        attribution=visit.attribution,
    )


def _wrong_page(error: Exception, last: Answer | None = None) -> VisitError | None:
    """What the page of a PageError really was (waiting room, block, outage), or None. Default page: the `last` one."""
    answer = (error.answer or last) if isinstance(error, PageError) else None
    return verdict(answer) if answer else None


def _cause(error: VisitError | None, missed: VisitError | None) -> VisitError | None:
    """The error to report: the first one if the host was left alone because of it, else what ended the visit."""
    if isinstance(error, LeftAlone) and isinstance(missed, Unreachable):
        return missed
    return error or missed


def _marked_incomplete(visit: Visit) -> list[Reading]:
    """The readings of a partial visit: incomplete if the place can have several rows, because some were not read."""
    rows = Counter(reading.location.key for reading in visit.readings)

    def marked(reading: Reading) -> Reading:
        availability = reading.availability
        if availability is None or (visit.adapter.whole_rows and rows[reading.location.key] == 1):
            return reading
        return msgspec.structs.replace(reading, availability=msgspec.structs.replace(availability, incomplete=True))

    return [marked(reading) for reading in visit.readings]


def _last_page_was_wrong(visit: Visit) -> VisitError | None:
    """If most rows failed, what the last page really was."""
    return verdict(visit.last) if visit.last and _mostly_unread(visit) else None


def _mostly_unread(visit: Visit) -> bool:
    return len(visit.unread) * 2 > visit.rows
