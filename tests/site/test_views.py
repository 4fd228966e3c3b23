"""The views of a snapshot, before layout."""

from datetime import timedelta

import pytest
from markupsafe import Markup

from aggregator.geography.atlas import Atlas
from aggregator.model import Available, Outcome, Place
from aggregator.site.cards import place_view
from aggregator.site.status_page import status_view
from aggregator.site.views import Home, home_view, site_view
from aggregator.wording.context import render_context
from tests.support.snapshots import (
    NOW,
    current,
    full,
    offer,
    place,
    region,
    snapshot,
    source,
    window,
)


def home_of(*places: Place, **fields: object) -> Home:
    made = snapshot(*places, **fields)
    spoken = render_context(made, region(), "en")

    def render_item(shown: Place) -> Markup:
        return Markup(place_view(shown, spoken).card.name)

    return home_view(made, region(), spoken, Atlas(made, region()), render_item, None)


def test_offers_are_sorted_by_their_soonest_slot_then_by_name() -> None:
    home = home_of(
        place(1, offer(), name="No days"),
        place(2, offer(window(15)), name="Later"),
        place(3, offer(window(14)), name="beta"),
        place(4, offer(window(16), window(14)), name="Alpha"),
        place(5, name="None"),
    )

    assert list(home.offers) == ["Alpha", "beta", "Later", "No days"]


def test_other_places_are_grouped_by_town_and_none_is_lost() -> None:
    home = home_of(place(1, city="Birch"), place(2, city=""), place(3, city="Alder", name="Z"), place(4, city="Alder"))

    assert [(town.link.text, list(town.rows)) for town in home.towns] == [
        ("Town not stated", ["Town hall 2"]),
        ("Alder", ["Town hall 4", "Z"]),
        ("Birch", ["Town hall 1"]),
    ]


def test_the_summary_counts_unknown_places_separately() -> None:
    home = home_of(place(1, offer(window(14))), place(2), place(3, current(Available.UNKNOWN)))

    assert home.summary == "1 of 3 places has appointments · 1 is not known."


def test_a_partly_read_source_is_not_called_missing() -> None:
    queue = source("queue", Outcome.BUSY, locations=1)
    made = snapshot(place(1, offer(window(14))), sources=(queue,))
    (trouble,) = home_of(place(1, offer(window(14))), sources=(queue,)).unreadable
    (row,) = status_view(made, render_context(made, region(), "en")).sources

    assert trouble.words.endswith("What we last knew is shown with its time.")
    assert (row.last_good, row.only_in_part, row.locations) == (None, True, "1")


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (
            Outcome.BUSY,
            "The booking site is holding people in a line. Its places are missing here, not without appointments.",
        ),
        (Outcome.BLOCKED, "The booking site does not let us look. Its places"),
        (Outcome.CHANGED, "The booking site has changed its page, and we are on it. Its places"),
        (Outcome.DOWN, "The booking site does not answer. Its places"),
        (None, "Not looked at yet"),
    ],
)
def test_a_source_that_never_answered_is_not_shown_as_no_appointments(outcome: Outcome | None, words: str) -> None:
    home = home_of(sources=(source("queue", outcome),))

    assert home.unreadable[0].words.startswith(words)
    assert home.unreadable[0].public_url
    assert "That does not mean that there are none" in home.nothing


def test_a_source_that_answered_before_is_shown_with_that_time() -> None:
    (trouble,) = home_of(sources=(source(outcome=Outcome.BUSY, last_good_at=NOW - timedelta(hours=1)),)).unreadable

    assert trouble.words == "The booking site is holding people in a line. What we last knew is shown with its time."
    assert trouble.last_good and trouble.last_good.text == "at 9:19\u00a0PM"


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "1 minute"), (119, "119 minutes"), (121, "3 hours"), (24 * 60, "24 hours")]
)
def test_the_estimated_wait_of_a_waiting_room_is_shown_with_its_time(minutes: int, words: str) -> None:
    queue = source(outcome=Outcome.BUSY, attempted_at=NOW - timedelta(minutes=9), wait_minutes=minutes)
    made = snapshot(sources=(queue,))
    (trouble,) = home_of(sources=(queue,)).unreadable
    (row,) = status_view(made, render_context(made, region(), "en")).sources

    assert row.wait == f"It said at 10:10\u00a0PM that the wait was about {words}"
    assert trouble.words.startswith(
        f"The booking site is holding people in a line · {row.wait}. Its places are missing"
    )


@pytest.mark.parametrize(
    ("places", "sources", "words"),
    [
        ((), (), "does not read any booking system yet"),
        ((), (source(outcome=Outcome.EMPTY),), "that answered list no place"),
        ((), (source(outcome=Outcome.EMPTY), source("b", Outcome.DOWN)), "Others could not be read"),
        ((place(1),), (source(),), "Every booking system answered."),
        ((place(1),), (source(), source("b", Outcome.DOWN)), "We could not read 1 booking system just now"),
    ],
)
def test_an_empty_page_explains_why(places: tuple[Place, ...], sources: tuple[object, ...], words: str) -> None:
    assert words in home_of(*places, sources=sources).nothing


def test_status_shows_the_outcome_of_each_source_in_words_and_tone() -> None:
    status = status_view(full(), render_context(full(), region(), "en"))

    assert [(row.outcome, row.tone) for row in status.sources] == [
        ("Answers", "good"),
        ("Holds people in a line", "wait"),
        ("Has changed its page", "bad"),
        ("Not visited yet", "wait"),
    ]
    assert status.hosts[0].received == "2.3 MB"


def test_the_site_shows_when_it_was_built_in_the_regions_time_zone() -> None:
    given = region(contact="mailto:people@example.org")
    site = site_view(given, render_context(snapshot(), given, "en"), ())

    assert site.made.text == "Thu, May 13, 10:19\u00a0PM EDT"
    assert site.made.iso == "2021-05-13T22:19:00-04:00"
    assert (site.contact.href, site.contact.text) == ("mailto:people@example.org", "people@example.org")
