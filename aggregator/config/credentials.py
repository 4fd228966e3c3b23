"""Rejects user names and passwords in the URLs of a region file, wherever they are.

Such a URL would sooner or later be published, logged, or sent to others, and HTTP libraries treat it differently.
"""

from collections.abc import Iterator
from typing import Any

from aggregator.errors import excerpt
from aggregator.redact import has_userinfo


def credentials_in(value: Any, where: str = "") -> Iterator[str]:
    """Yields the problem of each such URL in parsed TOML; `where` is the key of `value`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from credentials_in(inner, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            name = f" ({inner['name']})" if isinstance(inner, dict) and isinstance(inner.get("name"), str) else ""
            yield from credentials_in(inner, f"{where}[{number}]{name}")
    elif isinstance(value, str) and has_userinfo(value):
        yield (
            f"{where}: {excerpt(value)} has a user name or password before its host; delete everything before the @; "
            "if the booking site needs a key, put it under `headers` of the source"
        )
