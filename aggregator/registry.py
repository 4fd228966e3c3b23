"""Loads adapters by provider name: a file `NAME.py` registers the provider `NAME`.

`folder` is the operator's own folder of adapters (`source.adapters`); `adapter_files` lists the other places.
"""

import inspect
import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from aggregator.adapter import Adapter
from aggregator.adapter_files import Origin, origins, short_path
from aggregator.clean import clean
from aggregator.config import Source
from aggregator.errors import AdapterError, ConfigError, excerpt

ERROR_LENGTH = 200  # characters of an error's text in a message


def names(folder: str = "") -> tuple[str, ...]:
    """The names of all providers that have an adapter."""
    return tuple(sorted(origins(folder)))


def origin(name: str, folder: str = "") -> Origin:
    """Where a provider's adapter comes from; ConfigError if there is none."""
    known = origins(folder)
    if name not in known:
        available = ", ".join(sorted(known))
        raise ConfigError(
            f"provider {name!r} has no adapter: there is no providers/{name}.py; choose one of: {available}"
        )
    return known[name]


def load(name: str, folder: str = "") -> type[Adapter]:
    """Imports the adapter class of a provider; ConfigError if there is none, AdapterError if its file is broken."""
    found = origin(name, folder)
    try:
        module = found.module()
    except (Exception, SystemExit) as error:  # the file may contain any code
        raise AdapterError(f"{raised_at(error, found.path)[0]}; {_next_step(name)}") from error
    return _only_adapter(module, found)


def of(source: Source) -> type[Adapter]:
    """Imports the adapter class that reads a source; same errors as `load`."""
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
            f"{origin.label}: must define one adapter, with name {origin.name!r}, but defines {seen}; {next_step}"
        )
    if missing := ", ".join(sorted(found[0].__abstractmethods__)):
        raise AdapterError(
            f"{origin.label}: {found[0].__name__}{_line(found[0])} does not define {missing}; {next_step}"
        )
    return found[0]


def broken(sources: Iterable[Source]) -> dict[str, AdapterError]:
    """Source name -> what is wrong with its adapter's file, for the sources that cannot be visited."""
    found = {}
    for source in sources:
        try:
            of(source)
        except AdapterError as error:
            found[source.name] = error
    return found


def check(sources: Iterable[Source]) -> None:
    """Raises ConfigError for a source whose provider is unknown or does not accept one of its `options`.

    If an adapter's file is broken, its options cannot be checked; its sources fail when they are visited.
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
                    f"source {source.name}: {source.provider} does not accept options.{key} = {excerpt(value)}; "
                    f"accepted: {known or 'no options'}"
                )


def raised_at(error: BaseException, file: Path) -> tuple[str, str]:
    """Where in the adapter's `file` an error was raised: "file:line: error", and the code of that line."""
    number: int | None
    if isinstance(error, SyntaxError):
        file = Path(error.filename or file)
        code, number, text = error.text or "", error.lineno, f"SyntaxError: {error.msg}"
    else:
        trace = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in trace if Path(frame.filename) == file]
        code, number = (own[-1].line or "", own[-1].lineno) if own else ("", None)
        text = f"{type(error).__name__}: {error}"
    place = f"{short_path(file)}:{number}" if number else short_path(file)
    return f"{place}: {clean(text, ERROR_LENGTH)}", clean(code, ERROR_LENGTH)


def _line(adapter: type[Adapter]) -> str:
    with suppress(OSError, TypeError):
        return f", line {inspect.getsourcelines(adapter)[1]}"
    return ""


def _next_step(name: str) -> str:
    return f"fix the file, then run `aggregator try {name}`"
