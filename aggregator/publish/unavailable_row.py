"""A place without appointments as the lists show it: a line, not a card. Pure; nothing here is escaped.

Most places of a large region are shown like this, on every page of their town: so no more is decided than is shown.
"""

from dataclasses import dataclass

from aggregator.model import Available, Place
from aggregator.publish.cards import postal_line, rules, shown_slots, way_to_look
from aggregator.publish.filter_attributes import KINDS
from aggregator.publish.links import Link
from aggregator.publish.render_context import RenderContext
from aggregator.publish.restrictions import Restriction
from aggregator.publish.stamps import Said, checked


@dataclass(frozen=True, slots=True)
class Row:
    """`kind` is the letter that lists are filtered by; `link`: where to look oneself, if the answer is not known."""

    id: str
    name: str
    postal_code: str
    kind: str
    available: Available
    link: Link | None
    restrictions: tuple[Restriction, ...]
    said: Said


def row_view(place: Place, context: RenderContext) -> Row:
    location, current = place.location, place.current
    return Row(
        id=place.id,
        name=location.name,
        postal_code=postal_line(location),
        kind=KINDS[location.location_type],
        available=current.available,
        link=way_to_look(place, context) if current.available is Available.UNKNOWN else None,
        restrictions=rules(place, shown_slots(place), context),
        said=checked(current, context),
    )
