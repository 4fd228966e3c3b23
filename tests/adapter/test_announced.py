"""Calendars of events: which events a source selects, and what an announcement means."""

from typing import Any

import pytest

from aggregator.adapter import read
from aggregator.adapter.announced import Announced, listing
from aggregator.model import Available, Listing
from tests.support import pages


def read_event(options: dict[str, Any] | None = None, **fields: Any) -> Listing | None:
    event = Announced(**{"title": "Flu Clinic", "key": "7", "start": "2026-11-12T09:00:00"} | fields)
    return listing(event, {"name": "Grange Hall"}, pages.source(options=options or {}), "calendar")


def the_slot(options: dict[str, Any] | None = None, **fields: Any) -> Any:
    found = read_event(options, **fields)
    assert found is not None
    return found.slots[0]


def test_an_event_that_states_nothing_is_unknown_unless_its_source_says_more() -> None:
    assert the_slot().available is Available.UNKNOWN
    assert the_slot({"announced": "open"}).available is Available.YES


@pytest.mark.parametrize("options", [{}, {"announced": "open"}])
def test_what_an_event_states_counts_more_than_its_announcement(options: dict[str, Any]) -> None:
    assert the_slot(options, available=Available.NO).available is Available.NO
    assert (the_slot(options, places_left=0).available, the_slot(options, places_left=0).count) == (None, 0)


@pytest.mark.parametrize(
    ("words", "title", "categories", "expected"),
    [
        ([], "Story Hour", (), True),
        (["flu"], "FLU Shots", (), True),
        (["flu"], "Fluff the cat", (), False),
        (["covid"], "COVID-19 Clinic", (), True),
        (["walk in"], "Walk-in day", (), True),
        (["flu"], "Story Hour", ("Health", "Flu &amp; COVID"), True),
        ("flu", "Story Hour", (), False),
    ],
)
def test_a_source_selects_events_by_words(words: Any, title: str, categories: tuple[str, ...], expected: bool) -> None:
    found = read_event({"words": words}, title=title, categories=categories)
    assert (found is not None) is expected


def test_words_are_whole_words() -> None:
    assert read.mentions(["flu shot"], "Free flu-shot day")
    assert not read.mentions(["flu shot"], "Flu talk", "Shot put")
    assert read.mentions([])


def test_the_product_is_what_the_title_names_or_the_title() -> None:
    assert the_slot(title="Moderna day").products == ("Moderna",)
    assert the_slot(title="Story Hour").products == ()
    assert the_slot({"products": "titles"}, title="Road test").products == ("Road test",)


@pytest.mark.parametrize("note", ["<p>Adults only.</p>\n", "&lt;p&gt;Adults only.&lt;/p&gt;\\n", "Adults only."])
def test_the_title_and_the_text_of_the_note_tell_for_whom_it_is(note: str) -> None:
    assert the_slot(note=note).restrictions == "Flu Clinic\nAdults only."


def test_an_event_without_a_venue_has_its_title_as_its_name() -> None:
    event = Announced(title="Flu Clinic", key="", start="2026-11-12")
    found = listing(event, {}, pages.source(), "calendar")
    assert found is not None
    assert (found.name, found.external_ids) == ("Flu Clinic", ())
