"""Finds and imports the adapter of a provider: the operator's own file, an installed package's, or a bundled one.

The first match wins, in this order. So an operator can fix a bundled adapter without waiting for a release, and a new
release never replaces an adapter that the operator wrote.
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
    """Where a provider's adapter comes from: a `file`, or the `entry` point of an installed package."""

    name: str
    file: Path | None = None
    entry: metadata.EntryPoint | None = None

    @property
    def label(self) -> str:
        """Its name in messages."""
        if self.entry:
            return f"{self.name} (entry point {self.entry.value})"
        return short_path(self.path)

    @property
    def path(self) -> Path:
        """Its file. If a package's module can't be found, the path does not exist."""
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
    """Provider -> where its adapter comes from. `folder` has the operator's own adapters and need not exist."""
    bundled_ones, own = (_files(Path(place)) if place else {} for place in (bundled.PROVIDERS, folder))
    packages = {entry.name: Origin(entry.name, entry=entry) for entry in _entry_points()}
    return bundled_ones | packages | own


def short_path(file: Path) -> str:
    """The file's name in messages: `providers/prepmod.py`."""
    return f"{file.parent.name}/{file.name}"


def import_file(file: Path, name: str = "") -> ModuleType:
    """Imports a file as a module, once per process; raises whatever its code raises.

    The module's `name` defaults to one made from the path, which is unique.
    """
    name = name or f"adapter {file}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and msgspec resolve type hints there
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
