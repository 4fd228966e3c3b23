"""Writes a new adapter, its first case and its source entry from one recorded visit.

A reader may rely on: nothing that exists is overwritten, and either everything is written or nothing is. The region
file keeps its comments and is valid afterwards.
"""

import json
import keyword
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import tomlkit
from tomlkit.items import Array

from aggregator import __version__, adapter
from aggregator.config.region import Region, load_region, parse_region
from aggregator.errors import ConfigError
from aggregator.kit.draft import Draft, adapter_text, class_name, title_of
from aggregator.kit.expressions import literal
from aggregator.kit.files import write_all
from aggregator.kit.guess import guess
from aggregator.kit.pick_response import Choice, choose
from aggregator.web.har import Exchange, HarWriter

CASE = "visit"
FIRST_COLUMNS = 3  # of a CSV, which every such file has
EXPECTED = 80  # characters of a text that every page holds
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_IMPORTED = frozenset({*adapter.__all__, "Any", "AsyncIterator", "Iterable"})


class Scaffold(NamedTuple):
    """What was written: the new `files`; `entry` is the source as it stands in a region file."""

    files: tuple[Path, ...]
    entry: str
    choice: Choice


def scaffold(
    name: str, visit: tuple[Exchange, ...], root: Path, *, read: Exchange | None = None, region: Path | None = None
) -> Scaffold:
    """Writes `providers/NAME.py` and `tests/providers/NAME/` under `root`, and appends the source to `region`.

    `visit` is scrubbed; `read` is the answer of it to read, by default the likeliest. ConfigError where the name cannot
    be used, no answer has rows, or something cannot be written.
    """
    folder = root / "tests" / "providers" / name
    module = root / "providers" / f"{name}.py"
    check_name(name)
    for path in (module, folder):
        if path.exists():
            raise ConfigError(f"{path} exists and is not overwritten; take another name, or delete it first")
    given = load_region(region) if region else None
    choice = choose([read] if read else visit)
    source = _source(name, choice)
    files = {
        module: adapter_text(_draft(name, choice)),
        folder / f"{CASE}.har": json.dumps(HarWriter(__version__, visit).document(), ensure_ascii=False, indent=1)
        + "\n",
        folder / f"{CASE}.toml": _case(source, given),
    }
    write_all(files, {region: _appended(region, source)} if region else {})
    return Scaffold(tuple(files), tomlkit.dumps({"sources": [source]}), choice)


def check_name(name: str) -> None:
    """ConfigError where `name` cannot be that of an adapter's module, class and source."""
    rule = "give a name in small letters, digits and single underscores, such as harbor_drug"
    if not _NAME.fullmatch(name) or len(name) > 64:
        raise ConfigError(f"NAME {name!r} cannot be a module of providers/; {rule}")
    made = class_name(name)
    if keyword.iskeyword(name) or keyword.iskeyword(made) or name in sys.stdlib_module_names or made in _IMPORTED:
        raise ConfigError(f"NAME {name!r} means something else in Python or in adapters; {rule}")


def _draft(name: str, choice: Choice) -> Draft:
    found, asked = choice.found, choice.exchange.asked
    return Draft(
        name=name,
        host=urlsplit(asked.url).netloc,
        seen=choice.exchange.answer.fetched_at.date(),
        kind=found.kind,
        rows=found.rows,
        asked=_form(choice.exchange),
        expects=_expected(choice),
        guess=guess(found.fields, choice.rows),
    )


def _form(exchange: Exchange) -> Literal["", "form", "json"]:
    asked = exchange.asked
    if asked.method != "POST":
        return ""
    return "json" if "json" in asked.content_type or asked.content[:1] in (b"{", b"[") else "form"


def _expected(choice: Choice) -> str:
    """The title of a web page, the first columns of a CSV: what a waiting room has not."""
    if choice.found.kind == "csv":
        header = choice.page.text.partition("\n")[0].rstrip("\r")
        expected = ",".join(header.split(",")[:FIRST_COLUMNS])
    else:
        expected = choice.description.title
    lasting = expected in choice.page.text and len(expected) <= EXPECTED and not re.search(r"\d", expected)
    return expected if lasting and literal(expected) else ""


def _source(name: str, choice: Choice) -> dict[str, Any]:
    """The keys of the source in a region file."""
    asked = choice.exchange.asked
    source: dict[str, Any] = {
        "name": name.replace("_", "-"),
        "title": title_of(name),
        "provider": name,
        "url": asked.url,
    }
    if _form(choice.exchange):
        source["options"] = {"asked": asked.content.decode("utf-8", "replace")}
    return source


def _case(source: Mapping[str, Any], region: Region | None) -> str:
    case: dict[str, Any] = {"har": f"{CASE}.har", "url": source["url"]}
    if region:
        case |= {"states": list(region.states), "time_zone": region.time_zone}
        case |= {"country": region.country} if region.country != "US" else {}
    return tomlkit.dumps(case | ({"options": source["options"]} if "options" in source else {}))


def _appended(region: Path, source: Mapping[str, Any]) -> str:
    """The text of the region file with the source at its end."""
    text = region.read_text(encoding="utf-8")
    document = tomlkit.parse(text)
    sources = document["sources"]
    if isinstance(sources, Array):  # written in one line
        sources.append(dict(source))
        text = tomlkit.dumps(document)
    else:
        text = f"{text.rstrip()}\n\n{tomlkit.dumps({'sources': [source]})}"
    parse_region(text, str(region))
    return text
