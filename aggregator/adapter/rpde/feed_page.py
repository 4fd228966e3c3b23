"""Reads one page of an RPDE feed. Pure; a page of another shape is a PageError."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from aggregator.adapter.page import Page
from aggregator.errors import excerpt

STATES = ("updated", "deleted")


class ItemChange(NamedTuple):
    """One item of a page. `data` is None if the item was deleted. `modified` grows with each change of the feed."""

    id: str
    modified: int
    data: Mapping[str, Any] | None


class FeedPage(NamedTuple):
    """A page of a feed. `is_end`: there is nothing after it now; `next` then leads to what comes later."""

    changes: tuple[ItemChange, ...]
    next: str
    is_end: bool
    license: str


def read_page(page: Page, requested: str) -> FeedPage:
    """Reads a page that was requested at the URL `requested`.

    A page is the last one if it is empty and its `next` is its own URL. An empty page with another `next` was filtered.
    """
    body = page.json
    if not isinstance(body, dict) or not isinstance(body.get("items"), list) or not _text(body.get("next")):
        raise page.error(f"is not a page of an RPDE feed, with `items` and `next`; it begins {excerpt(page.text)}")
    changes, following = tuple(_changes(body["items"], page)), page.join(body["next"])
    is_own = any(_same(following, url) for url in (requested, page.url))
    if is_own and changes:
        raise page.error(f"has {len(changes)} items and itself as its next page, so the feed cannot be read on")
    return FeedPage(changes, following, is_own, _text(body.get("license")))


def _changes(items: list[Any], page: Page) -> Iterator[ItemChange]:
    for item in items:
        found = item if isinstance(item, dict) else {}
        state, number, data = found.get("state"), _whole(found.get("modified")), found.get("data")
        identity = found.get("id")
        if isinstance(identity, int) and not isinstance(identity, bool):
            identity = str(identity)
        whole = state == "deleted" or isinstance(data, dict)
        if state not in STATES or number is None or not _text(identity) or not whole:
            raise page.error(
                f"has an item without `state` (updated or deleted), `id`, `modified` or `data`: {excerpt(item)}"
            )
        yield ItemChange(str(identity), number, data if state == "updated" else None)


def _whole(value: object) -> int | None:
    """A whole number, also as text. Change numbers exceed 2^53, so they are never read as floats."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 40:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _same(one: str, other: str) -> bool:
    """Whether two URLs are the same apart from percent-encoding."""
    mine, theirs = urlsplit(one), urlsplit(other)
    queries = [sorted(parse_qsl(parts.query, keep_blank_values=True)) for parts in (mine, theirs)]
    return (mine.netloc, mine.path) == (theirs.netloc, theirs.path) and queries[0] == queries[1]
