"""Which offers come first, and how many of them fit on the home page."""

import pytest
from markupsafe import Markup

from aggregator.model import Available, Place
from aggregator.site.offers import ON_HOME, ON_HOME_OF_LARGE, crowded, offers_view, room, soonest_first, summary
from aggregator.wording.context import render_context
from tests.support.snapshots import current, offer, place, region, snapshot, window

PLACES = (
    place(1, offer(), name="No days"),
    place(2, offer(window(15)), name="Later"),
    place(3, name="None"),
    place(4, offer(window(16), window(14)), name="Alpha"),
    place(5, offer(window(13, available=Available.UNKNOWN), window(15)), name="Another day"),
    place(6, current(Available.UNKNOWN), name="Unsure"),
)


def test_the_soonest_offers_come_first_and_those_without_days_last() -> None:
    assert [one.location.name for one in soonest_first(PLACES)] == ["Alpha", "Another day", "Later", "No days"]


def test_the_offers_page_has_every_offer_and_counts_the_other_places() -> None:
    def render_item(shown: Place) -> Markup:
        return Markup(shown.location.name)

    view = offers_view(PLACES, render_context(snapshot(*PLACES), region(), "en"), render_item, None)

    assert list(view.offers) == ["Alpha", "Another day", "Later", "No days"]
    assert view.summary == "4 of 6 places have appointments · 1 is not known."


def test_without_places_nothing_is_counted() -> None:
    assert summary((), render_context(snapshot(), region(), "en")) == ""


@pytest.mark.parametrize(("places", "expected"), [(0, ON_HOME), (1999, ON_HOME), (2000, ON_HOME_OF_LARGE)])
def test_the_home_page_of_a_large_region_has_room_for_fewer_offers(places: int, expected: int) -> None:
    assert room(places) == expected


def test_a_home_page_is_crowded_from_the_first_offer_over_its_limit() -> None:
    one = place(1, offer(window(14)))

    assert not crowded([one] * ON_HOME)
    assert crowded([one] * (ON_HOME + 1))
