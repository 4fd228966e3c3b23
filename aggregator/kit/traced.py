"""Wraps an adapter to record where its own code raised, which a report does not contain."""

import inspect
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

from aggregator import registry
from aggregator.adapter import Adapter, Fetch, Listing, Page, Row, SourceInfo
from aggregator.errors import AdapterError, AggregatorError


class AdapterFault(AggregatorError):
    """An adapter's file cannot be imported; the message says where and why."""


def load_adapter(name: str, folder: str = "") -> type[Adapter]:
    """The adapter of a provider; AdapterFault if its file cannot be imported, ConfigError if there is none."""
    try:
        return registry.load(name, folder)
    except AdapterError as error:
        if error.__cause__ is None:
            raise AdapterFault(str(error)) from None
        file = registry.origin(name, folder).path
        raise AdapterFault(f"{where(error.__cause__, file)}; correct it and try again") from None


def where(error: BaseException, file: Path) -> str:
    """File, line number, error, and code of the innermost frame in the adapter's `file`."""
    place, code = registry.raised_at(error, file)
    return place + (f"\n    {code}" if code else "")


class Traced:
    """An adapter wrapped for a visit. `faults` counts the exceptions that it did not raise on purpose."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self.faults: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    @property
    def adapter(self) -> Adapter:
        """This object, typed as the wrapped adapter."""
        return cast(Adapter, self)

    def _note(self, error: Exception) -> None:
        if not isinstance(error, AggregatorError):
            self.faults[where(error, Path(inspect.getfile(type(self._adapter))))] += 1

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        try:
            async for page in self._adapter.pages(source, fetch):
                yield page
        except Exception as error:
            self._note(error)
            raise

    def rows_of(self, page: Page) -> Iterator[Any]:
        try:
            yield from self._adapter.rows_of(page)
        except Exception as error:
            self._note(error)
            raise

    def listing(self, row: Row) -> Listing | None:
        try:
            return self._adapter.listing(row)
        except Exception as error:
            self._note(error)
            raise
