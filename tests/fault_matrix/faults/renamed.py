"""A renamed key, class, attribute, label, part of a link, or column: hosts rename them without notice."""

import re
from collections import Counter
from collections.abc import Callable

import httpx

from tests.fault_matrix.fault import BLOCKED, CHANGED, DOWN, GOOD, Fault, Reply, is_page

WHY = (
    "What is not found is a problem, not an answer. A place may lose what the page no longer says in a way we know; "
    "none turns from YES to NO, and where most places lose their answers, all keep the last good ones."
)
_QUOTE = r"\\*[\"']"
PATTERNS = {
    "key": re.compile(rf"{_QUOTE}([A-Za-z_][A-Za-z_-]*){_QUOTE}\s*:"),
    "class": re.compile(rf"\bclass={_QUOTE}([^\"'\\> ]+)"),
    "attribute": re.compile(rf"\s([a-zA-Z][a-zA-Z-]*)={_QUOTE}"),
    "label": re.compile(r">\s*([^<>{}\d\s][^<>{}\d]{1,58}[^<>{}\d\s])\s*<"),
    "link": re.compile(rf"\b(?:href|action)={_QUOTE}[^\"'\\>]*?([a-zA-Z_-]{{4,}})"),
    "column": re.compile(r"(?:^|(?<=,))([^,\r\n]+)(?=,|\r|\n)"),
    "property": re.compile(r"^([A-Z-]{3,})[:;]", re.MULTILINE),
}
# most rows lack a mark that hides them, so nobody can notice that it was renamed
_UNFIT = re.compile(r"\d|show|display", re.IGNORECASE)
WHERE = {"the most frequent": 0.0, "a frequent": 0.25, "a usual": 0.5, "a rare": 0.75, "the rarest": 1.0}


def _names(reply: Reply, what: str) -> list[str]:
    if not is_page(reply):
        return []
    text, kind = reply.text, reply.kind
    fits = {"key": kind != "html" or "{" in text, "column": kind == "lines", "property": kind == "lines"}
    if not fits.get(what, kind == "html"):
        return []
    if what == "column":
        text = text.partition("\n")[0] + "\n"
        if "," not in text or "{" in text:
            return []
    found = Counter(name for name in PATTERNS[what].findall(text) if not _UNFIT.search(name))
    return [name for name, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


def _name(reply: Reply, what: str, where: float) -> str:
    names = _names(reply, what)
    return names[round(where * (len(names) - 1))] if names else ""


def _renamed(what: str, where: float) -> Callable[[Reply], httpx.Response]:
    def respond(reply: Reply) -> httpx.Response:
        name = re.escape(_name(reply, what, where))
        text = re.sub(rf"(?<![\w-]){name}(?![\w-])", "renamed", reply.text)
        kind = f"{reply.content_type.partition(';')[0]}; charset=utf-8" if reply.content_type else ""
        return reply.respond(text, content_type=kind, etag='"renamed"')

    return respond


def _has(what: str, where: float) -> Callable[[Reply], bool]:
    return lambda reply: bool(_name(reply, what, where))


FAULTS = tuple(
    Fault(
        name=f"renamed: {where} {what}",
        why=WHY,
        outcomes=GOOD | CHANGED | DOWN | (BLOCKED if what == "link" else frozenset()),
        respond=_renamed(what, share),
        applies=_has(what, share),
        believed=True,
        turns=frozenset({"gone", "UNKNOWN", "fewer"}),
    )
    for what in PATTERNS
    for where, share in WHERE.items()
)
