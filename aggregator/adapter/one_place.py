"""The pattern for systems with one page per place, whose location the region file states.

What a page states about the place overrides the source's options. A front page without links means "nothing is
announced" only if it contains the text that `front_says` names; otherwise it is a PageError.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from aggregator.adapter.base import PageAdapter
from aggregator.adapter.extract import text
from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch, Pages, SourceInfo
from aggregator.adapter.row import Row
from aggregator.errors import PageError
from aggregator.model import Listing

NOTHING_ANNOUNCED = object()  # the context of a correct front page without links


class OnePlaceAdapter(PageAdapter):
    """Base class: one place per page. `link`, a regular expression, matches links to places on a front page.

    `row.context` is the text of the link that led to the page; "" if none did.

    Options of a source: `place` (its name), `address` (one line), `restrictions`, `booking_url` (default: its URL),
    `front_says` (a text that the front page contains with or without links).
    """

    options: ClassVar[Mapping[str, tuple[str, ...]]] = {
        key: () for key in ("place", "address", "restrictions", "booking_url", "front_says")
    }
    link: ClassVar[str] = ""

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        front = await fetch(source.url)
        if not self.link or re.search(self.link, source.url):
            yield front.with_context("")
            return
        links = self.links(front)
        if not links:
            self._check_announces_nothing(front, source)
            yield front.with_context(NOTHING_ANNOUNCED)
        for url, words in links.items():
            if page := await fetch.try_fetch(url):
                yield page.with_context(words)

    def links(self, front: Page) -> dict[str, str]:
        """URL of each place's page -> its link text on the front page, without duplicates."""
        nodes = front.html.css("a[href]")
        found = [(front.join(node.attributes["href"] or ""), text(node)) for node in nodes]
        return {url: words for url, words in found if re.search(self.link, url)}

    def rows_of(self, page: Page) -> Iterable[Any]:
        return () if page.context is NOTHING_ANNOUNCED else super().rows_of(page)

    def says_empty(self, page: Page) -> bool:
        return page.context is NOTHING_ANNOUNCED

    def place(self, row: Row, **found: Any) -> Listing:
        """The listing of a place: what was `found` on its page, completed by the source's options."""
        options = row.source.options
        given = {key: options[key] for key in ("address", "restrictions", "booking_url") if key in options}
        known = {"name": options.get("place", ""), "booking_url": row.source.url}
        return Listing(**known | given | {key: value for key, value in found.items() if value not in ("", (), None)})

    def _check_announces_nothing(self, front: Page, source: SourceInfo) -> None:
        always = source.options.get("front_says")
        if not always or always not in front.text:
            raise PageError(
                f"{front.url} has no link that matches {self.link!r}, nor the text {always!r} that would confirm that "
                "it is the right page; open it and set options.front_says to a text that it always contains"
            )
