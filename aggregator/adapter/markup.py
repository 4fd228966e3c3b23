"""Parses HTML and detects pages that were cut off.

A mark is appended to the text before parsing. If the text ends inside a tag, a comment, or a script, the parser
swallows the mark; otherwise, the elements around the mark are the ones still open. So the parser's own rules decide
(HTML, 13.2), including which end tags may be omitted.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser as Html
from selectolax.lexbor import LexborNode as Node

from aggregator.adapter.markup_limits import too_much_markup
from aggregator.errors import RecordError

_NAME = "data-end-of-text"
_MARK = f"<script {_NAME}></script>"  # allowed wherever text is allowed, also in tables, without side effects
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
    """A parsed HTML page.

    `cut_inside`: what the text ends in the middle of. `left_open`: an element without an end tag.
    """

    tree: Html
    cut_inside: str = ""
    left_open: str = ""


def parse_html(text: str) -> Markup:
    """Parses a page, with each `<br>` as a line break in the text, and checks that it is complete.

    Nothing counts as left open in a fragment of a page, which people write carelessly, nor in a page with its own end
    tag.
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
    """Parses HTML from a field of a row; RecordError if it is beyond the limits of a page."""
    if why := too_much_markup(text):
        raise RecordError("html", text, why)
    return Html(text)


def _open_elements(mark: Node) -> Iterator[str]:
    """The tags around the mark, innermost first."""
    element = mark.parent
    while element is not None and element.tag and element.tag != _ROOT:
        yield element.tag
        element = element.parent
