"""The rows that `listing` gets: `Row`, `HtmlRow`, and `DataRow`.

`value` is what `rows_of` found: an element, a record, or anything else that an adapter's own `rows_of` yields.
`HtmlRow` reads an element, `DataRow` a JSON or CSV record. Only a few adapters need `page`, `source`, and `context`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from selectolax.lexbor import LexborNode as Node

from aggregator.adapter import extract
from aggregator.adapter.page import Page
from aggregator.adapter.protocols import SourceInfo


class Row:
    """One row of `page`, which was fetched for `source`."""

    __slots__ = ("page", "source", "value")

    def __init__(self, value: Any, page: Page, source: SourceInfo) -> None:
        self.value, self.page, self.source = value, page, source

    @property
    def context(self) -> Any:
        """What `pages` attached with `page.with_context(…)`; None if it attached nothing."""
        return self.page.context


class HtmlRow(Row):
    """A row that is an HTML element. `row.value` is its node, for anything that these methods don't do."""

    __slots__ = ()
    value: Node

    def text(self, selector: str = "") -> str:
        """The text of the row, or of the first element in it that matches `selector`; "" if none does."""
        return extract.text(self.value, selector)

    def line(self, selector: str = "") -> str:
        """As `text`, but on one line, because saved or reformatted pages break lines anywhere."""
        return extract.line(self.value, selector)

    def attr(self, selector: str, name: str) -> str:
        """An attribute of the first element in the row that matches `selector`; "" if there is none."""
        return extract.attr(self.value, selector, name)

    def labelled(self, label: str = "strong") -> dict[str, str]:
        """The text after each label, by label: `<p><strong>Hours:</strong> 9 - 5</p>` gives {"hours": "9 - 5"}."""
        return extract.labelled(self.value, label)

    def css(self, selector: str) -> list[Node]:
        """All elements in the row that match `selector`."""
        return self.value.css(selector)

    def has(self, selector: str) -> bool:
        """Whether an element in the row matches `selector`."""
        return self.value.css_matches(selector)


class DataRow(Row, Mapping[str, Any]):
    """A row that is a JSON or CSV record: `row["name"]`, `row.get("phone")`, `read.copied(row, …)`."""

    __slots__ = ()

    def __getitem__(self, key: str) -> Any:
        return self.value[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The value under `key`, or `default` if the record has no such key."""
        return self.value.get(key, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self.value)

    def __len__(self) -> int:
        return len(self.value)
