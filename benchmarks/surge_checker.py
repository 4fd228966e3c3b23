"""Checks like a resident that everything a served page links to can be fetched.

In parallel with wrk, it fetches the home page, everything it links to, and a ZIP page, and again as soon as a release
is switched in. Faults are collected in `problems`.
"""

import random
import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx
from surge_publisher import Publisher
from surge_residents import ENCODING, Visit

PAUSE = 0.25  # seconds between checks
RENEWED_WITHIN = 60.0  # seconds after which an edge must have the new content
SAMPLE = 10  # pages fetched per check
LINK = re.compile(r'(?:href|src)="([^"#?]+)')
MADE = re.compile(r'data-made="([^"]+)"')


class Checker:
    """Checks the edge in a thread while the block runs."""

    def __init__(self, edge: str, publisher: Publisher, visit: Visit) -> None:
        self.pages = self.fetched = self.switches = 0
        self.problems: list[str] = []
        self.made = datetime.min.replace(tzinfo=UTC)  # of the last home page checked
        self.cut = False  # whether the edge is cut off from the origin: then it has only what was requested before
        self._edge, self._publisher, self._visit = edge, publisher, visit
        self._had: set[str] = set()
        self._ended = Event()
        self._thread = Thread(target=self._look)
        self._client = httpx.Client(headers={"Accept-Encoding": ENCODING}, timeout=5)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._client.close()

    def see_newer(self, made: datetime) -> bool:
        """Whether the home page becomes newer than `made` soon."""
        until = time.monotonic() + RENEWED_WITHIN
        while self.made <= made and time.monotonic() < until:
            time.sleep(PAUSE)
        return self.made > made

    def _look(self) -> None:
        last = ""
        while not self._ended.wait(PAUSE):
            release = self._publisher.release()
            switched, last = release != last, release
            self.switches += switched
            self._check("/", everything=switched)
            self._check(random.choice(self._visit.zips), everything=False)

    def _check(self, page: str, *, everything: bool) -> None:
        text = self._get(urljoin(self._edge, page))
        if text is None:
            return
        self.pages += 1
        if page == "/":
            made = MADE.search(text)
            self.made = datetime.fromisoformat(made[1]) if made else self.made
        named = {urljoin(urljoin(self._edge, page), link) for link in LINK.findall(text)}
        own = sorted(url for url in named if url.startswith(f"{self._edge}/"))
        pages = [url for url in own if url.endswith("/")]
        files = [url for url in own if not url.endswith("/")]
        followed = pages if everything else random.sample(pages, min(SAMPLE, len(pages)))
        self._all([*files, urljoin(self._edge, "/freshness.json"), *followed])

    def _all(self, urls: Iterable[str]) -> None:
        for url in urls:
            if not self._ended.is_set():
                self._get(url)

    def _get(self, url: str) -> str | None:
        if self.cut and url not in self._had:
            return None
        self.fetched += 1
        try:
            answer = self._client.get(url)
        except httpx.HTTPError as error:
            self.problems.append(f"{urlsplit(url).path}: {error!r}")
            return None
        if answer.status_code != 200:
            self.problems.append(f"{urlsplit(url).path}: {answer.status_code}")
            return None
        self._had.add(url)
        return answer.text
