"""Writes a new adapter, its first case, and its source entry from one recorded visit.

Nothing is overwritten, and either all files are written or none. The region file keeps its comments and stays valid.
"""

import json
import keyword
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec
import tomlkit
from tomlkit.items import Array

from aggregator import __version__, adapter
from aggregator.config import Region, available_services, load_region, parse_region, service_named
from aggregator.errors import ConfigError
from aggregator.har import Exchange, HarWriter
from aggregator.kit.pick_response import Pick, pick
from aggregator.kit.row_candidates import can_be_quoted
from aggregator.kit.template import Template, adapter_text, class_name, title_of
from aggregator.kit.write_files import write_all
from aggregator.model import APPOINTMENT, Service

CASE = "visit"
FIRST_COLUMNS = 3  # of a CSV header, expected in every such file
EXPECTED = 80  # characters; longer texts are not used as `expects`
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_IMPORTED = frozenset({*adapter.__all__, "Any"})


class Scaffold(NamedTuple):
    """What was written: the new `files`, and the source as an `entry` of a region file."""

    files: tuple[Path, ...]
    entry: str
    picked: Pick


def scaffold(
    name: str, visit: tuple[Exchange, ...], root: Path, *, read: Exchange | None = None, region: Path | None = None
) -> Scaffold:
    """Writes `providers/NAME.py` and `tests/providers/NAME/` under `root`, and appends the source to `region`.

    `visit`: the scrubbed exchanges. `read`: the one to read, by default the likeliest. ConfigError if the name cannot
    be used, no response has rows, or a file cannot be written.
    """
    folder = root / "tests" / "providers" / name
    module = root / "providers" / f"{name}.py"
    check_name(name)
    for path in (module, folder):
        if path.exists():
            raise ConfigError(f"{path} exists and is not overwritten; take another name, or delete it first")
    given = load_region(region) if region else None
    picked = pick([read] if read else visit)
    source = _source(name, picked)
    files = {
        module: adapter_text(_template(name, picked)),
        folder / f"{CASE}.har": json.dumps(HarWriter(__version__, visit).document(), ensure_ascii=False, indent=1)
        + "\n",
        folder / f"{CASE}.toml": _case(source, given),
    }
    write_all(files, {region: _appended(region, source)} if region else {})
    return Scaffold(tuple(files), tomlkit.dumps({"sources": [source]}), picked)


def check_name(name: str) -> None:
    """ConfigError if `name` cannot be the name of an adapter's module, class, and source."""
    rule = "give a name in small letters, digits and single underscores, such as harbor_drug"
    if not _NAME.fullmatch(name) or len(name) > 64:
        raise ConfigError(f"NAME {name!r} cannot be a module of providers/; {rule}")
    made = class_name(name)
    if keyword.iskeyword(name) or keyword.iskeyword(made) or name in sys.stdlib_module_names or made in _IMPORTED:
        raise ConfigError(f"NAME {name!r} is already a name in Python or in adapters; {rule}")


def _template(name: str, picked: Pick) -> Template:
    return Template(
        name=name,
        host=urlsplit(picked.exchange.request.url).netloc,
        seen=picked.exchange.answer.fetched_at.date(),
        found=picked.description.found,
        asked=_form(picked.exchange),
        expects=_expected(picked),
    )


def _form(exchange: Exchange) -> Literal["", "form", "json"]:
    asked = exchange.request
    if asked.method != "POST":
        return ""
    return "json" if "json" in asked.content_type or asked.content[:1] in (b"{", b"[") else "form"


def _expected(picked: Pick) -> str:
    """A text that a waiting room would lack: the title of a web page, or the first columns of a CSV."""
    if picked.found.kind == "csv":
        header = picked.page.text.partition("\n")[0].rstrip("\r")
        expected = ",".join(header.split(",")[:FIRST_COLUMNS])
    else:
        expected = picked.description.title
    lasting = expected in picked.page.text and len(expected) <= EXPECTED and not re.search(r"\d", expected)
    return expected if lasting and can_be_quoted(expected) else ""


def _source(name: str, picked: Pick) -> dict[str, Any]:
    """The keys of the source in a region file."""
    asked = picked.exchange.request
    source: dict[str, Any] = {
        "name": name.replace("_", "-"),
        "title": title_of(name),
        "provider": name,
        "url": asked.url,
    }
    if _form(picked.exchange):
        source["options"] = {"asked": asked.content.decode("utf-8", "replace")}
    return source


def _case(source: Mapping[str, Any], region: Region | None) -> str:
    case: dict[str, Any] = {"har": f"{CASE}.har", "url": source["url"]}
    if region:
        case |= {"states": list(region.states), "time_zone": region.time_zone}
        case |= {"country": region.country} if region.country != "US" else {}
        case |= {"service": _written(region.service)} if region.service is not APPOINTMENT else {}
    return tomlkit.dumps(case | ({"options": source["options"]} if "options" in source else {}))


def _written(service: Service) -> Any:
    """A service as a region file gives it: its name, or the whole table of an operator's own."""
    named = service.name in available_services() and service is service_named(service.name)
    return service.name if named else msgspec.to_builtins(service)


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
