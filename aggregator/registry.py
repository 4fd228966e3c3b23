"""Finds adapters by name: `providers/NAME.py` is the registration of `NAME`, there is no list to keep."""

import importlib
import inspect
import pkgutil
import sys
import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from aggregator.adapter import Adapter
from aggregator.clean.text import clean
from aggregator.config.region import Source
from aggregator.errors import AdapterError, ConfigError, excerpt

PACKAGE = "providers"
ERROR_LENGTH = 200  # characters of an error


def names() -> tuple[str, ...]:
    """Every provider there is a file for."""
    package = importlib.import_module(PACKAGE)
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))


def load(name: str) -> type[Adapter]:
    """The adapter class of `providers/NAME.py`; ConfigError if there is no such file, AdapterError if it is broken."""
    if f"{PACKAGE}.{name}" not in sys.modules and name not in names():  # the folder is not read for each source
        raise ConfigError(f"provider {name!r} is unknown: there is no {PACKAGE}/{name}.py; known: {', '.join(names())}")
    try:
        module = importlib.import_module(f"{PACKAGE}.{name}")
    except (Exception, SystemExit) as error:  # whatever the file may hold
        raise AdapterError(f"{raised_at(error, name)[0]}; {_next_step(name)}") from error
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Adapter) and member.__module__ == module.__name__ and hasattr(member, "name")
    ]
    if len(found) != 1 or found[0].name != name:
        seen = ", ".join(f"{member.__name__} (name {member.name!r}{_line(member)})" for member in found) or "none"
        raise AdapterError(
            f"{PACKAGE}/{name}.py: needs exactly one adapter, with name {name!r}; seen: {seen}; {_next_step(name)}"
        )
    if missing := ", ".join(sorted(found[0].__abstractmethods__)):
        raise AdapterError(
            f"{PACKAGE}/{name}.py: {found[0].__name__}{_line(found[0])} does not define {missing}; {_next_step(name)}"
        )
    return found[0]


def broken(sources: Iterable[Source]) -> dict[str, AdapterError]:
    """Source name -> what is wrong with the file of its adapter, for those that cannot be visited."""
    found = {}
    for source in sources:
        try:
            load(source.provider)
        except AdapterError as error:
            found[source.name] = error
    return found


def check(sources: Iterable[Source]) -> None:
    """ConfigError for a source whose provider is unknown or does not take one of its `options`.

    The options of an adapter whose file is broken cannot be checked; its sources fail when they are visited.
    """
    for source in sources:
        try:
            accepted = load(source.provider).options
        except AdapterError:
            continue
        for key, value in source.options.items():
            if key not in accepted or (accepted[key] and value not in accepted[key]):
                known = "; ".join(f"{name} = {' | '.join(values) or '…'}" for name, values in accepted.items())
                raise ConfigError(
                    f"source {source.name}: options.{key} = {excerpt(value)} is not known to {source.provider}; "
                    f"accepted: {known or 'no options'}"
                )


def raised_at(error: BaseException, name: str) -> tuple[str, str]:
    """File, line and error as one line, and that line's code: the last one in the file of adapter `name`."""
    file = f"{PACKAGE}/{name}.py"
    if isinstance(error, SyntaxError):
        written = Path(error.filename or file)
        code, number, text = error.text or "", error.lineno, f"SyntaxError: {error.msg}"
        file = f"{written.parent.name}/{written.name}"
    else:
        trace = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in trace if Path(frame.filename).as_posix().endswith(file)]
        code, number = (own[-1].line or "", own[-1].lineno) if own else ("", None)
        text = f"{type(error).__name__}: {error}"
    place = f"{file}:{number}" if number else file
    return f"{place}: {clean(text, ERROR_LENGTH)}", clean(code, ERROR_LENGTH)


def _line(adapter: type[Adapter]) -> str:
    with suppress(OSError, TypeError):
        return f", line {inspect.getsourcelines(adapter)[1]}"
    return ""


def _next_step(name: str) -> str:
    return f"correct the file, then `aggregator try {name}` shows what it reads"
