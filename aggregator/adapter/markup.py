"""HTML as a tree, and where it was cut off.

A mark is put at the end of the text before it is parsed. If the text ends within a tag, a comment, or a script, the
parser swallows the mark; otherwise the elements around the mark are those still open. So the rules are the parser's own
(HTML, 13.2), including which end tags may be left out.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser as Html
from selectolax.lexbor import LexborNode as Node

from aggregator.adapter.markup_limits import too_much_markup
from aggregator.errors import RecordError

_NAME = "data-end-of-text"
_MARK = f"<script {_NAME}></script>"  # goes wherever text may go, tables included, and changes nothing around it
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_DOCUMENT = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_DOCUMENT_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_END_MAY_BE_LEFT_OUT = frozenset({
    "body", "caption", "colgroup", "dd", "dt", "head", "html", "li", "optgroup", "option", "p", "rp", "rt", "tbody",
    "td", "tfoot", "th", "thead", "tr",
})  # fmt: skip
_ROOT = "-document"
_BEGINNING = 1000  # characters


class Markup(NamedTuple):
    """A page of HTML. `cut_inside`: what it ends in the middle of; `left_open`: an element that lacks its end tag."""

    tree: Html
    cut_inside: str = ""
    left_open: str = ""


def parsed(text: str) -> Markup:
    """The tree, in which a `<br>` is a line break in the text, and whether the text came to its end.

    Nothing counts as left open in part of a page, which people write carelessly, and in a page with its own end tag.
    """
    tree = Html((_LINE_BREAK.sub("\n", text) if "<br" in text.lower() else text) + _MARK)
    mark = next(reversed(tree.css(f"script[{_NAME}]")), None)
    if mark is None or len(mark.attributes) > 1 or text.endswith("<"):
        return Markup(tree, cut_inside="a tag, a comment, or a script")
    unfinished = next((tag for tag in _open_elements(mark) if tag not in _END_MAY_BE_LEFT_OUT), "")
    mark.decompose()
    if unfinished and _DOCUMENT.search(text, 0, _BEGINNING) and not _DOCUMENT_END.search(text):
        return Markup(tree, left_open=unfinished)
    return Markup(tree)


def fragment(text: str) -> Html:
    """A piece of HTML that stands in a field of a row, as a tree; RecordError if it is more than a page may have."""
    if why := too_much_markup(text):
        raise RecordError("html", text, why)
    return Html(text)


def _open_elements(mark: Node) -> Iterator[str]:
    """The tags around the mark, from the innermost outwards."""
    element = mark.parent
    while element is not None and element.tag and element.tag != _ROOT:
        yield element.tag
        element = element.parent
