"""How a visit treats the age of its pages, which pages it accepts, and that no key of its source is exposed."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec
import pytest

from aggregator.adapter import DataRow, Fetch, Listing, Page, SlotListing, SourceInfo
from aggregator.errors import LeftAlone, Throttled
from aggregator.model import Answer, Outcome
from tests.support.pages import NOW, SEARCH, Reply, TableClient, answer, availability_of, only_reading, source, visit
from tests.support.small_adapters import LAST, MORE, Halls, ThreePages, halls, visit_with

HOUR = timedelta(hours=1)
KEYED = f"{SEARCH}?key=k3y-5tays-hidden"


def aged(body: str, age: timedelta | None, url: str = SEARCH) -> Answer:
    return msgspec.structs.replace(answer(body, url), as_of=None if age is None else NOW - age)


# --- age --------------------------------------------------------------------------------------------------------------


def test_answers_from_a_cached_page_get_its_age() -> None:
    report = visit_with(aged(halls("Gull"), 3 * HOUR))
    found = availability_of(only_reading(report))
    assert (found.checked_at, found.valid_at, report.as_of) == (NOW, NOW - 3 * HOUR, NOW - 3 * HOUR)


def test_answers_from_a_fresh_page_have_only_the_visit_time() -> None:
    report = visit_with(aged(halls("Gull"), None))
    assert (availability_of(only_reading(report)).valid_at, report.as_of) == (None, None)


class Timed(Halls):
    """States its own timestamp."""

    stated = ""

    def listing(self, row: DataRow) -> Listing | None:
        found = super().listing(row)
        return found and msgspec.structs.replace(found, valid_at=self.stated)


@pytest.mark.parametrize(
    ("stated", "valid_at"),
    [
        ("2021-05-13T10:30:00Z", NOW - 3.5 * HOUR),
        ("", NOW - 3 * HOUR),
        (" ", NOW - 3 * HOUR),
        ("2021-05-13T13:30:00Z", NOW - 3 * HOUR),
        ("2021-05-14T13:30:00Z", NOW - 3 * HOUR),
    ],
    ids=["its own", "none", "a blank", "later than the copy in the cache", "later than the visit"],
)
def test_a_timestamp_stated_by_the_source_is_kept(stated: str, valid_at: datetime) -> None:
    adapter = Timed()
    adapter.stated = stated
    assert availability_of(only_reading(visit_with(aged(halls("Gull"), 3 * HOUR), adapter))).valid_at == valid_at


def test_an_answer_with_an_unreadable_timestamp_is_dropped() -> None:
    adapter = Timed()
    adapter.stated = "a while ago"
    report = visit_with(halls("Gull"), adapter)
    assert only_reading(report).availability is None
    assert [problem.field for problem in report.problems] == ["valid_at"]


class Days(ThreePages):
    """Each row is one day of a hall."""

    def listing(self, row: DataRow) -> Listing:
        hall, _, day = row.value.partition(" on ")
        return Listing(name=hall, slots=(SlotListing(start=day),))


def test_a_place_on_several_pages_has_the_oldest_time() -> None:
    replies: dict[str, Reply] = {
        SEARCH: aged(halls("Gull on 2021-05-20", "Tern on 2021-05-20"), HOUR),
        MORE: aged(halls("Gull on 2021-05-21"), 3 * HOUR, MORE),
        LAST: aged(halls("Auk on 2021-05-20"), None, LAST),
    }
    report = visit(Days(), source(), TableClient(replies))
    ages = {reading.location.name: availability_of(reading).valid_at for reading in report.readings}
    assert ages == {"Gull": NOW - 3 * HOUR, "Tern": NOW - HOUR, "Auk": None}
    assert report.as_of == NOW - 3 * HOUR


class Joined(Halls):
    """Reads two pages, and yields the first."""

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        first = await fetch(source.url)
        await fetch(LAST)
        yield first


def test_a_place_joined_from_several_pages_has_the_oldest_time() -> None:
    replies: dict[str, Reply] = {SEARCH: aged(halls("Gull"), None), LAST: aged("[]", 3 * HOUR, LAST)}
    assert availability_of(only_reading(visit(Joined(), source(), TableClient(replies)))).valid_at == NOW - 3 * HOUR


# --- which pages are accepted -----------------------------------------------------------------------------------------


def rejected(adapter: Halls, replies: dict[str, Reply]) -> list[str]:
    client = TableClient(replies)
    visit(adapter, source(), client)
    return list(dict.fromkeys(client.rejected))


def test_only_a_page_whose_rows_were_all_read_is_accepted() -> None:
    replies: dict[str, Reply] = {
        SEARCH: answer(halls("Gull"), SEARCH),
        MORE: answer(halls("Tern", 7), MORE),
        LAST: answer(halls("Auk"), LAST),
    }
    assert rejected(ThreePages(), replies) == [MORE]


def test_joined_pages_are_accepted_together_or_not_at_all() -> None:
    good: dict[str, Reply] = {SEARCH: answer(halls("Gull"), SEARCH), LAST: answer("[]", LAST)}
    assert rejected(Joined(), good) == []
    assert rejected(Joined(), good | {SEARCH: answer(halls("Gull", 7), SEARCH)}) == [SEARCH, LAST]


class Partial(Halls):
    """Knows that a part of a place's data is missing."""

    def listing(self, row: DataRow) -> Listing | None:
        found = super().listing(row)
        return found and msgspec.structs.replace(found, complete=False)


def test_a_page_with_a_missing_part_is_not_accepted() -> None:
    assert rejected(Partial(), {SEARCH: answer(halls("Gull"), SEARCH)}) == [SEARCH]


# --- paused hosts -----------------------------------------------------------------------------------------------------


def test_a_request_that_was_not_sent_is_not_counted() -> None:
    replies: dict[str, Reply] = {SEARCH: halls("Gull"), MORE: LeftAlone("later", retry_after=600.0), LAST: halls("Auk")}
    report = visit(ThreePages(), source(), TableClient(replies))
    assert (report.outcome, report.requests, report.next_after) == (Outcome.BUSY, 1, 600)
    replies[MORE] = Throttled("slower", retry_after=600.0)
    assert visit(ThreePages(), source(), TableClient(replies)).requests == 2


# --- keys in the URL of a source --------------------------------------------------------------------------------------


class Echoing(Halls):
    """Links to the URL of its source, and raises an error with the text of a bad row."""

    def listing(self, row: DataRow) -> Listing | None:
        if str(row.value).startswith("bad"):
            raise ValueError(row.value)
        url = row.source.url
        return Listing(name=row.value, booking_url=url, info_url=f"{url}&place=1", available=None)


def echoed(body: str) -> str:
    """A whole report as text."""
    report = visit(Echoing(), source(KEYED), TableClient({KEYED: answer(body, KEYED)}))
    return msgspec.json.encode(report).decode()


@pytest.mark.parametrize(
    "body",
    [
        halls("Gull"),
        halls("Gull", f"bad: GET {KEYED}"),
        halls("Gull", "bad: no rights for k3y-5tays-hidden"),
        halls("Gull", {"request": KEYED}),
        "Cannot GET /appointment?key=k3y-5tays-hidden",
        '{"error": "key k3y-5tays-hidden has expired"}',
        "[" * 9,
    ],
)
def test_no_part_of_a_report_contains_the_key_of_its_source(body: str) -> None:
    assert "k3y-5tays-hidden" not in echoed(body)


def test_a_link_loses_the_key_and_stays_valid() -> None:
    assert f'"booking_url":"{SEARCH}"' in echoed(halls("Gull"))


def test_a_link_whose_query_is_not_a_key_is_unchanged() -> None:
    url = f"{SEARCH}?owner=20262026"
    report = visit(Echoing(), source(url), TableClient({url: answer(halls("Gull"), url)}))
    assert only_reading(report).location.booking_url == url
