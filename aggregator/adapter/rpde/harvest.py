"""Reads all feeds of a source on from where its last visit ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch
from aggregator.adapter.rpde.change_feed import PREFIX, ChangeFeed, Rules
from aggregator.errors import PageError
from aggregator.redact import shown_url


class Harvest(NamedTuple):
    """The feeds of a source after a visit, and the last page that came; at least one did.

    `at_end`: every feed was read to its end, so its items are as they are now. `was_known`: earlier visits have read
    everything once, so what changed since then is all there is to add. `lost`: a feed has expired and was not read
    again to its end, so nothing is known of its items.
    """

    feeds: tuple[ChangeFeed, ...]
    page: Page
    rules: Rules

    @property
    def license(self) -> str:
        """The license that the feeds state; "" if they state none."""
        return next(filter(None, (feed.license for feed in self.feeds)), "")

    @property
    def at_end(self) -> bool:
        return all(feed.at_end for feed in self.feeds)

    @property
    def was_known(self) -> bool:
        return all(feed.was_known for feed in self.feeds)

    @property
    def lost(self) -> bool:
        return any(feed.dead or (feed.expired and not feed.at_end) for feed in self.feeds)


async def harvest(urls: Sequence[str], fetch: Fetch, rules: Rules) -> Harvest | None:
    """Reads the feeds at `urls`, one after the other; None if no page came, which makes the visit partial.

    A damaged page ends only the reading of its own feed, unless it is the first page of the visit.
    """
    feeds = tuple(ChangeFeed(url, fetch, rules) for url in dict.fromkeys(urls))
    page: Page | None = None
    for feed in feeds:
        try:
            await feed.read()
        except PageError as error:
            if (page or feed.page) is None:
                raise
            fetch.damaged(feed.next, str(error).removeprefix(feed.next).strip())
        page = feed.page or page
    _forget_other_feeds(feeds, fetch)
    if page:
        _drop_useless(feeds, page.answer.fetched_at, rules)
    for feed in feeds:
        if feed.dead and page is None:
            raise PageError(f"{shown_url(feed.url)} {_why_dead(feed)}")
        if feed.dead:
            fetch.damaged(feed.url, _why_dead(feed))
    return Harvest(feeds, page, rules) if page else None


def _drop_useless(feeds: Sequence[ChangeFeed], at: datetime, rules: Rules) -> None:
    """Drops what is over, and the times of parents that were deleted."""
    parents = {identity for feed in feeds for value in feed.removed for identity in value.get("ids", ())}
    for feed in feeds:
        feed.drop(lambda value: value.get("of") in parents or rules.is_over(value, at))


def _why_dead(feed: ChangeFeed) -> str:
    return (
        "no longer accepts our place in it, and a whole feed may be read at most once a week; availability is unknown "
        f"until {feed.full_read_from}, then it is read again"
    )


def _forget_other_feeds(feeds: Sequence[ChangeFeed], fetch: Fetch) -> None:
    """Removes what was kept of feeds that the source no longer has."""
    keys = {feed.key for feed in feeds}
    for key in fetch.kept:
        if key.startswith(PREFIX) and " ".join(key.split(" ", 2)[:2]) not in keys:
            fetch.keep(key, "")
