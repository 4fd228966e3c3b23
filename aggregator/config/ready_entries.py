"""Sources that are ready to use in a new region, taken from the bundled region files and tables.

A region file's sources apply to its states. A source that is the same in several region files of a country, such as a
pharmacy chain's, applies to every state of that country.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from aggregator import bundled
from aggregator.config.region import Region, Source, load_region, parse_region

NATIONAL = 6  # region files; a source that this many have in common applies to the whole country
TABLE = bundled.REFERENCE / "prepmod.toml"  # each of its sources states the state it is for
TABLE_COUNTRY = "US"
TABLE_HEAD = """name = "table"
title = "Table"
states = ["MA"]
time_zone = "America/New_York"
contact = "people@example.org"
"""
SOURCE = "[[sources]]"


class ReadySource(NamedTuple):
    """A source with its TOML entry, including comments. `state` is "" if it applies to the whole country."""

    source: Source
    entry: str
    state: str

    @property
    def key(self) -> tuple[str, str]:
        return self.source.name, self.source.url

    def entry_for(self, states: tuple[str, ...], time_zone: str) -> str:
        """The entry for a region with these states, with the keys that no longer follow from the region."""
        import tomlkit  # 20 ms that only `aggregator init` needs

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
    """The sources for these states in use on `day`, the states' own first, without duplicate names."""
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
    """All bundled sources for a country."""
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
    """The sources of a file, each with the lines that define it."""
    entries = [_entry(part) for part in f"\n{text}".split(f"\n{SOURCE}")[1:]]
    for source, entry in zip(region.sources, entries, strict=True):
        yield ReadySource(source, entry, source.state or region.states[0])


def _entry(part: str) -> str:
    """The entry at the beginning of what follows a `[[sources]]`. Comments at its end are about the next one."""
    lines = (SOURCE + part.split("\n[[")[0]).splitlines()
    while lines[-1].startswith("#") or not lines[-1].strip():
        lines.pop()
    return "\n".join(lines)


def _commonest(known: Iterable[ReadySource]) -> list[ReadySource]:
    """Each source once, as most files word it, or else with the shortest title: a chain's differs between states."""
    known = list(known)
    wordings = Counter(each.entry for each in known)
    ranked = sorted(known, key=lambda each: (-wordings[each.entry], len(each.source.title)))
    return list({each.key: each for each in reversed(ranked)}.values())[::-1]
