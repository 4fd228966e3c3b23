"""Releases of a whole state in a fraction of the time: most of one are the pages and feeds of its ZIP codes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from aggregator import geography
from aggregator.geography import atlas

STEP = 40  # which leaves 18 of the 700 ZIP codes of Massachusetts
ALWAYS = {"01462", "01901", "01930", "02139", "02554"}  # pages that tests look at


@contextmanager
def few_published() -> Iterator[None]:
    """What is made meanwhile has pages and feeds for every fortieth ZIP code only, and for those of places.

    Pages of the other ZIP codes come from the same code and differ only in where they are.
    """

    def few(states: tuple[str, ...], country: str) -> Mapping[str, geography.PostalArea]:
        areas = geography.postal_areas(states, country)
        return {code: area for number, (code, area) in enumerate(areas.items()) if number % STEP == 0 or code in ALWAYS}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atlas, "postal_areas", few)
        yield
