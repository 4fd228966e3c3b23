"""Matches a request with recorded ones.

The order of parameters and percent-encoding never matter, repeated names compare as multisets, and a parameter that is
missing or empty on one side is no contradiction. A placeholder, which replaces a key in a recording, matches every key,
in a parameter and in the path. Bodies are forms or JSON objects. In an object, the top-level fields that are not lists
or objects count as parameters. In a GraphQL body, its operation and variables count, but not the text of its query,
which every client words differently.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, unquote, urlsplit

from aggregator.secret_values import PLACEHOLDER

_PORTS = {"http": 80, "https": 443}

Fields = Mapping[str, tuple[str, ...]]  # name -> its non-empty values, sorted


class RequestShape:
    """The comparable parts of a request; ValueError if its URL is invalid.

    `params` are those of a form whose `body` is unknown.
    """

    def __init__(
        self, method: str, url: str, content_type: str, body: str, params: Iterable[tuple[str, str]] = ()
    ) -> None:
        if not url.isprintable():
            raise ValueError(f"{url!r} is not a valid URL; record the visit again")
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
        port = None if parts.port == _PORTS.get(parts.scheme) else parts.port
        self._origin = (method.upper(), parts.scheme, host, port)
        self._path = unquote(parts.path or "/").split("/")
        self._query = _fields(parse_qsl(parts.query, keep_blank_values=True))
        if "json" in content_type or body.lstrip().startswith(("{", "[")):
            self._body = _fields(_scalars(body))
        elif body and "multipart" not in content_type:
            self._body = _fields(parse_qsl(body, keep_blank_values=True))
        else:
            self._body = _fields((unquote(name), unquote(value)) for name, value in params)

    def agreement(self, other: "RequestShape") -> int | None:
        """The number of equal parameters; None if method, scheme, host, path, or a parameter differs."""
        if self._origin != other._origin or not _same_path(self._path, other._path):
            return None
        equal = 0
        for mine, theirs in ((self._query, other._query), (self._body, other._body)):
            shared = mine.keys() & theirs.keys()
            if any(mine[name] != theirs[name] for name in shared):
                return None
            equal += len(shared)
        return equal


def _same_path(one: Sequence[str], other: Sequence[str]) -> bool:
    if one == other:
        return True
    segments = zip(one, other, strict=False)
    return len(one) == len(other) and all(
        mine == theirs or PLACEHOLDER.search(mine) or PLACEHOLDER.search(theirs) for mine, theirs in segments
    )


def _scalars(body: str) -> Iterator[tuple[str, str]]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(fields, dict):
        return
    variables = fields.get("variables")
    if isinstance(variables, dict) and isinstance(fields.pop("query", None), str):
        fields |= {f"variables.{name}": value for name, value in variables.items()}
    for name, value in fields.items():
        if not isinstance(value, dict | list):
            yield name, "" if value is None else str(value)


def _fields(pairs: Iterable[tuple[str, str]]) -> Fields:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        if value and not PLACEHOLDER.fullmatch(value):
            found[name].append(value)
    return {name: tuple(sorted(values)) for name, values in found.items()}
