"""Functions that read text, attributes, and labelled facts from HTML elements. Pure."""

from functools import lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser as Html
from selectolax.lexbor import LexborNode as Node


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """The host of a URL, without its port."""
    return urlsplit(url).hostname or ""


def labelled(row: Node, label: str = "strong") -> dict[str, str]:
    """The text after each label: `<p><strong>Hours :</strong> 9 - 5</p>` gives {"hours": "9 - 5"}.

    A label is the text before the first colon in the parent of an element `label`. Keys are lower case; values keep
    their line breaks.
    """
    facts: dict[str, str] = {}
    read = None
    for node in row.css(label):
        parent = node.parent
        if parent is None or parent.mem_id == read:  # the value may contain the label's element again
            continue
        read = parent.mem_id
        name, colon, value = parent.text().partition(":")
        if colon:
            facts[" ".join(name.split()).lower()] = value.strip()
    return facts


def text(node: Node | None, selector: str = "") -> str:
    """The text of a node, or of its first descendant that matches `selector`; "" if there is none."""
    found = node.css_first(selector) if node is not None and selector else node
    return found.text(separator=" ", strip=True) if found is not None else ""


def line(node: Node | None, selector: str = "") -> str:
    """As `text`, but on one line, because saved or reformatted pages break lines anywhere."""
    return " ".join(text(node, selector).split())


def attr(node: Node | Html | None, selector: str, name: str) -> str:
    """An attribute of the first descendant that matches `selector`; "" if there is none."""
    found = node.css_first(selector) if node is not None else None
    return (found.attributes.get(name) or "") if found is not None else ""
