"""JSON that a web page assigns to a variable in one of its scripts: `var locationData = [{…}];`."""

import json
import re
from functools import lru_cache
from typing import Any

from aggregator.adapter.limits import JSON, nested_too_deep, too_deep, too_long
from aggregator.errors import excerpt

_DECODER = json.JSONDecoder(strict=False)


def script_json(text: str, name: str) -> Any:
    """The list or object that `text` assigns to the variable `name`; ValueError with the reason if there is none.

    A decoder reads it from its bracket to the matching one, so that neither a ";" in a text nor a missing ";" matters.
    If several declarations have this name, nothing says which one the page uses, so none is read. The time is linear in
    the length of the text, which has the limits of JSON.
    """
    if why := too_long(text, JSON):
        raise ValueError(why)
    found = list(_declaration(name).finditer(text))
    if not found:
        raise ValueError(f"has no list or object in a script variable {name}; it begins {excerpt(text)}")
    if len(found) > 1:
        raise ValueError(f"declares the script variable {name} {len(found)} times, so it is unclear which one counts")
    start = found[0].end()
    try:
        value, _ = _DECODER.raw_decode(text, start)
    except RecursionError:  # Python cannot parse it, so it is far beyond the limit.
        raise ValueError(nested_too_deep(JSON)) from None
    except ValueError as error:
        begin = excerpt(text[start : start + 200])
        raise ValueError(f"has no JSON in the script variable {name} ({error}); it begins {begin}") from None
    if why := too_deep(value):
        raise ValueError(why)
    return value


@lru_cache(maxsize=64)
def _declaration(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:var|let|const)\s++{re.escape(name)}\s*+=\s*+(?=[\[{{])")
