"""What makes a short page of HTML cost a parser much time or memory, counted on its text before it is parsed.

A page may hide tags from the parser (in a comment, a script, an attribute), but not from the counts: they may be too
high for a page that is built to mislead, never too low by much.
"""

import re
from collections import Counter

from aggregator.adapter.limits import HTML, over, too_long

# Elements that a parser may have to make, each in 0.2 µs and 350 bytes. The most that is recorded: 1,173.
MAX_REOPENED = 100_000
_LONG = 2 * HTML.width  # characters; a shorter tag cannot have too many attributes
_SAME = 3  # open elements with one name and the same attributes that the parser remembers (HTML, 13.2.4.3)

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_HIDING = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|textarea|title|xmp|iframe|noembed|noframes)\b.*?(?=</\1|\Z)"
    r"|<[a-z](?:[^>=]|=(?!\s*[\"'])|=\s*\"[^\"]*(?:\"|\Z)|=\s*'[^']*(?:'|\Z))*(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_FORMATTING = re.compile(  # and, if it follows at once, its end: nothing can hide the end of one that is not hidden
    r"<(?=[bcefistu])(b|big|code|em|font|i|s|small|strike|strong|tt|u)(?=[\s/>])([^>]*)(?:>[^<]*+(</)\1\s*+>)?+",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"(?:\s++[\w:.-]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+\s*+/?+")
# they have no end, or none has to be written
_NO_END = frozenset({
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "source", "td", "th", "tr", "wbr",
})  # fmt: skip


def too_much_markup(text: str) -> str:
    """Why a text is not parsed as HTML, as words that follow its address; "" if it is within the limits of its kind."""
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
    """Of the elements inside one another, as if an end tag that may be hidden were none."""
    depth = deepest = 0
    for end, name in _TAG.findall(_HIDING.sub(lambda hiding: hiding[0].replace("</", ""), text)):
        if name.lower() not in _NO_END:
            depth = max(0, depth - 1) if end else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _formatting(text: str) -> int:
    """How many formatting elements the parser may reopen in every paragraph: all that are not closed at once."""
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
    """Whether so many characters come without a ">". A page is not split for it: that takes a tenth of parsing it."""
    at = 0
    while at + _LONG < len(text):
        end = text.rfind(">", at, at + _LONG + 1)
        if end < 0:
            return True
        at = end + 1
    return False
