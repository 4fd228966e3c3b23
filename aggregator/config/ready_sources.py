"""Sources that are ready to use in a new region: those of the region files and tables that come with the program.

A region file's sources are for its states. One that is the same in several region files of a country, as those of
pharmacy chains are, is for every state of that country.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import tomlkit

from aggregator import bundled
from aggregator.config.region import Region, Source, load_region, parse_region

NATIONAL = 6  # region files; a source that so many have in common is for the whole country
TABLE = bundled.REFERENCE / "prepmod.toml"  # each source of it says which state it is for
TABLE_COUNTRY = "US"
TABLE_HEAD = """name = "table"
title = "Table"
states = ["MA"]
time_zone = "America/New_York"
contact = "people@example.org"
"""
SOURCE = "[[sources]]"
COMMENTS = re.compile(r"(?:\n+#.*)*\s*\Z")  # at the end of an entry: they are about the next one


class ReadySource(NamedTuple):
    """A source with its entry (TOML), comments and all. `state` is "" if it is for the whole country."""

    source: Source
    entry: str
    state: str

    @property
    def key(self) -> tuple[str, str]:
        return self.source.name, self.source.url

    def entry_for(self, states: tuple[str, ...], time_zone: str) -> str:
        """The entry for a region of these states. It says what no longer follows from the region."""
        lines = self.entry.splitlines()
        written = {line.partition(" =")[0] for line in lines}
        needed = {}
        if self.state and len(states) > 1:
            needed["state"] = self.state
        if self.state and self.source.time_zone != time_zone:
            needed["time_zone"] = self.source.time_zone
        provider = next(number for number, line in enumerate(lines) if line.startswith("provider ="))
        added = [f"{key} = {tomlkit.string(value).as_string()}" for key, value in needed.items() if key not in written]
        return "\n".join((*lines[: provider + 1], *added, *lines[provider + 1 :]))


def ready_sources(states: tuple[str, ...], country: str, day: date) -> list[ReadySource]:
    """The sources for these states that are in use on `day`, the states' own first; no name twice."""
    known = [each for each in _known(country) if (each.source.last_day or day) >= day]
    files_with = Counter(each.key for each in known)
    own = [each for each in known if each.state in states]
    common = [each for each in _commonest(known) if files_with[each.key] >= NATIONAL]
    chosen: dict[str, ReadySource] = {}
    for each in (*own, *common):
        state = "" if files_with[each.key] >= NATIONAL else each.state
        chosen.setdefault(each.source.name, each._replace(state=state))
    return list(chosen.values())


@lru_cache(maxsize=2)
def _known(country: str) -> tuple[ReadySource, ...]:
    """Every source that comes with the program for a country."""
    return tuple(_read(country))


def _read(country: str) -> Iterator[ReadySource]:
    for file in sorted(bundled.REGIONS.glob("*.toml")):
        region = load_region(file)
        if region.country == country:
            yield from _of(region, file.read_text(encoding="utf-8"))
    if country == TABLE_COUNTRY:
        text = TABLE.read_text(encoding="utf-8")
        yield from _of(parse_region(TABLE_HEAD + text, str(TABLE)), text)


def _of(region: Region, text: str) -> Iterator[ReadySource]:
    """The sources of a file with the lines that each is written in."""
    entries = [SOURCE + COMMENTS.sub("", part.split("\n[[")[0]) for part in f"\n{text}".split(f"\n{SOURCE}")[1:]]
    for source, entry in zip(region.sources, entries, strict=True):
        yield ReadySource(source, entry, source.state or region.states[0])


def _commonest(known: Iterable[ReadySource]) -> list[ReadySource]:
    """Each source once, as most files word it, or else with the shortest title: a chain's differs between states."""
    known = list(known)
    wordings = Counter(each.entry for each in known)
    ranked = sorted(known, key=lambda each: (-wordings[each.entry], len(each.source.title)))
    return list({each.key: each for each in reversed(ranked)}.values())[::-1]
