"""Loads adapters by the name of their provider: a file `NAME.py` is the registration of `NAME`.

`folder` is the operator's own folder of adapters, `source.adapters`; `adapter_files` says where else they come from.
"""

import inspect
import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from aggregator.adapter import Adapter
from aggregator.adapter_files import Origin, origins, shown
from aggregator.clean import clean
from aggregator.config import Source
from aggregator.errors import AdapterError, ConfigError, excerpt

ERROR_LENGTH = 200  # characters of an error


def names(folder: str = "") -> tuple[str, ...]:
    """Every provider that has an adapter."""
    return tuple(sorted(origins(folder)))


def origin(name: str, folder: str = "") -> Origin:
    """Where the adapter of a provider comes from; ConfigError if there is none."""
    known = origins(folder)
    if name not in known:
        there = ", ".join(sorted(known))
        raise ConfigError(f"provider {name!r} is unknown: there is no providers/{name}.py; known: {there}")
    return known[name]


def load(name: str, folder: str = "") -> type[Adapter]:
    """The adapter class of a provider; ConfigError if there is none, AdapterError if its file is broken."""
    found = origin(name, folder)
    try:
        module = found.module()
    except (Exception, SystemExit) as error:  # whatever the file may hold
        raise AdapterError(f"{raised_at(error, found.path)[0]}; {_next_step(name)}") from error
    return _only_adapter(module, found)


def of(source: Source) -> type[Adapter]:
    """The adapter class that reads a source; errors as in `load`."""
    return load(source.provider, source.adapters)


def _only_adapter(module: ModuleType, origin: Origin) -> type[Adapter]:
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Adapter) and member.__module__ == module.__name__ and hasattr(member, "name")
    ]
    next_step = _next_step(origin.name)
    if len(found) != 1 or found[0].name != origin.name:
        seen = ", ".join(f"{member.__name__} (name {member.name!r}{_line(member)})" for member in found) or "none"
        raise AdapterError(
            f"{origin.shown}: needs exactly one adapter, with name {origin.name!r}; seen: {seen}; {next_step}"
        )
    if missing := ", ".join(sorted(found[0].__abstractmethods__)):
        raise AdapterError(
            f"{origin.shown}: {found[0].__name__}{_line(found[0])} does not define {missing}; {next_step}"
        )
    return found[0]


def broken(sources: Iterable[Source]) -> dict[str, AdapterError]:
    """Source name -> what is wrong with the file of its adapter, for those that cannot be visited."""
    found = {}
    for source in sources:
        try:
            of(source)
        except AdapterError as error:
            found[source.name] = error
    return found


def check(sources: Iterable[Source]) -> None:
    """ConfigError for a source whose provider is unknown or does not take one of its `options`.

    The options of an adapter whose file is broken cannot be checked; its sources fail when they are visited.
    """
    for source in sources:
        try:
            accepted = of(source).options
        except AdapterError:
            continue
        for key, value in source.options.items():
            if key not in accepted or (accepted[key] and value not in accepted[key]):
                known = "; ".join(f"{name} = {' | '.join(values) or '…'}" for name, values in accepted.items())
                raise ConfigError(
                    f"source {source.name}: options.{key} = {excerpt(value)} is not known to {source.provider}; "
                    f"accepted: {known or 'no options'}"
                )


def raised_at(error: BaseException, file: Path) -> tuple[str, str]:
    """File, line and error as one line, and that line's code: the last one in the adapter's `file`."""
    number: int | None
    if isinstance(error, SyntaxError):
        file = Path(error.filename or file)
        code, number, text = error.text or "", error.lineno, f"SyntaxError: {error.msg}"
    else:
        trace = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in trace if Path(frame.filename) == file]
        code, number = (own[-1].line or "", own[-1].lineno) if own else ("", None)
        text = f"{type(error).__name__}: {error}"
    place = f"{shown(file)}:{number}" if number else shown(file)
    return f"{place}: {clean(text, ERROR_LENGTH)}", clean(code, ERROR_LENGTH)


def _line(adapter: type[Adapter]) -> str:
    with suppress(OSError, TypeError):
        return f", line {inspect.getsourcelines(adapter)[1]}"
    return ""


def _next_step(name: str) -> str:
    return f"correct the file, then `aggregator try {name}` shows what it reads"
