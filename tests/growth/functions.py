"""Finds the public functions of modules that read text, and calls them with hostile text.

Arguments are made from annotations, so a new function is tested without being registered. A function with an unknown
annotation fails the test with a message about it.
"""

import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from ipaddress import IPv4Address
from itertools import count
from types import ModuleType, NoneType, SimpleNamespace, UnionType
from typing import Any, Literal, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from msgspec.structs import fields

from aggregator.adapter import Node, Page, SourceInfo, fragment
from aggregator.adapter.limits import HTML, Limit
from aggregator.clean.dates import COMPLETE_DATES, Calendar
from aggregator.clean.listing import Context
from aggregator.clean.postal import Box, Postal, box, lookup
from aggregator.config.service_file import service_named
from aggregator.model import Answer, Listing, LocationType, SlotListing
from aggregator.web.validators import StoredAnswer

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLAIN = "MA"  # parameters that never get hostile text: a state, a key
SPREAD = 3  # arguments for a parameter that takes any number of them
PUMPS = (
    " ", "\n", "0", "a", ",", "-", ".", "(", "&", "<", "é\u0301", "\ud800", '"', "\\/", "&amp;", "https://", "a@",
    " - ", "|| ", "?a=", "<b>", "02139 ", "Boston, MA 02139, ", "12 Elm St, ", "1st, ", "5-11 ", "Pfizer ", "9:00 - ",
    "May 5, ",
)  # fmt: skip
_number = count()


class Function(NamedTuple):
    """A function that reads text. `hints`: of its parameters, in order; `takes`: those that may be hostile text.

    `named`: keyword-only arguments. `spread`: the parameter that takes any number of arguments.
    """

    call: Callable[..., object]
    name: str
    hints: dict[str, Any]
    takes: tuple[str, ...]
    named: dict[str, Any]
    spread: str

    def on(self, parameter: str, pump: str, size: int) -> Callable[[], object]:
        """A call with hostile text of that many characters for one parameter ("": for all)."""
        text = pump * (size // len(pump))

        def run() -> None:
            hostile = f"{text}\x01{next(_number)}"  # always different, so that no cache answers
            try:
                found = self.call(*self._arguments(parameter, hostile), **self.named)
                if isinstance(found, Iterator):
                    for _ in found:
                        pass
            except TypeError:
                raise  # it was called the wrong way
            except Exception:
                pass  # it may refuse its input

        return run

    def _arguments(self, parameter: str, hostile: str) -> Iterator[Any]:
        for name, hint in self.hints.items():
            given = hostile if name in self.takes and parameter in ("", name) else PLAIN
            yield from (made(hint, given),) * (SPREAD if name == self.spread else 1)


class Unknown(Exception):
    """An annotation for which no value is known."""


def functions_in(modules: Iterable[ModuleType]) -> tuple[list[Function], list[str]]:
    """The functions that take text, and those with an unknown argument."""
    found, unknown = [], []
    for module in modules:
        for name, value in vars(module).items():
            if name.startswith("_") or not inspect.isroutine(inspect.unwrap(value) if callable(value) else value):
                continue
            if inspect.unwrap(value).__module__ != module.__name__:
                continue
            try:
                function = _function(value, f"{module.__name__}.{name}")
            except Unknown as error:
                unknown.append(f"{module.__name__}.{name}: {error}")
            else:
                found += [function] if function.takes else []
    return found, unknown


def _function(call: Callable[..., object], name: str) -> Function:
    hints = typing.get_type_hints(call)
    parameters = list(inspect.signature(call).parameters.values())
    positional = [one for one in parameters if one.kind not in (one.KEYWORD_ONLY, one.VAR_KEYWORD)]
    takes = tuple(one.name for one in positional if _takes_text(hints.get(one.name)))
    last = max((at for at, one in enumerate(positional) if one.name in takes or one.default is one.empty), default=-1)
    needed = positional[: last + 1] if takes else []
    for one in needed:
        made(hints[one.name], PLAIN)
    named = [one.name for one in parameters if takes and one.kind is one.KEYWORD_ONLY and one.default is one.empty]
    return Function(
        call,
        name,
        {one.name: hints[one.name] for one in needed},
        takes,
        {one: made(hints[one], PLAIN) for one in named},
        next((one.name for one in needed if one.kind is one.VAR_POSITIONAL), ""),
    )


def _takes_text(hint: Any) -> bool:
    if hint in (str, bytes, Listing, SlotListing, Answer, Page, Node, object, Any):
        return True
    if typing.get_origin(hint) in (typing.Union, UnionType):
        return any(_takes_text(one) for one in typing.get_args(hint))
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) in (dict, Mapping):
        return _takes_text(arguments[1])
    return typing.get_origin(hint) in (tuple, list, Sequence, Iterable) and _takes_text(arguments[0])


_VALUES: dict[Any, Callable[[str], Any]] = {
    str: lambda text: text,
    bytes: lambda text: text.encode("utf-8", "replace"),
    object: lambda text: text,
    Any: lambda text: text,
    Listing: lambda text: _filled(Listing, text),
    SlotListing: lambda text: _filled(SlotListing, text),
    Answer: lambda text: Answer(
        url="https://a.example.org/", status=200, headers={}, body=text.encode("utf-8", "replace"), fetched_at=NOW
    ),
    StoredAnswer: lambda text: StoredAnswer(answer=made(Answer, text), stored_at=NOW),
    ZoneInfo: lambda text: ZoneInfo("America/New_York"),
    Calendar: lambda text: COMPLETE_DATES,
    Postal: lambda text: lookup("02139"),
    Context: lambda text: Context(
        source="a", base_url="", visited=NOW.date(), time_zone="America/New_York", state="MA", country="US",
        location_type=LocationType.CLINIC,
    service=service_named("vaccination"),
    ),
    Page: lambda text: Page(made(Answer, text)),
    Node: lambda text: fragment(f"<div>{text}</div>").css_first("div"),
    SourceInfo: lambda text: SimpleNamespace(
        name="a", url="", states=("MA",), time_zone="America/New_York", options={}
    ),
    Limit: lambda text: HTML,
    Box: lambda text: box("02139"),
    IPv4Address: lambda text: IPv4Address("192.0.2.1"),
    date: lambda text: NOW.date(),
    time: lambda text: time(),
    datetime: lambda text: NOW,
    int: lambda text: 80,
    float: lambda text: 1.0,
    bool: lambda text: False,
    NoneType: lambda text: None,
}  # fmt: skip


def made(hint: Any, text: str) -> Any:
    """A value for an annotation, with `text` wherever it contains text."""
    if isinstance(hint, TypeVar) or hint is None:
        hint = object if hint else NoneType
    if hint in _VALUES:
        return _VALUES[hint](text)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return arguments[0]
    if origin in (typing.Union, UnionType):
        return made(next((one for one in arguments if _takes_text(one)), arguments[0]), text)
    if origin is tuple and arguments and arguments[-1] is not Ellipsis:
        return tuple(made(one, text) for one in arguments)
    if origin in (dict, Mapping):
        return {PLAIN: made(arguments[1], text)} if _takes_text(arguments[1]) else {}
    if inspect.isclass(origin) and issubclass(origin, Iterable):
        within = (made(arguments[0], text),) if _takes_text(arguments[0]) else ()
        return origin(within) if origin in (list, set, frozenset) else within
    raise Unknown(f"no value is known for {hint}; add one to tests/growth/functions.py")


def _filled(kind: Any, text: str) -> Any:
    """A record with the text in every field that allows it."""
    given: dict[str, Any] = {}
    for field in fields(kind):
        hint = field.type
        if hint is str or (field.name in ("address", "state") and hint is not NoneType):
            given[field.name] = text
        elif typing.get_origin(hint) is tuple and typing.get_args(hint)[0] is str:
            given[field.name] = (text,) * 3
    given.pop("clock", None)
    if kind is SlotListing:
        given["start"] = text
    elif kind is Listing:
        given["slots"] = (_filled(SlotListing, text),)
    return kind(**given)
