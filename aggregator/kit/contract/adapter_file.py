"""Checks an adapter's file without running it: names, header, and imports."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from aggregator.adapter import Adapter

MAX_LINES = 150

# what an adapter may import besides `aggregator.adapter`: nothing that reads files, the network or the clock
PURE = {
    "base64", "bisect", "calendar", "collections", "contextlib", "csv", "dataclasses", "datetime", "difflib", "email",
    "enum", "functools", "hashlib", "html", "io", "itertools", "json", "math", "operator", "re", "string", "typing",
    "unicodedata", "urllib", "zlib", "zoneinfo",
}  # fmt: skip


def file_faults(adapter: type[Adapter], file: Path) -> Iterator[str]:
    """All faults of an adapter's file."""
    yield from name_faults(adapter, file)
    yield from header_faults(file)
    yield from import_faults(file)


def name_faults(adapter: type[Adapter], file: Path) -> Iterator[str]:
    """File, class, and `name` must match: `one_two.py`, `class OneTwo`, name "one_two"."""
    expected = "".join(part.capitalize() for part in file.stem.split("_"))
    if adapter.name != file.stem:
        yield f"{file.name}: class {adapter.__name__} has name {adapter.name!r}; rename one of them"
    if adapter.__name__.lower() != expected.lower():
        yield f"{file.name}: class {adapter.__name__} should be {expected}"
    if not adapter.title:
        yield f"{file.name}: has no title, as people know the system"


def header_faults(file: Path) -> Iterator[str]:
    """The docstring must say what the system is and what it can and cannot fill in; the file must be small."""
    code = file.read_text(encoding="utf-8")
    header = (ast.get_docstring(ast.parse(code)) or "").lower()
    for phrase in ("fills in", "cannot"):
        if phrase not in header:
            yield f"{file.name}: its header does not say what it {phrase} (in these words)"
    if (lines := len(code.splitlines())) > MAX_LINES:
        yield f"{file.name}: {lines} lines; at most {MAX_LINES}, share what others do, too, in aggregator/adapter"


def import_faults(file: Path) -> Iterator[str]:
    """An adapter must import nothing that can reach the network, the disk, or the clock."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name != "aggregator.adapter" and (name.partition(".")[0] not in PURE or name == "urllib.request"):
                yield f"{file.name}:{getattr(node, 'lineno', 0)}: imports {name}; an adapter does no I/O"
        if isinstance(node, ast.Call) and re.search(r"\b(?:now|today|utcnow)$", ast.unparse(node.func)):
            yield f"{file.name}:{node.lineno}: {ast.unparse(node)} asks the clock; use fetch.today in pages()"
