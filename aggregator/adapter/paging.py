"""Follows the link from each page to its next one, and refuses pagers that never end."""

from collections.abc import Callable, Mapping

from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch, Pages

MAX_PAGES = 100  # Two similar projects used this limit against endless pagers.


async def followed(
    fetch: Fetch, url: str, next_of: Callable[[Page], str | None], params: Mapping[str, str] | None = None
) -> Pages:
    """Yields the page at `url`, then the page that `next_of` names, and so on until it names none.

    `next_of` returns a link, which may be relative, or None. `params` are those of the first request. PageError for a
    link to a page that was read before, and for one after `MAX_PAGES` pages.
    """
    page = await fetch(url, params=params)
    yield page
    seen = {page.url}
    while (link := next_of(page)) is not None:
        target = page.join(link)
        if target in seen or len(seen) >= MAX_PAGES:
            raise page.error(f"links to {target} as its next page after {len(seen)} pages: the pager loops endlessly")
        seen.add(target)
        del page  # Free the tree (about 0.3 MB) before the next page waits for its turn.
        page = await fetch(target)
        yield page
