"""Generates the code that reads a field of a row, with a sample of its value, for an author to copy."""

from collections.abc import Iterator

from aggregator.kit.row_candidates import RowsFound

BASES = {"html": "HtmlAdapter", "json": "JsonAdapter", "table": "JsonAdapter", "csv": "CsvAdapter"}  # by kind of rows
LONGEST = 60  # characters of an expression; longer ones are left out as unreadable
WIDTH = 108  # characters of a line, so that it fits into a comment of an adapter


def expression(found: RowsFound, path: str) -> str:
    """The expression that reads the field at `path`. Paths contain no quotes or backslashes, so nothing is escaped."""
    if found.kind == "html":
        return f'row.attr("{path}", "href")' if path.endswith("[href]") else f'row.text("{path}")'
    if found.kind == "table":
        return f"row.value[{path}]"
    keys = [path] if found.kind == "csv" else path.split(".")
    *outer, last = (f'"{key}"' for key in keys)
    inner = "".join(f"[{key}]" for key in outer)
    return f"row{inner}.get({last})" if path in found.optional else f"row{inner}[{last}]"


def field_lines(found: RowsFound, most: int) -> Iterator[str]:
    """The fields of a row, one a line: the expression, and a sample of its value."""
    fields = {code: text for path, text in found.fields.items() if len(code := expression(found, path)) <= LONGEST}
    shown = dict(list(fields.items())[:most])
    width = max(map(len, shown), default=0)
    yield from (f"{code:<{width}}  {text}"[:WIDTH].rstrip() for code, text in shown.items())
    if len(fields) > most:
        yield f"and {len(fields) - most} more fields"
