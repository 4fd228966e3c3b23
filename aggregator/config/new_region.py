"""Generates a new region file, with a comment on each key."""

from collections.abc import Sequence
from typing import NamedTuple

HEAD = """\
# {title}: a region file that `aggregator init` wrote. docs/region-file.md describes every key.

# A short name for the data and the database. It never changes, whatever the title becomes.
name = {name}

# The heading of the page.
title = {title_value}

# Which states it covers (in France: departments). Places elsewhere are left out.
country = {country}
states = {states}

# For the times on the page, and for places whose postal code does not tell.
time_zone = {time_zone}

# Booking sites see this in every request, so that they can reach you.
contact = {contact}

# What the appointments are for: the name of a file in data/services/ (docs/services.md).
service = "vaccination"

# Leave out what the same systems offer besides these groups of products. Without it, every vaccine is shown.
# only = ["covid-19"]

# The languages of the page, the first one at its top: en, es, fr, ht, pt, vi, zh-Hans. Each is a whole set of pages.
languages = ["en"]

# Where the site will be, for feeds and for links that people share.
# url = "https://appointments.example.org/"

# A monitor that is asked after every release, so that you hear of it when they stop: docs/operate.md.
# ping_url = "https://monitor.example.org/your-check"
"""
NO_SOURCES = """
# The booking systems, one [[sources]] each. None came with the program for these states: docs/region-file.md says what
# an entry looks like, and docs/add-a-provider.md how to read a system that has no adapter yet.
sources = []
"""
SOURCES = """
# The booking systems. `interval` is the time between two visits, in seconds. Look at each in a browser: addresses are
# those of 2021 to 2023, and `aggregator run` says which of them still answer. Delete those that are not yours.
"""


class NewRegion(NamedTuple):
    """The answers that a new region file is made from."""

    name: str
    title: str
    country: str
    states: tuple[str, ...]
    time_zone: str
    contact: str


def region_text(region: NewRegion, entries: Sequence[str]) -> str:
    """The text of the file (TOML); `entries` are its sources, each as TOML."""
    head = HEAD.format(
        title=" ".join(region.title.split()),
        name=_value(region.name),
        title_value=_value(region.title),
        country=_value(region.country),
        states=_value(list(region.states)),
        time_zone=_value(region.time_zone),
        contact=_value(region.contact),
    )
    return head + ("".join((SOURCES, *(f"\n{entry}\n" for entry in entries))) if entries else NO_SOURCES)


def _value(value: object) -> str:
    import tomlkit  # 20 ms that only `aggregator init` needs

    return tomlkit.item(value).as_string()
