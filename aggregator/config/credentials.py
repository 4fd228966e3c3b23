"""User names and passwords in the URLs of a region file: they are refused, wherever in the file they are.

Such a URL is published, logged, or sent to others sooner or later, and few HTTP libraries treat it alike.
"""

from collections.abc import Iterator
from typing import Any

from aggregator.errors import excerpt
from aggregator.redact import has_userinfo


def credentials_in(value: Any, where: str = "") -> Iterator[str]:
    """What is wrong with each such URL in what TOML gives; `where` is the key of `value`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from credentials_in(inner, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            name = f" ({inner['name']})" if isinstance(inner, dict) and isinstance(inner.get("name"), str) else ""
            yield from credentials_in(inner, f"{where}[{number}]{name}")
    elif isinstance(value, str) and has_userinfo(value):
        yield (
            f"{where}: {excerpt(value)} has a user name or password before its host; delete what is before the @, and "
            "put a key that a booking site needs under `headers` of the source"
        )
