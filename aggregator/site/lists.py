"""Places as they stand in lists: an offer as a card, any other as a row. Laid out once each, for pages at any depth.

A place that cannot be laid out is left out of all lists of this language.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from markupsafe import Markup

from aggregator.faults import RAISE_ALL, Faults
from aggregator.model import Available, Place, Stage
from aggregator.site.cards import Card, card_view
from aggregator.site.offers import LayOut
from aggregator.site.templates import Level
from aggregator.site.unavailable_row import row_view
from aggregator.wording import RenderContext

ATTEMPTS = 3  # where a place goes, another may come in that was not tried: the second offer of a full page, a row


class CannotBeShown(Exception):
    """A place could not be laid out. It is noted in the faults, and from then on in `Lists.left_out`."""


class Lists:
    """The places of one language. `level` is that of the pages with most lists. `left_out`: ids of places."""

    def __init__(self, context: RenderContext, level: Level, faults: Faults = RAISE_ALL) -> None:
        self._context, self._level, self._faults = context, level, faults
        self.left_out: set[str] = set()
        self._cards: dict[str, Card] = {}
        self._laid_out: dict[str, Markup] = {}

    def shows(self, place: Place) -> bool:
        return place.id not in self.left_out

    def page(self, may_list: Iterable[Place], make: Callable[[], bytes]) -> bytes:
        """A page that lists places, made again without those that cannot be laid out.

        `make` has to leave out what `shows` says. `may_list`: places that the page may list. All of them are tried
        before it is made again, so that many bad ones cost little more than one.
        """
        candidates = tuple(may_list)
        for _ in range(ATTEMPTS - 1):
            try:
                return make()
            except CannotBeShown:
                for place in filter(self.shows, candidates):
                    with suppress(CannotBeShown):
                        self._lay_out(place)
        return make()

    def at(self, level: Level) -> LayOut:
        """Lays places out for pages at another level, too."""
        if level is self._level:
            return self._lay_out
        return partial(self._elsewhere, f'="{level.root}')

    def card(self, place: Place) -> Card:
        if place.id not in self._cards:
            self._cards[place.id] = card_view(place, self._context)
        return self._cards[place.id]

    def keep(self, place: Place, card: Card) -> None:
        """Takes the card of a place that was made for its page."""
        self._cards[place.id] = card

    def _lay_out(self, place: Place) -> Markup:
        if place.id not in self._laid_out:
            try:
                self._laid_out[place.id] = self._made(place)
            except Exception as error:
                self._faults.note(Stage.LISTS, place.id, error)
                self.left_out.add(place.id)
                raise CannotBeShown(place.id) from error
        return self._laid_out[place.id]

    def _made(self, place: Place) -> Markup:
        if place.current.available is Available.YES:
            return self._level.card(self.card(place))
        return self._level.row(row_view(place, self._context))

    def _elsewhere(self, start: str, place: Place) -> Markup:
        """With links that lead from there; in the text of a source every quotation mark is escaped."""
        return Markup(str.replace(self._lay_out(place), f'="{self._level.root}', start))  # noqa: S704 is one already
