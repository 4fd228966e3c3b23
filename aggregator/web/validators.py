"""Asking again cheaply: conditional requests (RFC 9110, 13) and freshness (RFC 9111, 4.2).

A reader may rely on: an answer confirmed by 304 is the kept one, with the new answer's headers over the old ones, and
as old as the 304 itself, because that says that it still holds. An answer is kept for conditional requests only once
its visit was good, as a whole and on this page: until then it is a candidate. So an honest 304 cannot bring back a
maintenance page. After a visit that was not good nothing that it asked for is kept, so the next one asks for all of it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from aggregator.model import Answer, Struct
from aggregator.web.age import as_of

MAX_STORED = 8 * 1024 * 1024


class StoredAnswer(Struct, frozen=True, kw_only=True):
    """An answer kept for the next visit. `etag` and `last_modified` as the host wrote them, "" where it did not."""

    answer: Answer
    etag: str = ""
    last_modified: str = ""
    stored_at: datetime


class AnswerStore(Protocol):
    """Keeps answers between visits and between runs. Only `load` may take time; the others return at once."""

    async def load(self, key: str) -> StoredAnswer | None: ...

    def save(self, key: str, answer: StoredAnswer) -> None: ...

    def drop(self, key: str) -> None: ...

    def rename(self, key: str, new: str) -> None:
        """Keeps under `new` what is under `key`, if anything is."""
        ...


class MemoryAnswers:
    """An AnswerStore that forgets when the process ends: for replays, trials and tests."""

    def __init__(self) -> None:
        self._kept: dict[str, StoredAnswer] = {}

    async def load(self, key: str) -> StoredAnswer | None:
        return self._kept.get(key)

    def save(self, key: str, answer: StoredAnswer) -> None:
        self._kept[key] = answer

    def drop(self, key: str) -> None:
        self._kept.pop(key, None)

    def rename(self, key: str, new: str) -> None:
        if key in self._kept:
            self._kept[new] = self._kept.pop(key)


class VisitAnswers:
    """The kept answers as one visit uses them."""

    def __init__(self, store: AnswerStore) -> None:
        self._store = store
        self._asked: set[str] = set()
        self._changed: set[str] = set()  # what came whole, and not as a 304
        self._rejected: set[str] = set()

    async def load(self, url: str) -> StoredAnswer | None:
        key = answer_key(url)
        self._asked.add(key)
        return await self._store.load(key)

    def came(self, url: str, answer: Answer) -> None:
        """Holds a new answer as a candidate, in the store, because a visit can bring more than fits into memory."""
        key = answer_key(url)
        self._changed.add(key)
        if to_keep := to_store(answer):
            self._store.save(_candidate(key), to_keep)
        else:
            self._store.drop(_candidate(key))

    def reject(self, url: str) -> None:
        """What came from `url` is not the page that it should be, or not all of it."""
        self._rejected.add(answer_key(url))

    def settle(self, good: bool) -> None:
        """At the end of the visit: keeps its candidates if it was `good`, else nothing that it asked for."""
        for key in self._asked:
            if not good or key in self._rejected:
                self._store.drop(key)
                self._store.drop(_candidate(key))
            elif key in self._changed:
                self._store.drop(key)
                self._store.rename(_candidate(key), key)
        self._asked.clear()
        self._changed.clear()
        self._rejected.clear()


def _candidate(key: str) -> str:
    return f"CANDIDATE {key}"


def answer_key(url: str) -> str:
    """Under what a GET of `url`, query included, is kept."""
    return f"GET {url}"


def conditions(stored: StoredAnswer | None) -> dict[str, str]:
    """Request headers that ask for the answer only if it has changed."""
    if stored is None:
        return {}
    headers = {"if-none-match": stored.etag, "if-modified-since": stored.last_modified}
    return {name: value for name, value in headers.items() if value}


def to_store(answer: Answer) -> StoredAnswer | None:
    """What to keep of the answer to a GET; None if asking again is no cheaper, or it is too big or may be cut off."""
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    no_store = "no-store" in answer.headers.get("cache-control", "").lower()
    if answer.status != 200 or no_store or not (etag or modified):
        return None
    if not answer.length_known or len(answer.body) > MAX_STORED:
        return None
    return StoredAnswer(answer=answer, etag=etag, last_modified=modified, stored_at=answer.fetched_at)


def confirmed(stored: StoredAnswer, headers: Mapping[str, str], now: datetime) -> Answer:
    """The kept answer after a 304 with `headers`."""
    kept = {name: value for name, value in stored.answer.headers.items() if name != "age"}
    return Answer(
        url=stored.answer.url,
        status=200,
        headers={**kept, **headers},
        body=stored.answer.body,
        fetched_at=now,
        as_of=as_of(headers, now),
    )


def max_age(answer: Answer) -> float:
    """Seconds for which the publisher says the answer holds; 0 where it does not say."""
    control = answer.headers.get("cache-control", "").lower()
    stated = re.search(r"(?:^|[\s,])max-age=\"?(\d{1,9})", control)
    if stated is None or re.search(r"no-store|no-cache", control):
        return 0.0
    age = re.fullmatch(r"\s*(\d{1,9})\s*", answer.headers.get("age", ""))
    return max(0.0, float(stated[1]) - (float(age[1]) if age else 0.0))
