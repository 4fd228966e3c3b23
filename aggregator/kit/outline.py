"""Outlines a web page for an author: title, headings, forms, tables, and data inside scripts."""

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder

from aggregator.adapter import Html, Node
from aggregator.adapter import text as text_of
from aggregator.kit.json_rows import json_rows
from aggregator.kit.row_candidates import RowsFound, sample, samples

MAX_SHOWN = 6  # of each kind
MAX_SCRIPTS = 40
MAX_SCRIPT = 4_000_000  # characters
_ASSIGNED = re.compile(r"(?:\bwindow\.|\b(?:var|let|const)\s+)([\w$.]{1,60})\s*=\s*(?=[{\[])")


def title(html: Html) -> str:
    return sample(text_of(html.css_first("title")))


def outline(html: Html) -> Iterator[str]:
    """Yields a line for each hint that may help to find the rows."""
    if headings := [sample(text_of(node)) for node in html.css("h1, h2, h3")[:MAX_SHOWN]]:
        yield f"headings: {'; '.join(filter(None, headings))}"
    for form in html.css("form")[:MAX_SHOWN]:
        yield f"form {_form(form)}"
    for table in html.css("table")[:MAX_SHOWN]:
        if header := [sample(text_of(cell)) for cell in table.css("th")[:12]]:
            yield f"table with the columns {', '.join(header)}"
    yield from _embedded(html)


def _form(form: Node) -> str:
    attributes = form.attributes
    inputs = form.css("input[name], select[name]")
    fields = ", ".join(list(dict.fromkeys(sample(node.attributes.get("name") or "") for node in inputs[:50]))[:8])
    method = sample((attributes.get("method") or "get").upper())
    return f"{method} {sample(attributes.get('action') or 'the page itself')} with {fields or 'no fields'}"


def _embedded(html: Html) -> Iterator[str]:
    """Yields a line for each script that contains data, with its likeliest rows."""
    for node in html.css("script")[:MAX_SCRIPTS]:
        script = node.text()
        if not script or len(script) > MAX_SCRIPT:
            continue
        if "json" in (node.attributes.get("type") or "").lower():
            yield from _data_in(_selector(node), script, always=True)
        elif assigned := _ASSIGNED.search(script):
            yield from _data_in(f"a script, as {sample(assigned[1])}", script[assigned.end() :], always=False)


def _selector(node: Node) -> str:
    attributes = node.attributes
    found_by = f"#{attributes['id']}" if attributes.get("id") else f'[type="{attributes.get("type")}"]'
    return sample(f"script{found_by}")


def _data_in(where: str, script: str, *, always: bool) -> Iterator[str]:
    """Yields a line about the JSON at the beginning of a script. `always`: even if it has no possible rows."""
    try:
        document, _ = JSONDecoder(strict=False).raw_decode(script.lstrip())
    except (JSONDecodeError, ValueError, RecursionError):
        return
    found = json_rows(document)
    if not (found or always):
        return
    keys = sample(", ".join(document) if isinstance(document, dict) else f"a list of {len(document)}")
    best = f"; in it {_best(found[0])}" if found else ""
    yield f"data inside {where} ({len(script):,} characters; {keys}){best}"


def _best(found: RowsFound) -> str:
    return f"{sample(found.rows) or 'its top'}: {found.count} × {samples(found.fields, 4)}"
