"""One RPDE feed of a source: where it is read on, and its items by id. Both are kept between visits.

Publishers ask harvesters not to read a feed from its beginning more than once a week. So a feed whose cursor expires is
read again at once only if the last full read began a week ago. Until then it is `dead`: nothing is requested, and
nothing counts of its items. 410 says that the cursor has expired; 404 may be a moment's fault of the host, so it is
believed in the third visit. `turn` counts the full reads; an item of an earlier one is still named, so
that a place does not vanish, but how it is now is not known.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch
from aggregator.adapter.rpde.feed_page import FeedPage, ItemChange, read_page
from aggregator.errors import excerpt

FULL_READ_EVERY = timedelta(days=7)  # https://developer.openactive.io/using-data/harvesting-opportunity-data
MISSING, EXPIRED = 404, 410  # statuses of a cursor that the publisher no longer knows
BELIEVED_AFTER = 3  # visits in a row in which a cursor is missing
PREFIX = "feed "  # of every key that a feed keeps


class Rules(NamedTuple):
    """What an adapter keeps of items.

    `select`: an item's data -> a JSON value, or None for an item that is of no use; any exception if it has another
    shape. `is_over`: whether such a value is in the past at a given time; `is_free`: whether somebody can still book
    it. `version`: raise it when `select` changes; then everything is read again.
    """

    select: Callable[[Mapping[str, Any]], Any]
    is_over: Callable[[Any, datetime], bool]
    is_free: Callable[[Any], bool]
    version: int


class Item(NamedTuple):
    """What is kept of one item, and from which full read it is."""

    modified: int
    turn: int
    value: Any


class ChangeFeed:
    """A feed in one visit. Two feeds may use the same ids, so each has its own items.

    `page`: the last page that came. `at_end`: this visit has read it to its end. `known`: some visit has, since the
    last full read began; `was_known`: an earlier visit has. `expired`: its cursor has expired in this visit. `changed`:
    ids of the items that changed in this visit. `before`: what was kept of those, and of the ones that are no more, by
    id.
    """

    def __init__(self, url: str, fetch: Fetch, rules: Rules) -> None:
        self.url, self._fetch, self._rules = url, fetch, rules
        self.key = f"{PREFIX}{blake2b(url.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"
        self.items: dict[str, Item] = {}
        for key, text in fetch.kept.items():
            if key.startswith(f"{self.key} "):
                identity, *parts = json.loads(text)
                self.items[identity] = Item(*parts)
        cursor = json.loads(fetch.kept.get(self.key, "{}"))
        self.next = cursor.get("next", url)
        self.turn: int = cursor.get("turn", 1)
        self.known = self.was_known = cursor.get("known", False)
        self.dead: bool = cursor.get("dead", False)
        self._began = date.fromisoformat(cursor["began"]) if cursor else fetch.today
        self.changed: set[str] = set()
        self.before: dict[str, Any] = {}
        self.page: Page | None = None
        self.license = ""  # as the last page states it
        self.at_end = self.expired = False
        self._missing: int = cursor.get("missing", 0)  # visits in a row
        if cursor and cursor["version"] != rules.version:  # the adapter keeps other things now
            self._expire()
        elif self.dead and self.full_read_from <= fetch.today:
            self.dead, self._began = False, fetch.today

    @property
    def full_read_from(self) -> date:
        """The first day on which the feed may be read from its beginning again."""
        return self._began + FULL_READ_EVERY

    @property
    def removed(self) -> list[Any]:
        """What was kept of the items that this visit found to be no more."""
        return [value for identity, value in self.before.items() if identity not in self.items]

    @property
    def current(self) -> dict[str, Any]:
        """What is kept of the items that the latest full read has brought so far, by id."""
        return {identity: item.value for identity, item in self.items.items() if item.turn == self.turn}

    async def read(self) -> None:
        """Reads on to the end, or as far as the visit gets. PageError for a page of another shape."""
        seen = {self.next}
        while not (self.dead or self.at_end):
            page = await self._fetch.try_fetch(self.next)
            if page is None:
                break
            if page.status in {MISSING, EXPIRED}:
                if not self._restart(page):
                    break
                seen = {self.next}
                continue
            found = read_page(page, self.next)
            if not found.is_end and found.next in seen:
                raise page.error(f"leads back to {found.next}, which was read before: the feed loops endlessly")
            seen.add(found.next)
            self.page = page
            self._take(found, page)
        self._keep_cursor()

    def drop(self, is_useless: Callable[[Any], bool]) -> None:
        """Drops the items whose kept values are of no use any more."""
        for identity in [key for key, item in self.items.items() if is_useless(item.value)]:
            self._forget(identity)

    def _restart(self, page: Page) -> bool:
        """Handles a cursor that the publisher no longer knows; whether the feed is to be read from its beginning."""
        if self.next == self.url:
            raise page.error(f"answers {page.status}: the feed is no longer at this URL")
        self.page = page
        self._missing += 1
        if page.status == MISSING and self._missing < BELIEVED_AFTER:
            self._fetch.damaged(
                self.next,
                f"answers {page.status} (visit {self._missing} of {BELIEVED_AFTER} before our place in the feed "
                "counts as expired); the next visit tries again",
            )
            return False
        self._expire()
        return not self.dead

    def _take(self, found: FeedPage, page: Page) -> None:
        for change in found.changes:
            self._apply(change, page)
        self.next, self.at_end, self._missing = found.next, found.is_end, 0
        self.license = found.license or self.license
        if self.at_end and not self.known:
            self.known = True
            for identity in [key for key, item in self.items.items() if item.turn < self.turn]:
                self._delete(identity)  # the whole feed has been read, and it no longer has this item
        self._keep_cursor()

    def _apply(self, change: ItemChange, page: Page) -> None:
        old = self.items.get(change.id)
        if old and old.turn == self.turn and change.modified < old.modified:
            return
        value = self._selected(change.data, page, known=old is not None) if change.data is not None else None
        if value is None or self._rules.is_over(value, page.answer.fetched_at):
            self._delete(change.id)
            return
        if old:
            self.before.setdefault(change.id, old.value)
        self.changed.add(change.id)
        self.items[change.id] = Item(change.modified, self.turn, value)
        self._fetch.keep(self._key_of(change.id), json.dumps([change.id, *self.items[change.id]]))

    def _selected(self, data: Mapping[str, Any], page: Page, *, known: bool) -> Any:
        try:
            value = self._rules.select(data)
        except Exception as error:  # the adapter's own code may raise anything on an item of another shape
            raise page.error(f"has an item that cannot be read ({error}): {excerpt(data)}") from None
        if value is None and known:
            raise page.error(f"has an item that is suddenly of another kind: {excerpt(data)}")
        return value

    def _delete(self, identity: str) -> None:
        if identity in self.items:
            self.before.setdefault(identity, self.items[identity].value)
            self._forget(identity)

    def _forget(self, identity: str) -> None:
        del self.items[identity]
        self.changed.discard(identity)
        self._fetch.keep(self._key_of(identity), "")

    def _expire(self) -> None:
        self.turn, self.next, self.known, self.was_known = self.turn + 1, self.url, False, False
        self.expired, self._missing = True, 0
        self.dead = self._fetch.today < self.full_read_from
        if not self.dead:
            self._began = self._fetch.today

    def _keep_cursor(self) -> None:
        cursor = {"next": self.next, "turn": self.turn, "known": self.known, "dead": self.dead}
        cursor |= {"missing": self._missing, "began": self._began.isoformat(), "version": self._rules.version}
        self._fetch.keep(self.key, json.dumps(cursor))

    def _key_of(self, identity: str) -> str:
        return f"{self.key} {identity.encode('utf-8', 'backslashreplace').decode()}"
