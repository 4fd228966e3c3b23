"""Texts, attributes, and labelled facts of elements, and the host of a URL. Pure."""

from functools import lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser as Html
from selectolax.lexbor import LexborNode as Node


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """The host of a URL, without its port."""
    return urlsplit(url).hostname or ""


def labelled(row: Node, label: str = "strong") -> dict[str, str]:
    """What stands behind each label of a row: `<p><strong>Hours :</strong> 9 - 5</p>` gives {"hours": "9 - 5"}.

    A label is the text up to the first colon of what holds an element `label`; keys are lower case, values keep their
    line breaks.
    """
    facts: dict[str, str] = {}
    read = None
    for node in row.css(label):
        parent = node.parent
        if parent is None or parent.mem_id == read:  # a value may stand in the label's element, too
            continue
        read = parent.mem_id
        name, colon, value = parent.text().partition(":")
        if colon:
            facts[" ".join(name.split()).lower()] = value.strip()
    return facts


def text(node: Node | None, selector: str = "") -> str:
    """Text of a node, or of its first descendant that matches `selector`; "" where there is none."""
    found = node.css_first(selector) if node is not None and selector else node
    return found.text(separator=" ", strip=True) if found is not None else ""


def line(node: Node | None, selector: str = "") -> str:
    """As `text`, on one line: pages that are saved or indented anew break it anywhere."""
    return " ".join(text(node, selector).split())


def attr(node: Node | Html | None, selector: str, name: str) -> str:
    """An attribute of the first descendant of a node, or of a page, that matches `selector`; "" where there is none."""
    found = node.css_first(selector) if node is not None else None
    return (found.attributes.get(name) or "") if found is not None else ""
