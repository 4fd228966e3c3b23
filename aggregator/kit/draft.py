"""The text of a new adapter, from what was guessed of a page.

A reader may rely on: the text is formatted, typed and keeps the contract of adapters as it stands, whatever the page
holds; everything of the page that is in it is in a string literal, a comment or a docstring, without line breaks.
"""

import re
from collections.abc import Iterator
from datetime import date
from textwrap import wrap
from typing import Literal, NamedTuple

from aggregator.kit.expressions import literal
from aggregator.kit.guess import Guess

WIDTH = 120  # of a line
KEY = 60  # characters of a key in a comment
KEYS = 24  # in a comment
_BASE = {"html": "HtmlAdapter", "json": "JsonAdapter", "csv": "CsvAdapter"}
_ROW = {"html": "HtmlRow", "json": "DataRow", "csv": "DataRow"}
_HOPED_FOR = ("address", "position", "info_phone", "booking_url", "products", "slots")


class Draft(NamedTuple):
    """What an adapter is written from. `rows` as `describe` gives it; `asked`: in which form the page is asked for."""

    name: str
    host: str
    seen: date
    kind: Literal["html", "json", "csv"]
    rows: str
    asked: Literal["", "form", "json"]
    expects: str  # a text that every page holds, "" where none is known
    guess: Guess


def class_name(name: str) -> str:
    """As the contract wants it: that of "harbor_drug" is HarborDrug."""
    return "".join(part.capitalize() for part in name.split("_"))


def title_of(name: str) -> str:
    """ "harbor_drug" for people: Harbor Drug."""
    return " ".join(part.capitalize() for part in name.split("_") if part)


def adapter_text(draft: Draft) -> str:
    """The whole file."""
    parts = [_attributes(draft), _pages(draft), _listing(draft)]
    body = [line for part in parts if (found := list(part)) for line in (*found, "")]
    lines = [*_header(draft), "", *_imports(draft), *_answers(draft), "", ""]
    lines += [
        f"class {class_name(draft.name)}({_BASE[draft.kind]}):",
        *(f"    {line}" if line else "" for line in body),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _header(draft: Draft) -> list[str]:
    used = {**draft.guess.arguments, **({"slots": ""} if draft.guess.slot else {})}
    of_slot = [f"{name} of a slot" for name in draft.guess.slot]
    fills = [name.replace("_", " ") for name in (*(name for name in used if name != "slots" or not of_slot), *of_slot)]
    lacks = [name.replace("_", " ") for name in _HOPED_FOR if name not in used and name not in draft.guess.slot]
    said = (
        "Official: TODO whose page it is, whether there is an agreement or a key. "
        f"Fills in: {', '.join(fills)}. Cannot: {', '.join(lacks) or 'TODO'}. Shape seen on {draft.seen}."
    )
    first = f"{title_of(draft.name)} ({re.sub(r'[^a-z0-9.:-]', '', draft.host)}): TODO what the system is."
    return [f'"""{first}', "", *wrap(said, WIDTH, break_on_hyphens=False), '"""']


def _imports(draft: Draft) -> list[str]:
    guess = draft.guess
    code = " ".join((*guess.arguments.values(), *guess.slot.values()))
    lines = ["import json"] if draft.asked == "json" else []
    lines += ["from collections.abc import AsyncIterator"] if draft.asked else []
    lines += ["from urllib.parse import parse_qsl"] if draft.asked == "form" else []
    names = {"Listing", _BASE[draft.kind], _ROW[draft.kind]}
    names |= {"Available"} if "Available." in code or guess.answers else set()
    names |= {"SlotListing"} if guess.slot or "SlotListing(" in code else set()
    names |= {"Fetch", "Page", "SourceInfo"} if draft.asked else set()
    return [*lines, *([""] if lines else []), f"from aggregator.adapter import {', '.join(sorted(names))}"]


def _answers(draft: Draft) -> list[str]:
    if not draft.guess.answers:
        return []
    yes, no = draft.guess.answers
    return ["", f'ANSWERS = {{"{yes}": Available.YES, "{no}": Available.NO}}']


def _attributes(draft: Draft) -> Iterator[str]:
    yield f'name = "{draft.name}"'
    yield f'title = "{title_of(draft.name)}"'
    if draft.kind != "csv" and draft.rows:
        yield f"rows = {literal(draft.rows)}"
    if draft.expects:
        yield f"expects = ({literal(draft.expects)},)"
    elif draft.kind != "json":
        yield "# TODO: expects = texts that every real page holds"
    if draft.kind == "html":
        yield "# TODO: empty_marker = the text by which the page says that it lists nothing"
    if draft.asked:
        yield 'options = {"asked": ()}  # what is sent to get the page'


def _pages(draft: Draft) -> Iterator[str]:
    if not draft.asked:
        return
    sent = {
        "json": 'json=json.loads(source.options["asked"])',
        "form": 'form=dict(parse_qsl(source.options["asked"], keep_blank_values=True))',
    }[draft.asked]
    yield "async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:"
    yield f"    yield await fetch(source.url, {sent})"


def _listing(draft: Draft) -> Iterator[str]:
    guess = draft.guess
    yield f"def listing(self, row: {_ROW[draft.kind]}) -> Listing:"
    if guess.unused:
        keys = ", ".join(repr(key[:KEY]) for key in guess.unused[:KEYS])
        more = f" and {len(guess.unused) - KEYS} more" if len(guess.unused) > KEYS else ""
        for line in wrap(f"TODO: not used yet: {keys}{more}", WIDTH - 12, break_on_hyphens=False):
            yield f"    # {line}"
    yield "    return Listing("
    for name, expression in guess.arguments.items():
        yield f"        {name}={expression},"
    if guess.slot:
        yield "        slots=("
        yield "            SlotListing("
        for name, expression in guess.slot.items():
            yield f"                {name}={expression},"
        yield "            ),"
        yield "        ),"
    yield "    )"
