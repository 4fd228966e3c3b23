"""The find page: all towns with places by first letter, and all ZIP codes with a page by prefix."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from aggregator.geography import Atlas
from aggregator.wording import Link, RenderContext

PREFIX = 3  # digits of a ZIP code: a mail-sorting area in the U.S.


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one heading: a first letter, or the prefix of ZIP codes."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class FindPage:
    """Everything that the find page lists."""

    towns: tuple[Group, ...]
    codes: tuple[Group, ...]


def find_view(atlas: Atlas, context: RenderContext) -> FindPage:
    """The groups of the find page. Links are relative to the top folder of the language."""
    named = sorted((town for town in atlas.towns if town.slug), key=lambda town: town.slug)
    towns = [(town.slug[0].upper(), Link(f"town/{town.slug}/", town.name)) for town in named]
    if len(named) < len(atlas.towns):
        towns.append(("–", Link("town/none/", context.words.say("Town not stated"))))
    codes = [(code[:PREFIX], Link(f"zip/{code}/", code)) for code in sorted(atlas.codes)]
    return FindPage(_grouped(towns), _grouped(codes))


def _grouped(titled: Iterable[tuple[str, Link]]) -> tuple[Group, ...]:
    groups = groupby(titled, key=lambda pair: pair[0])
    return tuple(Group(title, tuple(link for _, link in pairs)) for title, pairs in groups)
