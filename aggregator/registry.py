"""Finds adapters by name: `providers/NAME.py` is the registration of `NAME`, there is no list to keep."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable

from aggregator.adapter import Adapter
from aggregator.errors import ConfigError, excerpt
from aggregator.region import Source

PACKAGE = "providers"


def names() -> tuple[str, ...]:
    """Every provider there is a file for."""
    package = importlib.import_module(PACKAGE)
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))


def load(name: str) -> type[Adapter]:
    """The adapter class of `providers/NAME.py`; ConfigError says what is wrong where there is none."""
    if name not in names():
        raise ConfigError(f"provider {name!r} is unknown: there is no {PACKAGE}/{name}.py; known: {', '.join(names())}")
    try:
        module = importlib.import_module(f"{PACKAGE}.{name}")
    except Exception as error:  # whatever the file may hold
        raise ConfigError(
            f"{PACKAGE}/{name}.py cannot be run ({type(error).__name__}: {error}); `aggregator try {name}` shows where"
        ) from error
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Adapter) and member.__module__ == module.__name__ and hasattr(member, "name")
    ]
    if len(found) != 1 or found[0].name != name:
        seen = ", ".join(f"{member.__name__} (name {member.name!r})" for member in found) or "none"
        raise ConfigError(f"{PACKAGE}/{name}.py: needs exactly one adapter, with name {name!r}; seen: {seen}")
    return found[0]


def check(sources: Iterable[Source]) -> None:
    """ConfigError for a source whose provider is unknown or does not take one of its `options`."""
    for source in sources:
        accepted = load(source.provider).options
        for key, value in source.options.items():
            if key not in accepted or (accepted[key] and value not in accepted[key]):
                known = "; ".join(f"{name} = {' | '.join(values) or '…'}" for name, values in accepted.items())
                raise ConfigError(
                    f"source {source.name}: options.{key} = {excerpt(value)} is not known to {source.provider}; "
                    f"accepted: {known or 'no options'}"
                )
