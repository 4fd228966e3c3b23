"""Places as they stand in lists: an offer as a card, any other as a row. Laid out once each, for pages at any depth."""

from functools import partial

from markupsafe import Markup

from aggregator.model import Available, Place
from aggregator.publish.cards import Card, card_view
from aggregator.publish.edition import Edition
from aggregator.publish.offers import LayOut
from aggregator.publish.rows import row_view
from aggregator.publish.templates import Level


class Lists:
    """The places of one language. `level` is that of the pages with most lists."""

    def __init__(self, edition: Edition, level: Level) -> None:
        self._edition, self._level = edition, level
        self._cards: dict[str, Card] = {}
        self._laid_out: dict[str, Markup] = {}

    def at(self, level: Level) -> LayOut:
        """Lays places out for pages at another level, too."""
        if level is self._level:
            return self._lay_out
        return partial(self._elsewhere, f'="{level.root}')

    def card(self, place: Place) -> Card:
        if place.id not in self._cards:
            self._cards[place.id] = card_view(place, self._edition)
        return self._cards[place.id]

    def keep(self, place: Place, card: Card) -> None:
        """Takes the card of a place that was made for its page."""
        self._cards[place.id] = card

    def _lay_out(self, place: Place) -> Markup:
        if place.id not in self._laid_out:
            offers = place.current.available is Available.YES
            made = self._level.card(self.card(place)) if offers else self._level.row(row_view(place, self._edition))
            self._laid_out[place.id] = made
        return self._laid_out[place.id]

    def _elsewhere(self, start: str, place: Place) -> Markup:
        """With links that lead from there; in the text of a source every quotation mark is escaped."""
        return Markup(str.replace(self._lay_out(place), f'="{self._level.root}', start))  # noqa: S704 is one already
