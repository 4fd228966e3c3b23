"""The pattern for systems that list the stores within some miles of a ZIP.

A circle that gets no answer is lost alone. A full answer has been truncated, so the visit ends with a PageError after
everything found has been read.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar, NamedTuple

from aggregator.adapter.base import JsonAdapter
from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch, Pages, SourceInfo
from aggregator.errors import PageError


class Question(NamedTuple):
    """One request; `json` makes it a POST."""

    url: str
    params: Mapping[str, str] | None = None
    json: object = None


class CircleAdapter(JsonAdapter):
    """Base class: one request per circle. Circles overlap; a store that several answers list counts once."""

    options: ClassVar[Mapping[str, tuple[str, ...]]] = {"zips": ()}  # a list: the centers

    @abstractmethod
    def around(self, source: SourceInfo) -> Mapping[str, Question]:
        """The request for each center."""

    def is_full(self, page: Page, source: SourceInfo) -> bool:
        """Whether an answer contains as many places as an answer can have. Default: there is no maximum."""
        return False

    def within(self, page: Page, circle: Question, source: SourceInfo, asked: set[str]) -> Iterable[Question]:
        """Further requests about the places of a circle, after its page was read.

        `asked` has the ids of places that this visit has already requested; add those that you request.
        """
        return ()

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        full: list[str] = []
        asked: set[str] = set()
        for center, circle in self.around(source).items():
            page = await _answer(circle, fetch)
            if page is None:
                continue
            full += [center] if self.is_full(page, source) else []
            yield page
            for question in self.within(page, circle, source, asked):
                if further := await _answer(question, fetch):
                    yield further
        if full:
            centers = ", ".join(full)
            raise PageError(f"{source.url}: the results around {centers} were truncated; use smaller radiuses")


async def _answer(question: Question, fetch: Fetch) -> Page | None:
    return await fetch.try_fetch(question.url, params=question.params, json=question.json)
