"""Small adapters for the tests of visits: lists of made-up halls as JSON and as a web page."""

import json
from collections.abc import AsyncIterator
from typing import Any

from aggregator.adapter import Adapter, DataRow, Fetch, HtmlAdapter, HtmlRow, JsonAdapter, Page, SourceInfo
from aggregator.model import Listing, Report, SlotListing
from tests.support.pages import (
    SEARCH,
    Reply,
    TableClient,
    source,
    visit,
)

MORE = f"{SEARCH}/more"
LAST = f"{SEARCH}/last"


class Halls(JsonAdapter):
    """Reads a JSON list of names under `halls`. A name that is not a text fails; "skip" is outside the region."""

    name = "halls"
    title = "Halls"
    rows = "halls"

    def listing(self, row: DataRow) -> Listing | None:
        if row.value == "skip":
            return None
        slots = (SlotListing(start="2021-05-20", products=(row.value.partition(" of ")[2],)),)
        return Listing(name=row.value.strip(), id=row.value, slots=slots)


class Signs(HtmlAdapter):
    """Reads the headings of a page."""

    name = "signs"
    title = "Signs"
    rows = "h2"
    expects = ("Halls:",)
    empty_marker = "no halls"

    def listing(self, row: HtmlRow) -> Listing:
        return Listing(name=row.text())


class ThreePages(Halls):
    """Reads a first page, one that may be missing, and a last one."""

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        yield await fetch(source.url)
        if page := await fetch.try_fetch(MORE):
            yield page
        yield await fetch(LAST)


def halls(*found: Any) -> str:
    """The JSON that `Halls` reads."""
    return json.dumps({"halls": found})


def visit_with(reply: Reply, adapter: Adapter | None = None) -> Report:
    """A visit in which the source answers `reply`."""
    return visit(adapter or Halls(), source(), TableClient({SEARCH: reply}))
