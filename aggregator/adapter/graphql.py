"""For systems that are asked in GraphQL (https://graphql.github.io/graphql-over-http/draft/).

A reader may rely on: errors in an answer, which come with HTTP status 200, are a PageError, also where some data came
with them, because then nobody knows what is missing.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from aggregator.adapter.base import JsonAdapter
from aggregator.adapter.page import Page
from aggregator.adapter.protocols import Fetch, Pages, SourceInfo
from aggregator.errors import excerpt

_OPERATION = re.compile(r"\bquery\s+(\w+)")


class GraphqlAdapter(JsonAdapter):
    """Asks `query` once for each set of `variables`; one that brings no answer is lost alone.

    `rows` is a path into the answer and begins with "data".
    """

    query: ClassVar[str]

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        for variables in self.variables(source, fetch.today):
            if page := await fetch.try_fetch(source.url, json=question(self.query, variables)):
                yield page

    def variables(self, source: SourceInfo, today: date) -> Iterable[Mapping[str, Any]]:
        """The variables of each question of a visit. Default: one question without any."""
        return ({},)

    def rows_of(self, page: Page) -> Iterable[Any]:
        data(page)
        return super().rows_of(page)


def question(query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON to ask with. `query` is one document with one named query."""
    named = _OPERATION.search(query)
    return {"operationName": named[1] if named else None, "query": query, "variables": dict(variables)}


def data(page: Page) -> dict[str, Any]:
    """The `data` of an answer; PageError where it has errors or no data."""
    answer = page.json if isinstance(page.json, dict) else {}
    found = answer.get("data")
    if answer.get("errors") or not isinstance(found, dict):
        said = json.dumps(answer.get("errors") or page.json)
        raise page.error(f"did not answer the query: {excerpt(said)}")
    return found
