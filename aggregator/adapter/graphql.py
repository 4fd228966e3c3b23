"""The pattern for GraphQL systems (https://graphql.github.io/graphql-over-http/draft/).

Errors come with HTTP status 200. They are a PageError even if some data came with them, because nobody knows what is
missing.
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
    """Base class: sends `query` once for each set of `variables`; a request without an answer is lost alone.

    `rows` is a path into the answer and begins with "data".
    """

    query: ClassVar[str]

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        for variables in self.variables(source, fetch.today):
            if page := await fetch.try_fetch(source.url, json=question(self.query, variables)):
                yield page

    def variables(self, source: SourceInfo, today: date) -> Iterable[Mapping[str, Any]]:
        """The variables of each request of a visit. Default: one request without variables."""
        return ({},)

    def rows_of(self, page: Page) -> Iterable[Any]:
        data(page)
        return super().rows_of(page)


def question(query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON body of a request. `query` is one document with one named query."""
    named = _OPERATION.search(query)
    return {"operationName": named[1] if named else None, "query": query, "variables": dict(variables)}


def data(page: Page) -> dict[str, Any]:
    """The `data` of an answer; PageError if it has errors or no data."""
    answer = page.json if isinstance(page.json, dict) else {}
    found = answer.get("data")
    if answer.get("errors") or not isinstance(found, dict):
        reason = json.dumps(answer.get("errors") or page.json)
        raise page.error(f"did not answer the query: {excerpt(reason)}")
    return found
