"""The command `init`: writes a region file from a few answers, given as options or typed in the terminal."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import available_timezones

from aggregator import registry
from aggregator.commands.terminal import failure, say
from aggregator.config import (
    NewRegion,
    ReadySource,
    is_contact,
    is_placeholder,
    parse_region,
    ready_sources,
    region_text,
)
from aggregator.errors import ConfigError, excerpt
from aggregator.geography import main_time_zone, town_slug

ALL, NONE = "all", "none"
NAME_LENGTH = 64
Value = TypeVar("Value")


def init(arguments: argparse.Namespace) -> int:
    """Writes the region file, after checking that a run accepts it."""
    file: Path = arguments.file
    if file.exists():
        raise ConfigError(f"{file} exists and is not overwritten; name another file: aggregator init FILE")
    ask = _Questions(at_terminal=sys.stdin.isatty())
    title = ask("--title", arguments.title, "Title of the page, such as Wyoming vaccination appointments", _title)
    country = ask("--country", arguments.country, "Country, two letters", _country, default="US")
    states = ask("--state", arguments.state, "State, such as WY, or several, such as MA,RI", _states(country))
    contact = ask("--contact", arguments.contact, "Your e-mail address or web page, for booking sites", _contact)
    found = main_time_zone(states, country)
    time_zone = ask("--time-zone", arguments.time_zone or found, "Time zone, such as Europe/Paris", _time_zone)
    ready = ready_sources(states, country, datetime.now(UTC).date())
    chosen = _sources(ask, arguments.sources, ready)
    region = NewRegion(arguments.name or _name(title), title, country, states, time_zone, contact)
    _write(file, region_text(region, [each.entry_for(states, time_zone) for each in chosen]))
    say(f"wrote {file} with {len(chosen)} of the {len(ready)} ready sources for {', '.join(states)}")
    say(f"next: aggregator doctor --region {file}, then aggregator run --region {file}")
    say(f"tip: after `export AGGREGATOR_REGION={file}` you can leave out --region")
    return 0


class _Questions:
    """Gets answers from options or, `at_terminal`, from the person who typed the command."""

    def __init__(self, *, at_terminal: bool) -> None:
        self.at_terminal = at_terminal

    def __call__(
        self, option: str, given: str, question: str, read: Callable[[str], Value], default: str = ""
    ) -> Value:
        """The answer as `read` returns it. `read` raises ValueError, whose text completes "init: --title 'X' …"."""
        if given or not self.at_terminal:
            if not (given or default):
                raise ConfigError(f"init: {option} is missing, and there is no terminal for questions; give {option}")
            return _read(option, given or default, read)
        hint = f" [{default}]" if default else ""
        while True:
            try:
                return _read(option, input(f"{question}{hint}: ").strip() or default, read)
            except ConfigError as error:
                failure(str(error))
            except EOFError:
                raise ConfigError(f"init: no answer to {question!r}; give {option}") from None


def _read(option: str, answer: str, read: Callable[[str], Value]) -> Value:
    try:
        return read(answer)
    except ValueError as error:
        raise ConfigError(f"init: {option} {excerpt(answer)} {error}") from None


def _title(answer: str) -> str:
    if not 1 <= len(answer) <= 120:
        raise ValueError("is not a title; accepted: 1 to 120 characters")
    return answer


def _country(answer: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", answer):
        raise ValueError("is not a country code; accepted: two letters, such as US or FR")
    return answer.upper()


def _states(country: str) -> Callable[[str], tuple[str, ...]]:
    def read(answer: str) -> tuple[str, ...]:
        states = tuple(dict.fromkeys(re.findall(r"[^\s,]+", answer.upper())))
        for state in states:
            if not re.fullmatch(r"[A-Z0-9]{2,3}", state):
                raise ValueError(f"has {state!r}, which is not a state code; accepted: codes such as WY, or MA,RI")
            if country == "US" and not main_time_zone((state,), country):
                raise ValueError(f"has {state!r}, which is not a US state; accepted: codes such as WY, or MA,RI")
        if not states:
            raise ValueError("names no state; accepted: codes such as WY, or MA,RI")
        return states

    return read


def _contact(answer: str) -> str:
    if not is_contact(answer) or is_placeholder(answer):
        raise ValueError("reaches nobody; accepted: your own e-mail address, or a web page with your contact details")
    return answer


def _time_zone(answer: str) -> str:
    if answer not in available_timezones():
        raise ValueError("is not a time zone; accepted: IANA names, such as America/New_York")
    return answer


def _name(title: str) -> str:
    return town_slug(title)[:NAME_LENGTH].strip("-")


def _sources(ask: _Questions, given: str, ready: Sequence[ReadySource]) -> list[ReadySource]:
    """The chosen sources, given by name or by their number in the printed list."""
    if not ready:
        return []
    numbers = {str(number): each for number, each in enumerate(ready, 1)}
    names = {each.source.name: each for each in ready}

    def read(answer: str) -> list[ReadySource]:
        if answer in (ALL, NONE):
            return list(ready) if answer == ALL else []
        wanted = re.findall(r"[^\s,]+", answer)
        if unknown := [each for each in wanted if each not in numbers | names]:
            raise ValueError(f"has {unknown[0]!r}; accepted: {ALL}, {NONE}, or some of {', '.join(names)}")
        return [(numbers | names)[each] for each in dict.fromkeys(wanted)]

    if not given and ask.at_terminal:
        for number, each in numbers.items():
            say(f"{number:>3}  {each.source.title} ({each.source.name})")
    return ask("--sources", given, f"Sources, by number or name, or {ALL} or {NONE}", read, default=ALL)


def _write(file: Path, text: str) -> None:
    """Writes the file; ConfigError if a run would not accept it."""
    registry.check(parse_region(text, str(file)).sources)
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written ({error}); name another file: aggregator init FILE") from None
