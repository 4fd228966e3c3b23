"""A place without known appointments as one line of a list. Texts are not escaped.

Most places of a large region appear like this on many pages, so a row holds no more than it shows.
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
    credits_of,
    postal_line,
    shown_slots,
    way_to_look,
    who_may_book,
)


@dataclass(frozen=True, slots=True)
class UnavailableRow:
    """One line. Exists beside `Card` because it leaves out what only offers need.

    `kind`: the letter for the filters. `link`: where a reader can check, only if the answer is unknown.
    """

    id: str
    name: str
    postal_code: str
    kind: str
    available: Available
    link: Link | None
    restrictions: tuple[Restriction, ...]
    checked_line: CheckedLine
    credits: tuple[str, ...]


def row_view(place: Place, context: RenderContext) -> UnavailableRow:
    """The row of a place whose answer is NO or UNKNOWN."""
    location, current = place.location, place.current
    return UnavailableRow(
        id=place.id,
        name=location.name,
        postal_code=postal_line(location),
        kind=KINDS[location.location_type],
        available=current.available,
        link=way_to_look(place, context) if current.available is Available.UNKNOWN else None,
        restrictions=who_may_book(place, shown_slots(place), context),
        checked_line=checked(current, context),
        credits=credits_of(place, context.words),
    )
