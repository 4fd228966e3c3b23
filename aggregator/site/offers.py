"""The places of a region with appointments: how many fit on the home page, and the page of all of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aggregator.model import Available, Place
from aggregator.published_file import LARGE_REGION
from aggregator.site.map import MapView
from aggregator.wording import RenderContext

ON_HOME = 150
ON_HOME_OF_LARGE = 40  # the home page of a large region is heavier, so it lists fewer

RenderItem = Callable[[Place], Markup]  # renders a place for a list: as a card if it has appointments, else as a row


@dataclass(frozen=True, slots=True)
class Offers:
    """The page of all offers, the soonest first."""

    summary: str
    offers: tuple[Markup, ...]
    map: MapView | None


def room(places: int) -> int:
    """How many places with appointments the home page of a region with that many places lists."""
    return ON_HOME if places < LARGE_REGION else ON_HOME_OF_LARGE


def crowded(places: Sequence[Place]) -> bool:
    """Whether more of these places have appointments than the home page lists."""
    return sum(place.current.available is Available.YES for place in places) > room(len(places))


def soonest_first(places: Iterable[Place]) -> tuple[Place, ...]:
    """The places with appointments, the soonest slot first; places without stated days come last."""
    return tuple(sorted((place for place in places if place.current.available is Available.YES), key=_soonest))


def summary(places: Sequence[Place], context: RenderContext) -> str:
    """How many of the places have appointments; "" if there are no places."""
    if not places:
        return ""
    answers = [place.current.available for place in places]
    return context.words.summary(answers.count(Available.YES), answers.count(Available.UNKNOWN), len(answers))


def offers_view(
    places: Sequence[Place], context: RenderContext, render_item: RenderItem, shape: MapView | None
) -> Offers:
    """The page of all places of the region that have appointments; `shape` is the region's map."""
    return Offers(summary(places, context), tuple(render_item(place) for place in soonest_first(places)), shape)


def _soonest(place: Place) -> tuple[bool, float, str]:
    starts = [slot.start for slot in place.current.slots if slot.available is Available.YES]
    return not starts, min(starts).timestamp() if starts else 0.0, place.location.name.casefold()
