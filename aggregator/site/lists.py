"""Renders places for lists: a place with appointments as a card, any other as a row.

Each place is rendered once per language and reused on every page. A place that fails is left out of all lists of the
language.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from markupsafe import Markup

from aggregator.faults import RAISE_ALL, Faults
from aggregator.model import Available, Place, Stage
from aggregator.site.cards import Card, card_view
from aggregator.site.offers import RenderItem
from aggregator.site.templates import Level
from aggregator.site.unavailable_row import row_view
from aggregator.wording import RenderContext

ATTEMPTS = 3  # without a failed place, a full page shows the next one, which may fail too


class CannotBeShown(Exception):
    """A place could not be rendered. It is noted in the faults and added to `Lists.left_out`."""


class Lists:
    """The rendered places of one language. `level`: that of most pages with lists. `left_out`: ids of failed places."""

    def __init__(self, context: RenderContext, level: Level, faults: Faults = RAISE_ALL) -> None:
        self._context, self._level, self._faults = context, level, faults
        self.left_out: set[str] = set()
        self._cards: dict[str, Card] = {}
        self._rendered: dict[str, Markup] = {}

    def shows(self, place: Place) -> bool:
        """Whether lists may show the place."""
        return place.id not in self.left_out

    def render_page(self, may_list: Iterable[Place], make: Callable[[], bytes]) -> bytes:
        """Renders a page that lists places, again without the ones that fail.

        `make` has to skip places for which `shows` is False. `may_list`: places that the page may list. After a failure
        all of them are tried at once, so that many bad places cost little more than one.
        """
        candidates = tuple(may_list)
        for _ in range(ATTEMPTS - 1):
            try:
                return make()
            except CannotBeShown:
                for place in filter(self.shows, candidates):
                    with suppress(CannotBeShown):
                        self._render(place)
        return make()

    def renderer_for(self, level: Level) -> RenderItem:
        """The function that renders places for pages at this level."""
        if level is self._level:
            return self._render
        return partial(self._render_at_root, f'="{level.root}')

    def card(self, place: Place) -> Card:
        if place.id not in self._cards:
            self._cards[place.id] = card_view(place, self._context)
        return self._cards[place.id]

    def add_card(self, place: Place, card: Card) -> None:
        """Adds the card that was made for the page of a place, so that lists reuse it."""
        self._cards[place.id] = card

    def _render(self, place: Place) -> Markup:
        if place.id not in self._rendered:
            try:
                self._rendered[place.id] = self._render_new(place)
            except Exception as error:
                self._faults.note(Stage.LISTS, place.id, error)
                self.left_out.add(place.id)
                raise CannotBeShown(place.id) from error
        return self._rendered[place.id]

    def _render_new(self, place: Place) -> Markup:
        if place.current.available is Available.YES:
            return self._level.card(self.card(place))
        return self._level.row(row_view(place, self._context))

    def _render_at_root(self, start: str, place: Place) -> Markup:
        """Rewrites the links for another level. Only links match: quotation marks in source texts are escaped."""
        return Markup(str.replace(self._render(place), f'="{self._level.root}', start))  # noqa: S704 is one already
