"""Finds repeated blocks of a web page that may be an adapter's rows. Every selector is tried on the page."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from aggregator.adapter import Html, Node
from aggregator.kit.row_candidates import LONGEST_ROWS, RowsFound, can_be_quoted, rows_found, sample

MAX_ELEMENTS = 60_000  # of a page
MAX_KINDS = 500
MAX_GROUPS = 30  # kinds of block whose fields are read
MAX_FIELDS = 25
MAX_INSIDE = 300  # elements of a block
SAMPLED = 3  # blocks of a kind whose fields are read
_IGNORED = {"br", "col", "head", "hr", "html", "link", "meta", "option", "path", "script", "style", "svg", "wbr"}
_BARE = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)  # what a selector can name without an escape


class _RowKind(NamedTuple):
    """What blocks of one kind have in common."""

    parent: str  # selector of the parent
    tag: str
    classes: str


class _Group(NamedTuple):
    """Blocks of one kind, or of several that share most classes."""

    parent: str
    tag: str
    classes: list[str]
    nodes: list[Node]


def html_rows(html: Html) -> list[RowsFound]:
    """The candidates of a page, best first. Of nested blocks, only the outermost repeated one counts."""
    found: dict[str, RowsFound] = {}
    elements = list(islice(html.root.traverse(include_text=False), MAX_ELEMENTS)) if html.root else []
    for group in _groups(elements):
        if (selector := _selector(html, group, whole=len(elements) < MAX_ELEMENTS)) and selector not in found:
            fields = _fields(group.nodes)
            if fields:
                found[selector] = rows_found("html", selector, len(html.css(selector)), fields)
    return sorted(found.values(), key=lambda each: (-each.score, -len(each.fields)))


def _groups(elements: list[Node]) -> list[_Group]:
    """Kinds of block that occur at least twice under one parent, the most frequent first."""
    under: Counter[tuple[int, _RowKind]] = Counter()
    alike: defaultdict[_RowKind, list[Node]] = defaultdict(list)
    for node in elements:
        if (parent := node.parent) is not None and node.tag not in _IGNORED:
            kind = _RowKind(_simple(parent), node.tag or "", node.attributes.get("class") or "")
            under[parent.mem_id, kind] += 1
            alike[kind].append(node)
    repeated = {kind for (_, kind), count in under.items() if count > 1}
    groups: list[_Group] = []
    for kind in sorted(alike, key=lambda kind: (kind not in repeated, -len(alike[kind])))[:MAX_KINDS]:
        if not _joined(kind, alike[kind], groups) and kind in repeated and len(groups) < MAX_GROUPS:
            groups.append(_Group(kind.parent, kind.tag, kind.classes.split(), alike[kind]))
    return groups


def _joined(kind: _RowKind, nodes: list[Node], groups: list[_Group]) -> bool:
    """Adds blocks to a group that differs only in a few classes, such as alternating or last rows."""
    names = kind.classes.split()
    for group in groups:
        if (group.parent, group.tag) == (kind.parent, kind.tag):
            shared = [name for name in group.classes if name in names]
            if shared and 2 * len(shared) >= max(len(names), len(group.classes)):
                group.classes[:] = shared
                group.nodes.extend(nodes)
                return True
    return False


def _simple(node: Node) -> str:
    """A selector of the node by its id or its first plain class, else by its tag."""
    attributes = node.attributes
    name = attributes.get("id") or ""
    if _BARE.fullmatch(name):
        return f"{node.tag}#{name}"
    classes = (attributes.get("class") or "").split()
    return next((f"{node.tag}.{name}" for name in classes if _BARE.fullmatch(name)), node.tag or "*")


def _selector(html: Html, group: _Group, *, whole: bool) -> str:
    """The shortest selector that matches exactly these blocks; "" if no tried selector does.

    `whole`: whether the whole page was scanned; otherwise more such blocks may follow.
    """
    cells = group.tag == "tr"  # header rows do not count
    wanted = sum(node.css_first("td") is not None for node in group.nodes) if cells else len(group.nodes)
    bare = [name for name in group.classes if _BARE.fullmatch(name)][:8]
    plain = [f"{group.tag}.{name}" for name in bare]
    plain += [f"{group.tag}.{'.'.join(bare)}"] if len(bare) > 1 else []
    tried = [*plain, *(f"{group.parent} > {each}" for each in (group.tag, *plain))]
    tried = [f"{each}:has(td)" for each in tried] if cells else tried
    usable = (each for each in tried if wanted > 1 and len(each) <= LONGEST_ROWS and can_be_quoted(each))
    counts = ((selector, len(html.css(selector))) for selector in usable)
    return next((selector for selector, count in counts if count == wanted or (not whole and count > wanted)), "")


def _fields(nodes: list[Node]) -> dict[str, str]:
    """Selector within a block -> the first sample of its text; for "a[href]" the URL."""
    fields: dict[str, str] = {}
    for node in nodes[:SAMPLED]:
        for selector, text in _inside(node):
            if len(fields) < MAX_FIELDS or selector in fields:
                fields[selector] = fields.get(selector) or text
    return {selector: text for selector, text in fields.items() if text}


def _inside(block: Node) -> Iterator[tuple[str, str]]:
    """Yields a selector and the text of each element with its own text, including the block itself."""
    places: Counter[tuple[int, str]] = Counter()  # among the elements of its tag under its parent
    for number, node in enumerate(block.traverse(include_text=False)):
        if number > MAX_INSIDE:
            return
        parent, tag = node.parent, node.tag or ""
        if tag in _IGNORED or parent is None:
            continue
        places[parent.mem_id, tag] += 1
        text = _own_text(node)
        for selector in (_simple(node), f"{tag}:nth-of-type({places[parent.mem_id, tag]})") if text else ():
            if (first := block.css_first(selector)) is not None and first.mem_id == node.mem_id:
                yield selector, text
                break
        href = node.attributes.get("href")
        if tag == "a" and href:
            yield "a[href]", sample(href)


def _own_text(node: Node) -> str:
    """The text of an element including its children; "" if the element has no text of its own."""
    if not sample(node.text(deep=False)):
        return ""
    return sample(node.text(separator=" ", strip=True)[:1000])
