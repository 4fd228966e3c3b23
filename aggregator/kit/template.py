"""Generates the text of a new adapter: a template that reads the name of each row, for its author to complete.

The text is formatted, typed, and passes the contract unchanged. It never states an availability. Everything it quotes
of the page is in a string literal, a comment, or the docstring.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from aggregator.kit.expressions import BASES, LONGEST, expression, field_lines
from aggregator.kit.row_candidates import RowsFound, topics_in

FIELDS = 24  # described in a comment
OTHERS = 3  # candidates for `rows` named in a comment
_WORDS = re.compile(r"[^\W\d_]{3}")
_ROW = {"html": "HtmlRow", "json": "DataRow", "table": "Row", "csv": "DataRow"}
# body of a POST request -> the import that it needs, and the argument of `fetch`
_SENT = {
    "json": ("import json", 'json=json.loads(source.options["asked"])'),
    "form": (
        "from urllib.parse import parse_qsl",
        'form=dict(parse_qsl(source.options["asked"], keep_blank_values=True))',
    ),
}


class Template(NamedTuple):
    """The input of a template. `found`: candidates for rows, best first. `asked`: the kind of request body, or ""."""

    name: str
    host: str
    seen: date
    found: tuple[RowsFound, ...]
    asked: Literal["", "form", "json"]
    expects: str  # a text that every page holds, "" if none is known


def class_name(name: str) -> str:
    """The class name that the contract requires: "harbor_drug" becomes HarborDrug."""
    return "".join(part.capitalize() for part in name.split("_"))


def title_of(name: str) -> str:
    """The title of an adapter: "harbor_drug" becomes Harbor Drug."""
    return " ".join(part.capitalize() for part in name.split("_") if part)


def adapter_text(new: Template) -> str:
    """The whole file."""
    body = [*_attributes(new), "", *_pages(new), *_listing(new.found[0])]
    lines = [*_header(new), *_imports(new), "", "", f"class {class_name(new.name)}({BASES[new.found[0].kind]}):"]
    return "\n".join([*lines, *(f"    {line}" if line else "" for line in body)]) + "\n"


def _header(new: Template) -> Iterator[str]:
    host = re.sub(r"[^a-z0-9.:-]", "", new.host)
    yield f'"""{title_of(new.name)} ({host}): TODO what the system is.'
    yield ""
    yield "Official: TODO whose page it is, and whether there is an agreement or a key."
    yield f"Fills in: TODO. Cannot fill in: TODO. Shape seen on {new.seen}."
    yield '"""'
    yield ""


def _imports(new: Template) -> list[str]:
    kind = new.found[0].kind
    standard = [_SENT[new.asked][0], ""] if new.asked else []
    names = sorted([BASES[kind], _ROW[kind], "Listing", *(("Fetch", "Pages", "SourceInfo") if new.asked else ())])
    return [*standard, f"from aggregator.adapter import {', '.join(names)}"]


def _attributes(new: Template) -> Iterator[str]:
    best, *others = new.found
    yield f'name = "{new.name}"'
    yield f'title = "{title_of(new.name)}"'
    if best.rows:
        yield f'rows = "{best.rows}"  # finds {best.count}'
    if others:
        yield "# TODO: keep the right one, delete the others:"
        yield from (f'# rows = "{other.rows}"  # finds {other.count}' for other in others[:OTHERS])
    if new.expects:
        yield f'expects = ("{new.expects}",)'
    elif best.kind in ("html", "csv"):
        yield "# TODO: expects = texts that every real page holds"
    if best.kind == "html":
        yield "# TODO: empty_marker = the text by which the page says that it lists nothing"
    if new.asked:
        yield 'options = {"asked": ()}  # what is sent to get the page'


def _pages(new: Template) -> Iterator[str]:
    if new.asked:
        yield "async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:"
        yield f"    yield await fetch(source.url, {_SENT[new.asked][1]})"
        yield ""


def _listing(found: RowsFound) -> Iterator[str]:
    yield f"def listing(self, row: {_ROW[found.kind]}) -> Listing:"
    yield "    # TODO: fill in the Listing from the fields of a row, then delete this comment. A row has:"
    yield from (f"    #   {line}" for line in field_lines(found, FIELDS))
    if found.kind == "table":
        yield "    # The first row is the header: return None for it."
    yield "    return Listing("
    yield f"        name={_name(found)},"
    yield '        id="",  # if the page has one that stays'
    yield '        address="",  # one text or a tuple of lines; city, state, and postal_code if the page has them apart'
    yield '        info_phone="",'
    yield '        booking_url="",'
    yield "        slots=(),  # SlotListing(start=…, hours=…, count=…, products=…) for each time or day"
    yield "        count=None,  # if the page says only how many are free"
    yield "        available=None,  # if it says only yes or no: Available.YES, Available.NO"
    yield "    )"


def _name(found: RowsFound) -> str:
    """The likeliest name: a field called so, else (in data) an address, else the first words of the block."""
    worded = [path for path, text in found.fields.items() if _WORDS.search(text) and not path.endswith("[href]")]
    usable = [path for path in worded if len(expression(found, path)) <= LONGEST]
    speaks = {path: topics_in([(path, "")]) for path in usable}
    named = [path for path in usable if speaks[path] == {"name"}]
    called = [path for path in named if "name" in path.lower()]
    addressed = [path for path in usable if "address" in speaks[path] and found.kind != "html"]
    return next((expression(found, path) for path in (*called, *named, *addressed, *usable)), '""')
