"""Counts on the text of an HTML page what would make even a short page expensive to parse.

A page may hide tags from the parser (in a comment, a script, an attribute) but not from these counts. They may be too
high for a page built to mislead, but never much too low.
"""

import re
from collections import Counter

from aggregator.adapter.limits import HTML, over, too_long

# Elements that a parser may have to create, each in 0.2 µs and 350 bytes. The highest recorded: 1,173.
MAX_REOPENED = 100_000
_LONG = 2 * HTML.width  # characters; a shorter tag cannot have too many attributes
_SAME = 3  # open elements with the same name and attributes that the parser remembers (HTML, 13.2.4.3)

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_HIDING = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|textarea|title|xmp|iframe|noembed|noframes)\b.*?(?=</\1|\Z)"
    r"|<[a-z](?:[^>=]|=(?!\s*[\"'])|=\s*\"[^\"]*(?:\"|\Z)|=\s*'[^']*(?:'|\Z))*(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
# With the end tag if that follows at once: nothing can hide the end of an element that is not hidden.
_FORMATTING = re.compile(
    r"<(?=[bcefistu])(b|big|code|em|font|i|s|small|strike|strong|tt|u)(?=[\s/>])([^>]*)(?:>[^<]*+(</)\1\s*+>)?+",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"(?:\s++[\w:.-]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+\s*+/?+")
# Elements without an end tag, or whose end tag may be omitted.
_NO_END = frozenset({
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "source", "td", "th", "tr", "wbr",
})  # fmt: skip


def too_much_markup(text: str) -> str:
    """The reason not to parse a text as HTML, as words that follow its address; "" if it is within the limits."""
    if why := too_long(text, HTML):
        return why
    tags = text.count("<")
    if tags > HTML.depth and (depth := _depth(text)) > HTML.depth:
        return over(HTML, depth, "elements inside one another", HTML.depth)
    if tags * tags > MAX_REOPENED and (reopened := tags * _formatting(text)) > MAX_REOPENED:
        return over(HTML, reopened, "tags times formatting elements", MAX_REOPENED)
    if _may_have_long_tag(text) and (most := _attributes(text)) > HTML.width:
        return over(HTML, most, HTML.across, HTML.width)
    return ""


def _depth(text: str) -> int:
    """The nesting depth of elements, ignoring end tags that may be hidden."""
    depth = deepest = 0
    for end, name in _TAG.findall(_HIDING.sub(lambda hiding: hiding[0].replace("</", ""), text)):
        if name.lower() not in _NO_END:
            depth = max(0, depth - 1) if end else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _formatting(text: str) -> int:
    """The number of formatting elements that the parser may reopen in every paragraph: those not closed at once."""
    most = 0
    for (_, attributes, closed), times in Counter(_FORMATTING.findall(text)).items():
        if attributes and not _ATTRIBUTES.fullmatch(attributes):
            most += times
        elif not closed:
            most += min(times, _SAME)
    return most


def _attributes(text: str) -> int:
    long_tags = (piece for piece in text.split(">") if len(piece) > _LONG and "<" in piece)
    return max((len(re.split(r"[\s/]+", _QUOTED.sub("", tag[tag.rindex("<") :]))) for tag in long_tags), default=0)


def _may_have_long_tag(text: str) -> bool:
    """Whether `_LONG` characters follow one another without a ">".

    Splitting the page instead would take a tenth of the time of parsing it.
    """
    at = 0
    while at + _LONG < len(text):
        end = text.rfind(">", at, at + _LONG + 1)
        if end < 0:
            return True
        at = end + 1
    return False
