"""Reads a dataset site: the page on which a publisher describes its feeds (schema.org Dataset, as JSON-LD)."""

from collections.abc import Iterator
from typing import NamedTuple

from aggregator.adapter import linked_data
from aggregator.adapter.page import Page


class Dataset(NamedTuple):
    """A publisher's feeds as (kind, URL), such as ("Slot", "https://…"), and whom to name beside the data."""

    feeds: tuple[tuple[str, str], ...]
    publisher: str
    license: str


def dataset(page: Page) -> Dataset:
    """The dataset that a page describes; PageError if it describes none with feeds."""
    scripts, _ = linked_data.scripts(page.html)
    for described in linked_data.nodes(scripts):
        feeds = tuple(_feeds(described.get("distribution"), page))
        if feeds:
            publisher = described.get("publisher")
            name = publisher.get("name") if isinstance(publisher, dict) else ""
            return Dataset(feeds, _text(name), _text(described.get("license")))
    raise page.error("describes no dataset with feeds (JSON-LD with `distribution`); name its feeds in options.feeds")


def _feeds(distribution: object, page: Page) -> Iterator[tuple[str, str]]:
    for one in linked_data.records(distribution):
        if url := _text(one.get("contentUrl")):
            # The type says what a feed has; its path or name may be anything.
            kind = _text(one.get("additionalType")).rstrip("/").rpartition("/")[2]
            yield kind, page.join(url)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
