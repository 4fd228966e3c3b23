"""A place without appointments as the lists show it: a line, not a card. Pure; nothing here is escaped.

Most places of a large region are shown like this, on every page of their town: so no more is decided than is shown.
"""

from dataclasses import dataclass

from aggregator.model import Available, Place
from aggregator.site.filter_attributes import KINDS
from aggregator.wording import (
    CheckedLine,
    Link,
    RenderContext,
    Restriction,
    checked,
    postal_line,
    shown_slots,
    way_to_look,
    who_may_book,
)


@dataclass(frozen=True, slots=True)
class UnavailableRow:
    """`kind` is the letter that lists are filtered by; `link`: where to look oneself, if the answer is not known."""

    id: str
    name: str
    postal_code: str
    kind: str
    available: Available
    link: Link | None
    restrictions: tuple[Restriction, ...]
    said: CheckedLine


def row_view(place: Place, context: RenderContext) -> UnavailableRow:
    location, current = place.location, place.current
    return UnavailableRow(
        id=place.id,
        name=location.name,
        postal_code=postal_line(location),
        kind=KINDS[location.location_type],
        available=current.available,
        link=way_to_look(place, context) if current.available is Available.UNKNOWN else None,
        restrictions=who_may_book(place, shown_slots(place), context),
        said=checked(current, context),
    )
