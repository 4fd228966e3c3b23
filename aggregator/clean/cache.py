"""A cache for parsed short texts: a poll reads mostly the same rows again, minute after minute."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec

SHORT = 4000  # characters; longer text is not cached, so that nobody can fill our memory
SIZE = 16384

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


def memoized(function: Callable[Concatenate[T, P], R]) -> Callable[Concatenate[T, P], R]:
    """`lru_cache` for a pure function of a text or a record of texts; results for long ones are not cached."""
    cached: Callable[..., R] = lru_cache(maxsize=SIZE)(function)

    @wraps(function)
    def call(given: T, *rest: P.args, **named: P.kwargs) -> R:
        return (cached if _can_be_kept(given) else function)(given, *rest, **named)

    return call  # type: ignore[return-value]  # mypy takes the first parameter of `wraps` to be called `given`


def _can_be_kept(given: Any) -> bool:
    """Whether a text or record is short and hashable (a list in place of a number is not)."""
    try:
        length = len(given) if isinstance(given, str) else len(msgspec.msgpack.encode(given))
        return length <= SHORT and hash(given) is not None
    except (TypeError, UnicodeEncodeError, OverflowError):
        return False
