"""Finds the lists of a JSON document that may be an adapter's rows. Bounded in depth, breadth, and time."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from aggregator.adapter import DataRow, JsonAdapter, Listing, Page, PageError
from aggregator.kit.row_candidates import LONGEST_ROWS, RowsFound, can_be_quoted, rows_found, sample

MAX_VALUES = 20_000  # of a document
MAX_DEPTH = 12
MAX_KEY = 100  # characters
LOOKED_AT = 20  # sampled rows of a list
MAX_FIELDS = 40
FIELD_DEPTH = 4
EACH = "*"  # in a path: every value at this level


def json_rows(document: Any) -> list[RowsFound]:
    """Candidates, best first: lists of objects, objects by id, and tables (lists of lists that begin with a header).

    A list inside the rows of another one is a candidate only if it scores higher than those rows.
    """
    found: dict[str, RowsFound] = {}
    for path, rows in _lists(document):
        name = ".".join(path)
        one = _table(name, rows) if isinstance(rows[0], list) else _records(name, rows)
        if one.fields and len(name) <= LONGEST_ROWS and (name not in found or found[name].count < one.count):
            found[name] = one
    return sorted((each for each in found.values() if not _within_better(each, found)), key=_rank)


def rows_at(page: Page, path: str) -> list[Any]:
    """The rows that a JsonAdapter with `rows = path` reads; [] if there is no list at that path."""

    class Reader(JsonAdapter):
        rows = path

        def listing(self, row: DataRow) -> Listing | None:
            return None

    try:
        return list(Reader().rows_of(page))
    except PageError:
        return []


def _rank(found: RowsFound) -> tuple[float, int]:
    return -found.score, found.rows.count(".")


def _within_better(found: RowsFound, others: Mapping[str, RowsFound]) -> bool:
    """Whether it is a list inside the rows of a candidate with at least its score."""
    path = found.rows.split(".")
    stars = [place for place, key in enumerate(path[:-1]) if key == EACH]
    around = [others.get(".".join(path[:end])) for place in stars for end in (place, place + 1)]
    return any(other is not None and other.score >= found.score for other in around)


def _lists(document: Any) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Yields the path and rows of every candidate."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), document)]
    seen = 0
    while waiting and seen < MAX_VALUES:
        seen += 1
        path, value = waiting.pop()
        if isinstance(value, list):
            yield from _rows_in(path, value)
            inner = [(EACH, each) for each in value[:LOOKED_AT]]
        elif isinstance(value, dict):
            if _by_id(value):
                yield (*path, EACH), list(value.values())
                inner = [(EACH, each) for each in list(value.values())[:LOOKED_AT]]
            else:
                inner = [(key, each) for key, each in value.items() if _plain(key)]
        else:
            continue
        if len(path) < MAX_DEPTH:
            waiting += [((*path, key), each) for key, each in inner if isinstance(each, dict | list)]


def _rows_in(path: tuple[str, ...], value: list[Any]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    objects = [each for each in value if isinstance(each, dict)]
    lists = [each for each in value if isinstance(each, list)]
    if objects and len(objects) * 2 >= len(value):
        yield path, objects
    elif len(lists) > 1 and len(lists) == len(value) and all(isinstance(cell, str) for cell in lists[0]):
        yield path, lists


def _plain(key: str) -> bool:
    """Whether a dotted path can contain the key."""
    return 0 < len(key) <= MAX_KEY and key != EACH and "." not in key and can_be_quoted(key)


def _by_id(value: Mapping[str, Any]) -> bool:
    """Whether the keys are ids rather than names: several objects, nothing else, that share most of their keys."""
    objects = list(value.values())[:LOOKED_AT]
    if len(value) < 2 or not all(isinstance(each, dict) and each for each in objects):
        return False
    common = set(objects[0]).intersection(*objects[1:])
    return 2 * len(common) >= max(len(each) for each in objects)


def _records(name: str, rows: list[dict[str, Any]]) -> RowsFound:
    """Rows that are objects. Fields: dotted path within a row -> the first sample that is not empty."""
    fields: dict[str, str] = {}
    seen: Counter[str] = Counter()
    looked_at = rows[:LOOKED_AT]
    for row in looked_at:
        for path, text in _flat(row):
            if len(fields) < MAX_FIELDS or path in fields:
                fields[path] = fields.get(path) or text
                seen[path] += 1
    optional = (path for path in fields if seen[path] < len(looked_at))
    return rows_found("json", name, len(rows), fields, optional)


def _flat(row: Mapping[str, Any], before: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    for key, value in [(key, value) for key, value in row.items() if _plain(key)][:MAX_FIELDS]:
        path = f"{before}{key}"
        if isinstance(value, dict) and value and depth < FIELD_DEPTH:
            yield from _flat(value, f"{path}.", depth + 1)
        else:
            yield path, _summary(value)


def _summary(value: Any) -> str:
    """A value as a sample; for a list, the number and shape of its entries."""
    if isinstance(value, dict):
        return sample("{" + ", ".join(map(str, list(value)[:6])) + "}") if value else ""
    if not isinstance(value, list):
        return "" if value is None else sample(value)
    if not value:
        return ""
    if any(isinstance(each, dict | list) for each in value[:LOOKED_AT]):
        return (
            f"{len(value)} × {_summary(value[0]) or 'nothing'}" if isinstance(value[0], dict) else f"{len(value)} lists"
        )
    return sample(", ".join(str(each)[:100] for each in value[:6]))


def _table(name: str, rows: list[list[Any]]) -> RowsFound:
    """Rows of a table. Fields: column number -> its name in the header, with the first value."""
    header = rows[0][:MAX_FIELDS]
    first = rows[1] + [""] * len(header)
    fields = {str(number): sample(f"{title}: {_summary(first[number])}") for number, title in enumerate(header)}
    return rows_found("table", name, len(rows) - 1, fields)
