"""Names are unique: no file name and no class name occurs twice in the program."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.support.paths import ROOT

# the same concept in two packages, on purpose: name -> the reason
PAIRS = {
    "listing": "model/ has the record that an adapter fills in; clean/ turns it into clean values",
    "snapshot": "model/ has the record; the module at the top reads it from the store",
    "ics": "adapter/ reads calendars, exports/ writes them",
    "demo": "the room, and its thin commands",
    "store": "the room, and the class that opens the database",
    "places": "the room, and its thin commands",
}
MODULES = sorted((ROOT / "aggregator").rglob("*.py"))


def twice(names: Iterable[tuple[str, Path]]) -> dict[str, list[str]]:
    """The names that occur more than once, with the files."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, path in names:
        found[name].append(str(path.relative_to(ROOT)))
    return {name: files for name, files in found.items() if len(files) > 1}


def test_no_file_or_folder_name_is_used_twice_without_a_reason() -> None:
    files = ((path.stem, path) for path in MODULES if path.stem != "__init__")
    rooms = (
        (path.parent.name, path) for path in MODULES if path.stem == "__init__" and path.parent.name != "aggregator"
    )
    found = twice((*files, *rooms))
    assert {name: found[name] for name in found.keys() - PAIRS.keys()} == {}
    assert PAIRS.keys() <= found.keys(), "take the names out of PAIRS that no longer occur twice"
    assert len(PAIRS) <= 8
    assert all(len(files) == 2 for files in found.values())


def test_no_class_name_is_used_twice() -> None:
    classes = (
        (node.name, path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert twice(classes) == {}
