"""Reads a dataset site: the page on which a publisher describes its feeds (schema.org Dataset, as JSON-LD)."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from aggregator.adapter.page import Page


class Dataset(NamedTuple):
    """A publisher's feeds as (kind, URL), such as ("Slot", "https://…"), and whom to name beside the data."""

    feeds: tuple[tuple[str, str], ...]
    publisher: str
    license: str


def dataset(page: Page) -> Dataset:
    """The dataset that a page describes; PageError if it describes none with feeds."""
    for described in _described(page):
        feeds = tuple(_feeds(described.get("distribution"), page))
        if feeds:
            publisher = described.get("publisher")
            name = publisher.get("name") if isinstance(publisher, dict) else ""
            return Dataset(feeds, _text(name), _text(described.get("license")))
    raise page.error("describes no dataset with feeds (JSON-LD with `distribution`); name its feeds in options.feeds")


def _described(page: Page) -> Iterator[dict[str, Any]]:
    for node in page.html.css('script[type="application/ld+json"]'):
        try:
            found = json.loads(node.text(), strict=False)
        except (ValueError, RecursionError):
            continue
        yield from (one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict))


def _feeds(distribution: object, page: Page) -> Iterator[tuple[str, str]]:
    for one in distribution if isinstance(distribution, list) else [distribution]:
        if isinstance(one, dict) and (url := _text(one.get("contentUrl"))):
            # The type says what a feed has; its path or name may be anything.
            kind = _text(one.get("additionalType")).rstrip("/").rpartition("/")[2]
            yield kind, page.join(url)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
