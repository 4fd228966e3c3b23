"""A place's calendar file: what RFC 5545 asks for, read back by another program's rules."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from icalendar import Calendar, Event

from aggregator.exports.ics import EVENTS, calendar_file
from aggregator.model import Available, Place, Slot
from aggregator.wording.context import render_context
from tests.support.snapshots import HOSTILE, NOW, current, hostile, local, offer, place, region, snapshot, times, window

PAGE = "https://appointments.example.org/place/p1/"


def file_of(shown: Place, page: str = PAGE) -> bytes:
    spoken = render_context(snapshot(shown), region(), "en")
    return calendar_file(shown, page, spoken)


def events(shown: Place, page: str = PAGE) -> list[Event]:
    return Calendar.from_ical(file_of(shown, page)).events


def only(found: Iterable[Event]) -> Event:
    (event,) = found
    return event


def said(event: Event, name: str) -> str:
    return str(event.get(name, ""))


def test_each_open_slot_is_an_event_with_what_a_person_needs() -> None:
    event = only(events(place(2, offer(window(14, 12)), name="High School", restrictions="Town residents only.")))

    assert said(event, "SUMMARY") == "High School: 12 appointments, Pfizer"
    assert said(event, "LOCATION") == "2 Example Street, Cedar Mills, MA 01902"
    assert said(event, "URL") == "https://book.example.org/sign-up?day=14"
    assert said(event, "DESCRIPTION").splitlines()[0] == "Restriction: Town residents only."
    assert said(event, "DESCRIPTION").splitlines()[-1] == PAGE
    assert said(event, "TRANSP") == "TRANSPARENT"


def test_the_first_of_many_says_so_in_the_hours_of_its_place() -> None:
    first = Slot(start=local(24, 10, 20, month=8), count=1222, first_of_many=True)
    event = only(events(place(2, offer(first), name="Agency", time_zone="America/Chicago")))

    assert said(event, "SUMMARY") == "Agency: 1,222 appointments, the first on Aug 24, 9:20\u00a0AM"
    assert event.decoded("DTSTART") == datetime(2021, 8, 24, 14, 20, tzinfo=UTC)


def test_the_restriction_of_a_slot_goes_with_its_event_and_no_other() -> None:
    open_, teachers = events(place(8, offer(window(14), window(15, restrictions="Teachers only."))))

    assert "Teachers" not in said(open_, "DESCRIPTION")
    assert said(teachers, "DESCRIPTION").startswith("Restriction: Teachers only.\n")


@pytest.mark.parametrize(
    ("day", "month", "start"),
    [(14, 3, datetime(2021, 3, 14, 13, tzinfo=UTC)), (13, 3, datetime(2021, 3, 13, 14, tzinfo=UTC))],
)  # summer time begins on March 14
def test_times_are_in_utc_on_both_sides_of_the_change_of_clocks(day: int, month: int, start: datetime) -> None:
    slot = Slot(start=local(day, 9, month=month), end=local(day, 17, month=month))
    text = file_of(place(1, offer(slot)))

    assert f"DTSTART:{start:%Y%m%dT%H%M%S}Z".encode() in text
    assert f"DTEND:{start + timedelta(hours=8):%Y%m%dT%H%M%S}Z".encode() in text


def test_whole_days_are_the_dates_of_the_place_wherever_the_region_is() -> None:
    midnight = datetime(2021, 5, 14, 10, tzinfo=UTC)  # in Honolulu
    slot = Slot(start=midnight, end=midnight + timedelta(days=2), all_day=True)
    event = only(events(place(1, offer(slot), time_zone="Pacific/Honolulu")))

    assert (event.start, event.end) == (date(2021, 5, 14), date(2021, 5, 16))


@pytest.mark.parametrize("end", [None, local(14, 9), local(14, 8)])
def test_an_end_that_is_not_later_than_the_start_is_left_out(end: datetime | None) -> None:
    assert "DTEND" not in only(events(place(1, offer(Slot(start=local(14, 9), end=end)))))


@pytest.mark.parametrize(
    "shown",
    [
        place(1),
        place(1, current(Available.UNKNOWN, slots=(window(14, available=Available.UNKNOWN),))),
        place(1, current(slots=(window(14),))),
        place(1, offer(window(14, available=Available.NO))),
        msgspec.structs.replace(place(1, offer(window(14))), gone_at=NOW),
    ],
)
def test_without_an_open_slot_the_file_is_empty_and_still_valid(shown: Place) -> None:
    made = Calendar.from_ical(file_of(shown))

    assert made.events == []
    assert len(made.subcomponents) == 1  # a file without any component is not one
    assert {"VERSION", "PRODID"} <= set(made)


def test_events_keep_their_id_while_only_their_count_changes() -> None:
    before, after, later = (
        said(only(events(place(1, offer(slot)))), "UID") for slot in (window(14, 12), window(14, 3), window(15, 12))
    )

    assert before == after != later


def test_slots_that_differ_in_their_count_alone_are_one_event() -> None:
    event = only(events(place(1, offer(window(14, 3), window(14, 4)))))

    assert "7 appointments" in said(event, "SUMMARY")


def test_the_soonest_slots_come_first_and_there_are_not_too_many() -> None:
    found = events(place(1, offer(window(20), *times(14, EVENTS + 1))))

    assert len(found) == EVENTS
    assert found[0].start == local(14, 9)
    assert len({said(event, "UID") for event in found}) == EVENTS


def test_the_stamp_is_when_the_answer_changed_so_that_equal_answers_give_equal_files() -> None:
    shown = place(1, offer(window(14), changed_at=NOW - timedelta(hours=2)))
    seen_again = place(1, offer(window(14), changed_at=NOW - timedelta(hours=2), checked_at=NOW))

    assert only(events(shown)).stamp == NOW - timedelta(hours=2)
    assert file_of(shown) == file_of(seen_again)


def test_what_a_source_says_stays_in_its_line() -> None:
    text = file_of(hostile())
    lines = text.split(b"\r\n")

    assert all(len(line) <= 75 for line in lines)
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    assert HOSTILE in said(only(Calendar.from_ical(text).events), "SUMMARY")


@pytest.mark.parametrize("link", ["https://example.org/\r\nATTENDEE:mailto:a@example.org", "javascript:alert(1)"])
def test_a_link_can_neither_begin_a_new_line_nor_run(link: str) -> None:
    shown = place(1, offer(window(14, booking_url=link)), booking_url=link, info_url=link, name="A\r\nATTENDEE:x\x00")
    event = only(events(shown, page=""))

    assert "ATTENDEE" not in event
    assert said(event, "URL").startswith(("https://example.org/", "https://county.example.org/"))


def test_without_an_address_of_the_site_no_address_is_made_up() -> None:
    assert "place/" not in said(only(events(place(1, offer(window(14)), booking_url=""), page="")), "DESCRIPTION")
