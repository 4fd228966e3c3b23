"""Extracts the visible text of an HTML page without building a tree, in time linear in its length."""

import html
import re
from collections.abc import Iterator

_HEADS = frozenset({"title", "h1", "h2", "h3"})
BREAK = "\n"  # marks the end of a line on the page; no other text contains it
_HIDDEN = frozenset({"script", "style"})
_INLINE = frozenset(
    {"a", "abbr", "b", "br", "em", "font", "i", "mark", "small", "span", "strong", "time", "u"}  # do not end a line
)

_TAG = re.compile(r"(<[^<>]*>)")  # linear on hostile text: a tag ends at the next "<" at the latest
_TAG_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)


def visible_text(page: str) -> Iterator[tuple[str, str]]:
    """Yields (tag, text) in page order; `tag` is the title or heading around the text, else "". Lines end with BREAK.

    White space inside a text is collapsed to single spaces.
    """
    inside = ""
    for piece in _TAG.split(page):
        tag = _TAG_NAME.match(piece)
        if tag is None:
            if inside not in _HIDDEN and (text := " ".join(html.unescape(piece).split())):
                yield inside, text
            continue
        name = tag[2].lower()
        if tag[1]:
            inside = "" if name == inside else inside
        elif not inside and name in _HEADS | _HIDDEN:
            inside = name
        if name not in _INLINE:
            yield inside, BREAK
