"""Caches answers for conditional requests (RFC 9110, 13), and reads max-age (RFC 9111, 4.2).

After a 304 the answer is the cached one with the new headers merged in, as recent as the 304 itself, which confirms it.
An answer enters the cache only if the visit was good, as a whole and on this page; until then it is a candidate. So a
304 can never bring back a maintenance page. After a bad visit everything that it requested is dropped, so that the next
visit fetches all of it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from aggregator.model import Answer, Struct
from aggregator.web.age import as_of

MAX_STORED = 8 * 1024 * 1024  # bytes of a body


class StoredAnswer(Struct, frozen=True, kw_only=True):
    """A cached answer. `etag` and `last_modified`: as the host wrote them, or ""."""

    answer: Answer
    etag: str = ""
    last_modified: str = ""
    stored_at: datetime


class AnswerStore(Protocol):
    """Stores answers between visits and between runs. Only `load` may take time; the others return at once."""

    async def load(self, key: str) -> StoredAnswer | None: ...

    def save(self, key: str, answer: StoredAnswer) -> None: ...

    def drop(self, key: str) -> None: ...

    def rename(self, key: str, new: str) -> None:
        """Moves the answer from `key` to `new`, if there is one."""
        ...


class MemoryAnswers:
    """An AnswerStore in memory, lost when the process ends: for replays, trials, and tests."""

    def __init__(self) -> None:
        self._answers: dict[str, StoredAnswer] = {}

    async def load(self, key: str) -> StoredAnswer | None:
        return self._answers.get(key)

    def save(self, key: str, answer: StoredAnswer) -> None:
        self._answers[key] = answer

    def drop(self, key: str) -> None:
        self._answers.pop(key, None)

    def rename(self, key: str, new: str) -> None:
        if key in self._answers:
            self._answers[new] = self._answers.pop(key)


class VisitCache:
    """The cache as one visit uses it: new answers are candidates until `settle`."""

    def __init__(self, store: AnswerStore) -> None:
        self._store = store
        self._requested: set[str] = set()
        self._changed: set[str] = set()  # answered in full, not with 304
        self._rejected: set[str] = set()

    async def load(self, url: str) -> StoredAnswer | None:
        key = answer_key(url)
        self._requested.add(key)
        return await self._store.load(key)

    def add(self, url: str, answer: Answer) -> None:
        """Saves a new answer as a candidate, in the store, because a visit may fetch more than fits into memory."""
        key = answer_key(url)
        self._changed.add(key)
        if to_keep := to_store(answer):
            self._store.save(_candidate(key), to_keep)
        else:
            self._store.drop(_candidate(key))

    def reject(self, url: str) -> None:
        """Marks the answer from `url` as wrong or incomplete."""
        self._rejected.add(answer_key(url))

    def settle(self, good: bool) -> None:
        """Ends the visit: stores its candidates if it was `good`, else drops everything that it requested."""
        for key in self._requested:
            if not good or key in self._rejected:
                self._store.drop(key)
                self._store.drop(_candidate(key))
            elif key in self._changed:
                self._store.drop(key)
                self._store.rename(_candidate(key), key)
        self._requested.clear()
        self._changed.clear()
        self._rejected.clear()


def _candidate(key: str) -> str:
    return f"CANDIDATE {key}"


def answer_key(url: str) -> str:
    """The cache key of a GET of `url`, including its query."""
    return f"GET {url}"


def conditions(stored: StoredAnswer | None) -> dict[str, str]:
    """Request headers that make the request conditional on a change of the `stored` answer."""
    if stored is None:
        return {}
    headers = {"if-none-match": stored.etag, "if-modified-since": stored.last_modified}
    return {name: value for name, value in headers.items() if value}


def to_store(answer: Answer) -> StoredAnswer | None:
    """The answer as it is cached; None if it has no validators, is too big, or may be cut off."""
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    no_store = "no-store" in answer.headers.get("cache-control", "").lower()
    if answer.status != 200 or no_store or not (etag or modified):
        return None
    if not answer.length_known or len(answer.body) > MAX_STORED:
        return None
    return StoredAnswer(answer=answer, etag=etag, last_modified=modified, stored_at=answer.fetched_at)


def confirmed(stored: StoredAnswer, headers: Mapping[str, str], now: datetime) -> Answer:
    """The cached answer after a 304 with `headers`."""
    old = {name: value for name, value in stored.answer.headers.items() if name != "age"}
    return Answer(
        url=stored.answer.url,
        status=200,
        headers={**old, **headers},
        body=stored.answer.body,
        fetched_at=now,
        as_of=as_of(headers, now),
    )


def max_age(answer: Answer) -> float:
    """Seconds for which the publisher declares the answer fresh, minus its Age; 0 if it does not."""
    control = answer.headers.get("cache-control", "").lower()
    stated = re.search(r"(?:^|[\s,])max-age=\"?(\d{1,9})", control)
    if stated is None or re.search(r"no-store|no-cache", control):
        return 0.0
    age = re.fullmatch(r"\s*(\d{1,9})\s*", answer.headers.get("age", ""))
    return max(0.0, float(stated[1]) - (float(age[1]) if age else 0.0))
