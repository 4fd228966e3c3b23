"""For systems that tell what is within some miles of a ZIP.

A reader may rely on: a circle that brings no answer is lost alone; a full answer has lost places, so that the visit
ends with a PageError, after all that was found has been read.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar, NamedTuple

from aggregator.adapter.base import JsonAdapter
from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch, Pages, SourceInfo
from aggregator.errors import PageError


class Question(NamedTuple):
    """A request; `json` makes it a POST."""

    url: str
    params: Mapping[str, str] | None = None
    json: object = None


class CircleAdapter(JsonAdapter):
    """Asks circle by circle. Circles overlap; a store that several answers list counts once."""

    options: ClassVar[Mapping[str, tuple[str, ...]]] = {"zips": ()}  # a list: the middles

    @abstractmethod
    def around(self, source: SourceInfo) -> Mapping[str, Question]:
        """What is asked around each middle."""

    def is_full(self, page: Page, source: SourceInfo) -> bool:
        """Whether an answer holds as many places as answers can. Default: they hold any number."""
        return False

    def within(self, page: Page, circle: Question, source: SourceInfo, asked: set[str]) -> Iterable[Question]:
        """What to ask about the places of a circle after its page was read.

        `asked` has the ids of the places that this visit has asked about already; add those that you ask about.
        """
        return ()

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        full: list[str] = []
        asked: set[str] = set()
        for middle, circle in self.around(source).items():
            page = await _answer(circle, fetch)
            if page is None:
                continue
            full += [middle] if self.is_full(page, source) else []
            yield page
            for question in self.within(page, circle, source, asked):
                if further := await _answer(question, fetch):
                    yield further
        if full:
            raise PageError(f"{source.url}: full answers around {', '.join(full)}, places are lost; draw them smaller")


async def _answer(question: Question, fetch: Fetch) -> Page | None:
    return await fetch.try_fetch(question.url, params=question.params, json=question.json)
