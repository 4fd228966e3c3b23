"""Asking again cheaply: conditional requests (RFC 9110, 13) and freshness (RFC 9111, 4.2).

A reader may rely on: an answer confirmed by 304 is the kept one, with the new answer's headers over the old ones and
`fetched_at` now, because the host has just said that it still holds.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from aggregator.model import Answer, Struct

MAX_STORED = 8 * 1024 * 1024


class StoredAnswer(Struct, frozen=True, kw_only=True):
    """An answer kept for the next visit. `etag` and `last_modified` as the host wrote them, "" where it did not."""

    answer: Answer
    etag: str = ""
    last_modified: str = ""
    stored_at: datetime


class AnswerStore(Protocol):
    """Keeps answers between visits and between runs."""

    def load(self, key: str) -> StoredAnswer | None: ...

    def save(self, key: str, answer: StoredAnswer) -> None: ...


class MemoryAnswers:
    """An AnswerStore that forgets when the process ends: for replays, trials and tests."""

    def __init__(self) -> None:
        self._kept: dict[str, StoredAnswer] = {}

    def load(self, key: str) -> StoredAnswer | None:
        return self._kept.get(key)

    def save(self, key: str, answer: StoredAnswer) -> None:
        self._kept[key] = answer


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
    """What to keep of the answer to a GET; None where asking again could not be cheaper, or it is too big."""
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    no_store = "no-store" in answer.headers.get("cache-control", "").lower()
    if answer.status != 200 or no_store or not (etag or modified) or len(answer.body) > MAX_STORED:
        return None
    return StoredAnswer(answer=answer, etag=etag, last_modified=modified, stored_at=answer.fetched_at)


def confirmed(stored: StoredAnswer, headers: Mapping[str, str], now: datetime) -> Answer:
    """The kept answer after a 304 with `headers`."""
    kept = {name: value for name, value in stored.answer.headers.items() if name != "age"}
    return Answer(
        url=stored.answer.url, status=200, headers={**kept, **headers}, body=stored.answer.body, fetched_at=now
    )


def max_age(answer: Answer) -> float:
    """Seconds for which the publisher says the answer holds; 0 where it does not say."""
    control = answer.headers.get("cache-control", "").lower()
    stated = re.search(r"(?:^|[\s,])max-age=\"?(\d{1,9})", control)
    if stated is None or re.search(r"no-store|no-cache", control):
        return 0.0
    age = re.fullmatch(r"\s*(\d{1,9})\s*", answer.headers.get("age", ""))
    return max(0.0, float(stated[1]) - (float(age[1]) if age else 0.0))
