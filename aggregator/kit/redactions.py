"""Finds the private values of a recording by name or shape, and replaces each with a placeholder."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from aggregator.kit.secret_patterns import PERSONAL, SECRETS, kind_in_answer, kind_in_request
from aggregator.secret_values import KEY_NAMES, PLACEHOLDER, is_distinctive, is_random, looks_secret, spellings

MAX_DEPTH = 40  # of JSON in requests
_PAIR = re.compile(r"(?:^|[?&;])([^=&#?;]{1,200})=([^&#;]*)")
_PAIR_IN_LINK = re.compile(r"""[?&;]([\w.%\[\]-]{1,60})=([^&#;"'\s<>\\]{6,2000})""")
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}")
# excludes parts of links, file names, and ids of records, which are data
_LONG = re.compile(r"(?<![\w/=%-])(?<!UID:)(?<!\"id\":\")(?<!\"id\": \")[\w-]{40,512}(?![\w@-]|\.\w{2,6}\b)", re.ASCII)
_FILE = re.compile(r".*\.[A-Za-z]\w{1,5}")
# "name": "value", name = 'value', and both inside a JSON string
_NAMED = re.compile(
    r"""(?<![\w$-])([\w$-]{2,60})\\?["']?\s{0,9}[:=]\s{0,9}\\?["']((?:[^"'\\\s<>]|\\/|\\u[0-9a-fA-F]{4}){6,4096})\\?["']"""
)
_FIELD = re.compile(r"<(?:input|meta)\b[^<>]{1,9000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(name|id|value|content)\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
# where a word begins, also after a character escaped in a URL or in JSON
_START = re.compile(r"(?:(?<![^\W_])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=\\[nrt]))(?=(...))", re.DOTALL)
_BEGINNING = 3  # characters
_CERTAIN = 12  # characters; a value of this length is never part of another word


class Redactions:
    """Private values with their placeholders. `counts`: how many there are of each kind."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts`: everything that may already contain placeholders, whose numbers are not reused."""
        self.counts: Counter[str] = Counter()
        self._last = max((int(number) for text in texts for number in PLACEHOLDER.findall(text)), default=0)
        self._placeholders: dict[str, str] = {}  # by value
        self._spelled: dict[str, str] = {}  # by the value in each encoding, in lower case
        self._beginnings: set[str] = set()
        self._lengths: set[int] = set()
        self._named: dict[re.Pattern[str], str] = {}  # for values too common to be replaced without their name

    def add(self, value: str, kind: str, name: str) -> None:
        """Adds a value. `name`: as written before the value, or ""."""
        if not value or PLACEHOLDER.fullmatch(value):
            return
        if value not in self._placeholders:
            self._last += 1
            self.counts[kind] += 1
            self._placeholders[value] = _placeholder(value, self._last)
        if not _is_common(value, kind):
            self._spell(value)
        elif name:
            words = "|".join(map(re.escape, sorted(spellings(value), key=len, reverse=True)))
            before = rf"(?<![\w$]){re.escape(name)}(?:\W|%22|%3A){{1,8}}"
            self._named[re.compile(rf"({before})(?:{words})(?![^\W_])")] = self._placeholders[value]

    def add_known(self, key: str) -> None:
        """Adds a known key. Its placeholder is never a number, so that a replay recognizes it."""
        if not key or PLACEHOLDER.fullmatch(key) or key.lower() in self._spelled:
            return
        self._last += 1
        self.counts[SECRETS] += 1
        self._placeholders[key] = f"scrubbed-{self._last}"
        if is_distinctive(key):
            self._spell(key)
        else:  # a word or a short number, which may be elsewhere on a page for other reasons
            words = "|".join(map(re.escape, sorted(spellings(key), key=len, reverse=True)))
            named = re.compile(rf"({KEY_NAMES}(?:=|%3D))(?:{words})(?![^\W_])", re.IGNORECASE)
            self._named[named] = self._placeholders[key]

    def replaced(self, text: str) -> str:
        """The text with placeholders for all values; short values are replaced only as whole words."""
        for pattern, placeholder in self._named.items():
            text = pattern.sub(rf"\g<1>{placeholder}", text)
        pieces: list[str] = []
        done = 0
        for start in _START.finditer(text) if self._spelled else ():
            at = start.start()
            if at >= done and start[1].lower() in self._beginnings and (end := self._end(text, at)):
                pieces += text[done:at], self._spelled[text[at:end].lower()]
                done = end
        return "".join((*pieces, text[done:]))

    def _spell(self, value: str) -> None:
        for spelling in spellings(value):
            self._spelled[spelling.lower()] = self._placeholders[value]
            self._beginnings.add(spelling[:_BEGINNING].lower())
            self._lengths.add(len(spelling))

    def _end(self, text: str, at: int) -> int:
        """The end of the longest value that begins at `at`, or 0."""
        for length in sorted(self._lengths, reverse=True):
            end = at + length
            if text[at:end].lower() in self._spelled and (length >= _CERTAIN or not text[end : end + 1].isalnum()):
                return end
        return 0


def find_in_request(url: str, content: str, redactions: Redactions) -> None:
    """Finds the private values of a request: named values (URL, form, JSON) and random path segments."""
    for segment in urlsplit(url).path.split("/"):
        if is_random(segment, 32) and not _FILE.fullmatch(segment):
            redactions.add(segment, SECRETS, "")
    document = _json(content)
    texts = (url,) if document is not None else (url, content)
    values = [(name, unquote_plus(value)) for text in texts for name, value in _PAIR.findall(text)]
    for name, value in (*values, *_leaves(document)):
        found = list(_leaves(_json(value))) or [(name, value)]
        for inner, leaf in found:
            if kind := kind_in_request(unquote_plus(inner), leaf):
                redactions.add(leaf, kind, inner)


def find_in_text(text: str, redactions: Redactions) -> None:
    """Finds everything with the shape or the name of a secret, in requests and answers."""
    for token in _JWT.findall(text):
        redactions.add(token, SECRETS, "")
    for name, written in _NAMED.findall(text):
        value = _unescaped(written)
        if kind := kind_in_answer(name, value):
            redactions.add(value, kind, name)
    for tag in _FIELD.findall(text):
        attributes = {name.lower(): html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        name, value = attributes.get("name") or attributes.get("id", ""), attributes.get("value", "")
        value = value or attributes.get("content", "")
        if kind := kind_in_answer(name, value):
            redactions.add(value, kind, name)
    for name, value in _PAIR_IN_LINK.findall(text):
        if kind := kind_in_answer(unquote_plus(name), unquote_plus(value)):
            redactions.add(unquote_plus(value), kind, name)
    for long in _LONG.findall(redactions.replaced(text)):
        if is_random(long, 40):
            redactions.add(long, SECRETS, "")


def _leaves(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Name and text of each plain value of a JSON document; a personal name also applies to all values inside."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            named = name if kind_in_request(name, "somebody") == PERSONAL else str(key)
            yield from _leaves(inner, named, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name, depth + 1)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield name, str(value)


def _json(text: str) -> Any:
    """The document if the text is a JSON object or list, else None."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _unescaped(written: str) -> str:
    try:
        return str(json.loads(f'"{written}"'))
    except ValueError:
        return written


def _placeholder(value: str, number: int) -> str:
    """A placeholder. Digits are replaced by as many digits, because a number in JSON has no quotes."""
    if not (value.isascii() and value.isdigit()):
        return f"scrubbed-{number}"
    return str(10 ** len(value) - number) if number < 10 ** (len(value) - 1) else "9" * len(value)


def _is_common(value: str, kind: str) -> bool:
    """Whether the value is too common to be replaced everywhere: "Al", "1950", "morning"."""
    if len(value) < _BEGINNING or (value.isdigit() and len(value) < 6):
        return True
    return kind != PERSONAL and not looks_secret(value, 6)
