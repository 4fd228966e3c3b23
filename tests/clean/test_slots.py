"""What a listed slot comes to: its span, its count, its availability."""

from zoneinfo import ZoneInfo

import pytest

from aggregator.clean.slots import read_slot
from aggregator.errors import RecordError
from aggregator.model import Available, Slot, SlotListing

EASTERN = ZoneInfo("America/New_York")
ANCHORAGE = ZoneInfo("America/Anchorage")
BASE = "https://clinics.example/search"


def read(slot: SlotListing, zone: ZoneInfo = EASTERN) -> Slot:
    return read_slot(slot, zone, BASE)[0]


def span(slot: Slot) -> tuple[str, str | None, bool, bool]:
    return slot.start.isoformat(), slot.end.isoformat() if slot.end else None, slot.all_day, slot.window


def listed(start: str, end: str = "", hours: str = "", days_only: bool = False) -> SlotListing:
    return SlotListing(start=start, end=end, hours=hours, days_only=days_only)


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        (listed("2021-05-03T09:00:00-04:00", "2021-05-03T09:15:00-04:00"),
         ("2021-05-03T09:00:00-04:00", "2021-05-03T09:15:00-04:00", False, False)),
        (listed("2021-05-03T09:00:00-04:00"), ("2021-05-03T09:00:00-04:00", None, False, False)),
        (listed("2021-05-03T09:00:00-04:00", "2021-05-03T12:00:00-04:00"),
         ("2021-05-03T09:00:00-04:00", "2021-05-03T12:00:00-04:00", False, True)),
        (listed("05/03/2021", hours="09:00 am - 10:00 am"),
         ("2021-05-03T09:00:00-04:00", "2021-05-03T10:00:00-04:00", False, True)),
        (listed("05/03/2021", hours="10:00 pm - 02:00 am"),
         ("2021-05-03T22:00:00-04:00", "2021-05-04T02:00:00-04:00", False, True)),
        (listed("05/03/2021", hours="09:00 am - 09:00 am"),
         ("2021-05-03T00:00:00-04:00", "2021-05-04T00:00:00-04:00", True, False)),
        (listed("05/03/2021"), ("2021-05-03T00:00:00-04:00", "2021-05-04T00:00:00-04:00", True, False)),
        (listed("2021-05-03", "2021-05-04"), ("2021-05-03T00:00:00-04:00", "2021-05-05T00:00:00-04:00", True, False)),
        (listed("2021-05-03T20:00:00", "2021-05-03"),
         ("2021-05-03T20:00:00-04:00", "2021-05-04T00:00:00-04:00", False, True)),
        (listed("2021-05-03T09:00:00", "2021-05-05T17:00:00"),
         ("2021-05-03T00:00:00-04:00", "2021-05-06T00:00:00-04:00", True, False)),
        (listed("2021-05-03T09:00:00.000Z", "2021-05-03T19:00:00.000Z", days_only=True),
         ("2021-05-03T00:00:00-04:00", "2021-05-04T00:00:00-04:00", True, False)),
        (listed("5/3/2021 9:00 am", days_only=True),
         ("2021-05-03T00:00:00-04:00", "2021-05-04T00:00:00-04:00", True, False)),
    ],
)  # fmt: skip
def test_a_span_is_a_time_a_window_or_days(slot: SlotListing, expected: tuple[str, str, bool, bool]) -> None:
    assert span(read(slot)) == expected


@pytest.mark.parametrize("days_only", [True, False])
def test_midnights_of_another_zone_are_labels_of_days_and_the_last_is_not_one(days_only: bool) -> None:
    slot = read(listed("2021-10-21T00:00:00.000Z", "2021-10-26T00:00:00.000Z", days_only=days_only), ANCHORAGE)
    assert span(slot) == ("2021-10-21T00:00:00-08:00", "2021-10-26T00:00:00-08:00", True, False)


@pytest.mark.parametrize(
    "slot",
    [
        listed(""),
        listed("soon"),
        listed("2021-05-03T09:00:00", "2021-05-03T08:00:00"),
        listed("2021-05-03", "2021-05-02"),
        listed("05/03/2021 - 05/05/2021"),
        listed("05/03/21"),
        listed("2021-05-03T09:00Z", "2021-05-02T09:00Z", days_only=True),
    ],
)
def test_a_slot_without_a_sound_time_is_refused(slot: SlotListing) -> None:
    with pytest.raises(RecordError):
        read(slot)


@pytest.mark.parametrize(
    ("slot", "field"),
    [
        (listed("05/03/2021", hours="from nine"), "hours"),
        (listed("05/03/2021", hours="9 - midnight"), "hours"),
        (listed("05/03/2021 by appointment"), "hours"),
        (listed("2021-05-03T25:00:00"), "hours"),
        (listed("Monday, May 3, 2021, in the morning", "2021-05-03"), "hours"),
        (listed("2021-05-03T09:00:00", "then"), "end"),
        (listed("2021-05-03T09:00:00", "2021-05-03 late"), "end"),
    ],
)
def test_a_readable_date_is_never_lost_with_its_hours(slot: SlotListing, field: str) -> None:
    found, problems = read_slot(slot, EASTERN, BASE)
    assert span(found) == ("2021-05-03T00:00:00-04:00", "2021-05-04T00:00:00-04:00", True, False)
    assert found.available is Available.YES
    assert [(problem.field, "only the day" in problem.reason) for problem in problems] == [(field, True)]


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        (listed("05/03/2021 9.00 a.m. - 1.00 p.m."), ("2021-05-03T09:00:00-04:00", "2021-05-03T13:00:00-04:00")),
        (listed("May 3, 2021 (a.m.)", hours="9 to noon"), ("2021-05-03T09:00:00-04:00", "2021-05-03T12:00:00-04:00")),
        (listed("2021-05-03T09:00", "12:30"), ("2021-05-03T09:00:00-04:00", "2021-05-03T12:30:00-04:00")),
        (listed("2021-05-03T22:00", "1 am"), ("2021-05-03T22:00:00-04:00", "2021-05-04T01:00:00-04:00")),
        (listed("2021-05-03T18:00", "2021-05-03T24:00"), ("2021-05-03T18:00:00-04:00", "2021-05-04T00:00:00-04:00")),
    ],
)  # fmt: skip
def test_hours_may_stand_behind_their_date_and_an_end_without_one(slot: SlotListing, expected: tuple[str, str]) -> None:
    assert span(read(slot)) == (*expected, False, True)


def test_a_day_that_ends_at_24_hours_is_that_day() -> None:
    whole = ("2021-05-03T00:00:00-04:00", "2021-05-04T00:00:00-04:00", True, False)
    assert span(read(listed("2021-05-03T00:00:00", "2021-05-03T24:00:00"))) == whole
    assert span(read(listed("2021-05-03T00:00:00", "2021-05-03T24:00:00", days_only=True))) == whole


@pytest.mark.parametrize(
    ("count", "stated", "expected"),
    [
        (None, None, (Available.YES, None)),
        (23, None, (Available.YES, 23)),
        ("23", None, (Available.YES, 23)),
        ("1,024", None, (Available.YES, 1024)),
        (" 12.0 ", None, (Available.YES, 12)),
        (0, None, (Available.NO, 0)),
        ("0", Available.YES, (Available.NO, 0)),
        (5, Available.NO, (Available.NO, 5)),
        (None, Available.UNKNOWN, (Available.UNKNOWN, None)),
        (0, Available.UNKNOWN, (Available.UNKNOWN, 0)),
    ],
)
def test_a_slot_is_bookable_unless_its_count_or_its_source_says_no(
    count: int | str | None, stated: Available | None, expected: tuple[Available, int | None]
) -> None:
    slot = read(SlotListing(start="2021-05-03", count=count, available=stated))
    assert (slot.available, slot.count) == expected


@pytest.mark.parametrize(
    "count", [-1, "-1", "2.5", "many", "0+", "few", "1.200", True, "", 1_000_001, 10**30, "9" * 5000, "\u0663"]
)
def test_a_count_that_is_none_leaves_the_slot_unknown_and_is_reported(count: int | str) -> None:
    slot, problems = read_slot(SlotListing(start="2021-05-03", count=count, available=Available.YES), EASTERN, BASE)
    assert (slot.available, slot.count) == (Available.UNKNOWN, None)
    assert [problem.field for problem in problems] == ["count"]


def test_a_slot_listed_as_taken_stays_taken_whatever_its_count() -> None:
    assert read(SlotListing(start="2021-05-03", count="?", available=Available.NO)).available is Available.NO


def test_products_doses_link_and_restrictions_are_cleaned_and_unknown_products_shown() -> None:
    slot, problems = read_slot(
        SlotListing(
            start="2021-05-03",
            products=("Moderna, <i>Elixir</i>", "cvx:208"),
            doses=("SECOND", "1", "9"),
            booking_url="//book.example//reg/1",
            restrictions=" Residents\n only ",
        ),
        EASTERN,
        BASE,
    )
    assert slot.products == ("Moderna", "Pfizer", "<i>Elixir</i>")
    assert slot.doses == ("1", "2")
    assert slot.booking_url == "https://book.example//reg/1"
    assert slot.restrictions == "Residents\nonly"
    assert [(problem.field, problem.reason) for problem in problems] == [("product", "is not a known product")]


def test_an_unsafe_link_is_dropped_and_reported() -> None:
    slot, problems = read_slot(SlotListing(start="2021-05-03", booking_url="javascript:x"), EASTERN, BASE)
    assert slot.booking_url == ""
    assert [problem.field for problem in problems] == ["booking_url"]


@pytest.mark.parametrize(
    ("count", "available", "found"),
    [
        (1222, None, (1222, Available.YES, True)),
        ("1,222", None, (1222, Available.YES, True)),
        ("10+", None, (10, Available.YES, True)),
        ("1+", None, (1, Available.YES, True)),
        (None, None, (None, Available.YES, True)),
        (1, None, (1, Available.YES, False)),  # the first is the only one
        (0, None, (0, Available.NO, False)),
        (5, Available.NO, (5, Available.NO, False)),
        ("several", None, (None, Available.UNKNOWN, True)),
    ],
)
def test_a_total_beside_a_first_time_is_not_a_count_of_that_time(
    count: int | str | None, available: Available | None, found: tuple[int | None, Available, bool]
) -> None:
    slot = read(SlotListing(start="08/24/2021 10:20 AM", count=count, available=available, first_of_many=True))
    assert (slot.count, slot.available, slot.first_of_many) == found


def test_a_count_over_several_days_is_one_slot_of_these_days() -> None:
    slot = read(SlotListing(start="2026-12-15T00:00:00", end="2026-12-17T00:00:00", days_only=True, count=518))
    assert span(slot) == ("2026-12-15T00:00:00-05:00", "2026-12-17T00:00:00-05:00", True, False)
