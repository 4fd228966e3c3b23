"""The places with appointments of a whole region: how many the home page has room for, and the page of all. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aggregator.model import Available, Place
from aggregator.published_file import LARGE_REGION
from aggregator.site.map import MapView
from aggregator.wording import RenderContext

ON_HOME = 150
ON_HOME_OF_LARGE = 40  # in a large region the page has room for fewer offers

LayOut = Callable[[Place], Markup]  # a place as it stands in lists: an offer as a card, any other as a row


@dataclass(frozen=True, slots=True)
class Offers:
    """The page of all offers, the soonest first."""

    summary: str
    offers: tuple[Markup, ...]
    map: MapView | None


def room(places: int) -> int:
    """How many offers the home page of a region of so many places has room for."""
    return ON_HOME if places < LARGE_REGION else ON_HOME_OF_LARGE


def crowded(places: Sequence[Place]) -> bool:
    """Whether the home page of a region of these places has no room for all that they offer."""
    return sum(place.current.available is Available.YES for place in places) > room(len(places))


def soonest_first(places: Iterable[Place]) -> tuple[Place, ...]:
    """Those with appointments: with the soonest slot first, then those whose days are not known."""
    return tuple(sorted((place for place in places if place.current.available is Available.YES), key=_soonest))


def summary(places: Sequence[Place], context: RenderContext) -> str:
    """How many of the places have appointments; "" where there is no place."""
    if not places:
        return ""
    answers = [place.current.available for place in places]
    return context.words.summary(answers.count(Available.YES), answers.count(Available.UNKNOWN), len(answers))


def offers_view(places: Sequence[Place], context: RenderContext, lay_out: LayOut, shape: MapView | None) -> Offers:
    """The page of all that `places`, those of the region, offer; `shape` is the region's map."""
    return Offers(summary(places, context), tuple(lay_out(place) for place in soonest_first(places)), shape)


def _soonest(place: Place) -> tuple[bool, float, str]:
    starts = [slot.start for slot in place.current.slots if slot.available is Available.YES]
    return not starts, min(starts).timestamp() if starts else 0.0, place.location.name.casefold()
