"""What a person sees of a page of HTML, from its tags alone: no tree is built, and hostile text costs its length."""

import html
import re
from collections.abc import Iterator

_HEADS = frozenset({"title", "h1", "h2", "h3"})
BREAK = "\n"  # where a line of the page ends; it is in no other text
_HIDDEN = frozenset({"script", "style"})
_INLINE = frozenset(
    {"a", "abbr", "b", "br", "em", "font", "i", "mark", "small", "span", "strong", "time", "u"}  # amid a sentence
)

_TAG = re.compile(r"(<[^<>]*>)")  # linear on hostile text: a tag ends at the next "<" at the latest
_TAG_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)


def visible(page: str) -> Iterator[tuple[str, str]]:
    """Every text in order, and BREAKs, each with the tag of the title or heading that it stands in, else "".

    White space in texts is single spaces.
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
