"""Finds and imports the adapter of a provider: the operator's own file, an installed package's, or one of ours.

The first of them that has the name wins. So an operator can correct one of our adapters without waiting for a release,
and a release that brings an adapter of the same name changes nothing for an operator who has their own.
"""

import importlib.util
import sys
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from aggregator import bundled

GROUP = "appointment_aggregator.providers"  # entry points of installed packages: provider = "package.module"


class Origin(NamedTuple):
    """Where the adapter of a provider comes from: a `file`, or the `entry` point of a package."""

    name: str
    file: Path | None = None
    entry: metadata.EntryPoint | None = None

    @property
    def shown(self) -> str:
        """As messages name it."""
        if self.entry:
            return f"{self.name} (entry point {self.entry.value})"
        return shown(self.path)

    @property
    def path(self) -> Path:
        """Its file; a file that does not exist where a package's can't be found."""
        if self.entry:
            try:
                found = importlib.util.find_spec(self.entry.module)
            except (ImportError, ValueError):
                found = None
            return Path(found.origin if found and found.origin else f"{self.entry.module}.py")
        return self.file or Path(f"{self.name}.py")

    def module(self) -> ModuleType:
        """Imports it; raises whatever its code raises."""
        return importlib.import_module(self.entry.module) if self.entry else import_file(self.path)


def origins(folder: str = "") -> dict[str, Origin]:
    """Provider -> where its adapter comes from. `folder` has the operator's own adapters, and may be missing."""
    ours, own = (_files(Path(place)) if place else {} for place in (bundled.PROVIDERS, folder))
    packages = {entry.name: Origin(entry.name, entry=entry) for entry in _entry_points()}
    return ours | packages | own


def shown(file: Path) -> str:
    """A file as messages name it: `providers/prepmod.py`."""
    return f"{file.parent.name}/{file.name}"


def import_file(file: Path, name: str = "") -> ModuleType:
    """The module of a file, run once in a process; raises whatever its code raises.

    Its `name` is by default the path, which no other module has.
    """
    name = name or f"adapter {file}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # classes find the names of their module there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _files(folder: Path) -> dict[str, Origin]:
    found = sorted(folder.resolve().glob("[a-z]*.py"))
    return {file.stem: Origin(file.stem, file) for file in found if file.stem.isidentifier()}


@lru_cache(maxsize=1)
def _entry_points() -> tuple[metadata.EntryPoint, ...]:
    return tuple(metadata.entry_points(group=GROUP))
