"""Describes a page to the author of an adapter: its kind, and what its rows may be.

Describing never fails, takes limited time (about a second for 5 MB), and quotes the page only in short printable lines.
Every suggested selector and path has been tried on the page.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from aggregator.adapter import Html, Page
from aggregator.clean import clean
from aggregator.errors import PageError
from aggregator.kit.expressions import BASES, field_lines
from aggregator.kit.html_rows import html_rows
from aggregator.kit.json_rows import EACH, json_rows, rows_at
from aggregator.kit.outline import outline, title
from aggregator.kit.row_candidates import RowsFound, rows_found, sample, samples
from aggregator.redact import shown_url

__all__ = ["Description", "RowsFound", "describe"]

MOST = 20  # candidates per page
OTHERS = 3  # candidates described after the best one
FIELDS = 24  # fields described of the best candidate
FEW = 5  # fields named of each other candidate
URL = 120  # characters of a URL
FIRST = 20_000  # characters parsed of a page that would stall the parser
BEGINS = 2000  # characters that show the kind of a page
LINES = 400  # sampled lines of a CSV


class Description(NamedTuple):
    """A page. `kind`: html, json, csv, ics, ndjson, xml, text, or empty. `found`: candidates for rows, best first."""

    url: str
    title: str
    kind: str
    size: int  # bytes
    found: tuple[RowsFound, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """How likely it is that an adapter should read this page."""
        return self.found[0].score if self.found else 0.0

    def sentences(self) -> list[str]:
        """Lines about the page: its kind, the fields of its likeliest rows with the code to read them, and hints."""
        named = f", titled {self.title!r}" if self.title else ""
        page = f"{clean(shown_url(self.url), URL)} is {_NAMES.get(self.kind, self.kind)} of {self.size:,} bytes{named}"
        best = [f"{_rows(found)}; a row has:" for found in self.found[:1]]
        fields = [f"  {line}" for found in self.found[:1] for line in field_lines(found, FIELDS)]
        others = [f"also {_rows(found)}: {samples(found.fields, FEW)}" for found in self.found[1 : 1 + OTHERS]]
        return [page, *best, *fields, *others, *self.hints]

    @property
    def next_step(self) -> str:
        """What to write or record if an adapter reads nothing on the page."""
        if not self.found:
            return _NEXT.get(self.kind, "record the request that returns the list; this page does not contain it")
        best = self.found[0]
        if best.kind == "csv":
            return "use CsvAdapter; each row is a line, as a dict by the header"
        return f'use {BASES[best.kind]} and set rows = "{best.rows}"'


def _rows(found: RowsFound) -> str:
    return f"as CSV it has {found.count} lines" if found.kind == "csv" else f'rows = "{found.rows}" finds {found.count}'


_NAMES = {
    "html": "a web page", "json": "JSON", "csv": "CSV", "ics": "a calendar (ICS)", "ndjson": "a JSON object a line",
    "xml": "XML", "text": "text", "empty": "an empty answer",
}  # fmt: skip
_NEXT = {
    "ics": "the adapter `ics` reads calendars; a source of it may be all that is needed",
    "ndjson": "the adapter `smart_scheduling_links` reads such files from their manifest; is there one?",
    "empty": "record the visit again, with the list open; this answer is empty",
}


def describe(page: Page) -> Description:
    """Describes a page of any kind."""
    kind = _kind(page)
    found: tuple[RowsFound, ...] = ()
    hints: tuple[str, ...] = ()
    named = ""
    if kind == "html":
        html = _tree(page)
        named, found, hints = title(html), tuple(html_rows(html)[:MOST]), tuple(outline(html))
    elif kind == "json":
        found = tuple(sorted(_tried(page), key=lambda each: -each.score))
        hints = () if found else (f"its top is {_top(page.json)}",)
    elif kind == "csv":
        found = _csv_rows(page)
    else:
        hints = tuple(_looks(kind, page.text))
    return Description(page.url, named, kind, len(page.answer.body), found, hints)


def _kind(page: Page) -> str:
    begins = page.text.lstrip()[:BEGINS]
    if not begins:
        return "empty"
    if begins[0] in "{[":
        return "json" if _readable(page) else "ndjson" if _is_json(begins.partition("\n")[0]) else "text"
    if begins[0] == "<":
        return "xml" if re.match(r"<\?xml|<(?:rss|feed|soap)\b", begins) and "<html" not in begins else "html"
    if begins.startswith("BEGIN:VCALENDAR"):
        return "ics"
    first, _, rest = begins.partition("\n")
    second = rest.partition("\n")[0]
    declared = "csv" in page.answer.headers.get("content-type", "")
    alike = 2 <= first.count(",") <= second.count(",")
    return "csv" if (declared and "," in first) or alike else "text"


def _readable(page: Page) -> bool:
    try:
        _ = page.json
    except PageError:
        return False
    return True


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _top(document: object) -> str:
    if isinstance(document, dict):
        return sample("an object with " + ", ".join(document)) if document else "an empty object"
    return f"a list of {len(document)}" if isinstance(document, list) else sample(document)


def _tried(page: Page) -> Iterator[RowsFound]:
    """Candidates in JSON. A path with a `*` is counted as an adapter would read it, or left out if it can't."""
    for found in json_rows(page.json)[:MOST]:
        if EACH not in found.rows.split("."):
            yield found
        elif rows := rows_at(page, found.rows):
            yield rows_found(found.kind, found.rows, len(rows), found.fields, found.optional)


def _csv_rows(page: Page) -> tuple[RowsFound, ...]:
    try:
        rows = page.csv
    except PageError:
        return ()
    names = list(rows[0]) if rows else []
    fields = {name: next((text for row in rows[:LINES] if (text := sample(row[name]))), "") for name in names[:100]}
    return (rows_found("csv", "", len(rows), fields),) if rows else ()


def _looks(kind: str, text: str) -> Iterator[str]:
    """Hints about a page whose rows can't be selected with a selector or path."""
    if kind == "ics":
        yield f"it holds {text.count('BEGIN:VEVENT')} events"
    elif kind == "xml":
        tags = Counter(re.findall(r"<([A-Za-z][\w:.-]{0,60})", text[: 200 * BEGINS])).most_common(6)
        yield f"its most frequent tags: {', '.join(f'{tag} ({count})' for tag, count in tags)}"
    elif kind == "ndjson":
        yield f"it holds {text.count(chr(10)) + 1} lines; the first begins {sample(text[:BEGINS])}"
    elif kind == "text":
        yield f"it begins {sample(text[:BEGINS])}"


def _tree(page: Page) -> Html:
    """The page as a tree, or only its beginning if it would stall the parser."""
    try:
        return page.html
    except PageError:
        return Html(page.text[:FIRST])
