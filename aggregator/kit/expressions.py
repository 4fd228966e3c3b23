"""How an adapter's code gets at a value of a row: expressions of formatted Python, from what was seen of the rows.

A reader may rely on: an expression is one line; None is given for a key that no plain string literal can hold. A value
that every row has is read strictly, so that a row without it is counted as unread; others may be missing.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

MISSING = object()


def literal(text: str) -> str | None:
    """A string literal as a formatter leaves it; None for what would need an escape."""
    if not text.isprintable() or "\\" in text or ('"' in text and "'" in text):
        return None
    return f"'{text}'" if '"' in text else f'"{text}"'


class Rows(ABC):
    """What was seen of the rows, by path. `titled`: a row begins with what it is called."""

    titled: ClassVar[bool] = False

    @abstractmethod
    def values(self, path: str) -> list[Any]:
        """What stands there, row by row; MISSING where there is nothing."""

    @abstractmethod
    def raw(self, path: str) -> str | None:
        """The value as it is."""

    def text(self, path: str) -> str | None:
        """The value as text, "" where it may be missing."""
        return self.raw(path)


class HtmlRows(Rows):
    """Of a page only the samples of `describe` are known."""

    titled = True

    def __init__(self, samples: dict[str, str]) -> None:
        self._samples = samples

    def values(self, path: str) -> list[Any]:
        return [self._samples[path]]

    def raw(self, path: str) -> str | None:
        selector = literal(path)
        if path.endswith("[href]"):
            return selector and f'next((link.attributes["href"] or "" for link in row.css({selector})), "")'
        return selector and f"row.text({selector})"


class CsvRows(Rows):
    """Every line has every column."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self._rows = list(rows)

    def values(self, path: str) -> list[Any]:
        return [row[path] for row in self._rows]

    def raw(self, path: str) -> str | None:
        column = literal(path)
        return column and f"row[{column}]"


class JsonRows(Rows):
    """Dotted paths into objects."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def values(self, path: str) -> list[Any]:
        return [_at(row, path.split(".")) for row in self._rows]

    def raw(self, path: str) -> str | None:
        *outer, last = path.split(".")
        expression = "row"
        for depth, key in enumerate(outer, start=1):
            step = literal(key)
            holders = self.values(".".join(outer[:depth]))
            always = all(isinstance(holder, dict) for holder in holders)
            expression = f"{expression}[{step}]" if always else f"({expression}.get({step}) or {{}})"
            if step is None:
                return None
        step = literal(last)
        return step and (f"{expression}[{step}]" if self._always(path) else f"{expression}.get({step})")

    def text(self, path: str) -> str | None:
        raw = self.raw(path)
        if raw is None:
            return None
        given = [value for value in self.values(path) if value is not MISSING and value is not None]
        whole = raw if self._always(path) else f'{raw} or ""'
        return whole if all(isinstance(value, str) for value in given) else f"str({whole})"

    def _always(self, path: str) -> bool:
        return not any(value is MISSING or value is None for value in self.values(path))


def _at(row: Any, keys: list[str]) -> Any:
    for key in keys:
        if not isinstance(row, dict) or key not in row:
            return MISSING
        row = row[key]
    return row
