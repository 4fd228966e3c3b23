"""Reads a CSV as rows by its header and detects an incomplete last row."""

import csv
import io
import re

from aggregator.adapter.limits import CSV, MAX_CELLS, over
from aggregator.errors import RecordError

# Quotes that a CSV should have doubled: those of HTML attributes in a field (New Jersey's export).
_LONELY_QUOTE = re.compile(r'[^,"\r\n]"[^,"\r\n]')
# An unclosed quote takes the rest of the text, so that the next quote does not search it again.
_QUOTED = re.compile(r'(?<![^,\n])"(?:(.*?)"(?=,|\r?\n|$)|.*\Z)', re.DOTALL)
_END = "end-of-text"  # appended as a separate line; an unclosed quote before it swallows it

Row = dict[str, str]


def read_csv(text: str) -> tuple[list[str], list[Row], RecordError | None]:
    """The header, the rows, and an error for an incomplete last row; csv.Error if it is not a CSV.

    A cell that a line lacks is "". A text that was cut off between two lines looks complete.
    """
    if _LONELY_QUOTE.search(text):
        text = _QUOTED.sub(_doubled, text)
    ended = text.endswith(("\n", "\r"))
    marked = text + ("" if ended else "\n") + _END
    lines = [line for line in csv.reader(io.StringIO(marked, newline="")) if line]
    cut = None
    if lines[-1] != [_END]:
        cut = RecordError("row", ",".join(lines.pop()), "is cut off: it has a quote that is never closed")
    else:
        lines.pop()
        full = len(lines[0]) if lines else 0
        if not ended and len(lines) > 1 and len(lines[-1]) < full <= min(map(len, lines[1:-1]), default=full):
            cut = RecordError("row", ",".join(lines.pop()), f"is cut off: it has fewer than {full} cells")
    header = [name.strip() for name in lines[0]] if lines else []
    _check_size(len(header), len(lines))
    rows = [dict(zip(header, line + [""] * (len(header) - len(line)), strict=False)) for line in lines[1:]]
    return header, rows, cut


def _check_size(columns: int, lines: int) -> None:
    if columns > CSV.width:
        raise csv.Error(over(CSV, columns, CSV.across, CSV.width))
    if columns * lines > MAX_CELLS:
        raise csv.Error(over(CSV, columns * lines, "cells", MAX_CELLS))


def _doubled(field: re.Match[str]) -> str:
    return field[0] if field[1] is None else '"' + re.sub('"+', '""', field[1]) + '"'
