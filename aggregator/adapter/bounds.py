"""Pages that no parser should be given: one hostile page must not stop the visits to all other sources.

The parser's time grows with the square of how deep elements stand in each other, and of how many attributes one element
has: a second for 20,000 of either, minutes for a page of a megabyte made of nothing else (measured).
"""

import re

MANY_TAGS = 30_000  # what fewer can do is over in some two seconds
LONG_TAG = 200_000  # characters
MAX_DEPTH = 5_000  # no page meant for people has more than a few hundred
MAX_ATTRIBUTES = 5_000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
# they have no end, or none has to be written
_NO_END = frozenset({
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "source", "td", "th", "tr", "wbr",
})  # fmt: skip


def too_much(text: str) -> str:
    """Why a page should not be parsed, as words for an error; "" for every page meant for people."""
    if text.count("<") > MANY_TAGS and (depth := _depth(text)) > MAX_DEPTH:
        return f"has {depth} elements inside one another"
    if len(text) > LONG_TAG and (most := _attributes(text)) > MAX_ATTRIBUTES:
        return f"has an element with {most} attributes"
    return ""


def _depth(text: str) -> int:
    depth = deepest = 0
    for end, name in _TAG.findall(text):
        if name.lower() not in _NO_END:
            depth = max(0, depth - 1) if end else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _attributes(text: str) -> int:
    tags = (piece for piece in text.split(">") if len(piece) > LONG_TAG // 10 and "<" in piece)
    return max((len(re.split(r"[\s/]+", _QUOTED.sub("", tag[tag.rindex("<") :]))) for tag in tags), default=0)
