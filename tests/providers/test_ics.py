"""How the adapter `ics` reads an event."""

from datetime import datetime

import pytest

from aggregator.adapter import Available, Listing, Page, Row
from aggregator.config.region import Source
from aggregator.model import Answer
from providers.ics import Ics
from tests.support.calendars import NOW, URL, calendar, event, morning

SOURCE = Source(name="halls", provider="ics", url=URL, states=("RI",), time_zone="America/New_York")


def listings(*parts: str, now: datetime = NOW) -> list[Listing]:
    page = page_of(*parts, now=now)
    adapter = Ics()
    found = [adapter.listing(Row(event, page, SOURCE)) for event in adapter.rows_of(page)]
    return [listing for listing in found if listing]


def page_of(*parts: str, now: datetime = NOW) -> Page:
    return Page(Answer(url=URL, status=200, headers={}, body=calendar(*parts).encode(), fetched_at=now))


LINK = '<a href="https://form.example.org/1">here</a>'


@pytest.mark.parametrize(
    "description",
    [
        f"DESCRIPTION:<html-blob>Moderna\\, Pfizer<br>Sign up:<br>{LINK}</html-blob>",
        f"X-ALT-DESC;FMTTYPE=text/html:<html><body><p>Moderna\\, Pfizer</p>{LINK}</body></ht\n ml>",
        "DESCRIPTION:Moderna\\, Pfi\n zer\nURL:https://form.example.org/1",
    ],
)
def test_vaccines_restrictions_and_link_are_read_from_plain_and_html_descriptions(description: str) -> None:
    (listing,) = listings(event(*morning("20260304"), description))

    (slot,) = listing.slots
    assert (slot.products, slot.restrictions.strip()) == (("Moderna", "Pfizer"), "Moderna, Pfizer")
    assert listing.booking_url == slot.booking_url == "https://form.example.org/1"


def test_an_email_address_in_the_description_does_not_hide_the_events_link() -> None:
    mail = 'DESCRIPTION:<a href="mailto:clinic@example.org">Questions</a>\nURL:https://form.example.org/1'
    (listing,) = listings(event(*morning("20260304"), mail))

    assert listing.booking_url == listing.slots[0].booking_url == "https://form.example.org/1"


@pytest.mark.parametrize(
    ("status", "available"),
    [("CONFIRMED", None), ("CANCELLED", Available.NO), ("cancelled", Available.NO), ("TENTATIVE", Available.UNKNOWN)],
)
def test_a_cancelled_clinic_is_no_and_a_tentative_one_unknown(status: str, available: Available | None) -> None:
    (listing,) = listings(event(*morning("20260304"), f"STATUS:{status}"))

    assert [slot.available for slot in listing.slots] == [available]


def test_past_events_and_events_without_a_location_are_skipped() -> None:
    busy = event(*morning("20260304")).replace("LOCATION:1 Kite St", "LOCATION:")

    assert listings(busy, event(*morning("20260301"), uid="over")) == []


def test_an_event_without_a_location_needs_no_times() -> None:
    assert listings(event("DTSTART:whenever").replace("LOCATION:1 Kite St\n", "")) == []


def test_an_event_keeps_its_uid_as_written_and_may_have_none() -> None:
    named, unnamed = listings(event(*morning("20260304")), event(*morning("20260304"), uid=""))

    assert named.external_ids == (("ics", "gull@example.org 20260304T090000"),)
    assert unnamed.external_ids == ()


def test_an_occurrence_moved_to_another_location_belongs_to_that_location_only() -> None:
    series = event(*morning("20260304"), "RRULE:FREQ=DAILY;COUNT=2")
    elsewhere = event(*morning("20260305"), "RECURRENCE-ID:20260305T140000Z").replace("1 Kite St", "2 Kite St")

    assert {
        listing.address: [slot.start[:10] for slot in listing.slots] for listing in listings(series, elsewhere)
    } == {
        "1 Kite St": ["2026-03-04"],
        "2 Kite St": ["2026-03-05"],
    }


@pytest.mark.parametrize(("rule", "complete"), [("FREQ=DAILY;COUNT=3", True), ("FREQ=NEVER", False)])
def test_a_cancelled_occurrence_does_not_make_an_unreadable_series_no(rule: str, complete: bool) -> None:
    cancelled = event(*morning("20260305"), "RECURRENCE-ID:20260305T140000Z", "STATUS:CANCELLED")
    page, adapter = page_of(event(*morning("20260304"), f"RRULE:{rule}"), cancelled), Ics()
    _, override = adapter.rows_of(page)

    listing = adapter.listing(Row(override, page, SOURCE))
    assert listing and listing.complete is complete


def test_pages_are_read_without_state_from_the_visit() -> None:
    tomorrow = NOW.replace(day=5)

    assert len(listings(event(*morning("20260304")))) == 1
    assert listings(event(*morning("20260304")), now=tomorrow) == []
