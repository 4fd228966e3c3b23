"""The private values of a recording, found by name or shape, each with the placeholder that stands for it."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from aggregator.kit.secret_patterns import PERSONAL, SECRETS, kind_in_answer, kind_in_request
from aggregator.secret_values import KEY_NAMES, PLACEHOLDER, is_distinctive, is_random, looks_secret, spellings

MAX_DEPTH = 40  # of JSON that was sent
_PAIR = re.compile(r"(?:^|[?&;])([^=&#?;]{1,200})=([^&#;]*)")
_PAIR_IN_LINK = re.compile(r"""[?&;]([\w.%\[\]-]{1,60})=([^&#;"'\s<>\\]{6,2000})""")
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}")
# not in a link, which is data, not the name of a file, and not an id that data are known by
_LONG = re.compile(r"(?<![\w/=%-])(?<!UID:)(?<!\"id\":\")(?<!\"id\": \")[\w-]{40,512}(?![\w@-]|\.\w{2,6}\b)", re.ASCII)
_FILE = re.compile(r".*\.[A-Za-z]\w{1,5}")
# "name": "value", name = 'value', and both inside a JSON string
_NAMED = re.compile(
    r"""(?<![\w$-])([\w$-]{2,60})\\?["']?\s{0,9}[:=]\s{0,9}\\?["']((?:[^"'\\\s<>]|\\/|\\u[0-9a-fA-F]{4}){6,4096})\\?["']"""
)
_FIELD = re.compile(r"<(?:input|meta)\b[^<>]{1,9000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(name|id|value|content)\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
# where a word begins, also behind what is escaped in an address or in JSON
_START = re.compile(r"(?:(?<![^\W_])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=\\[nrt]))(?=(...))", re.DOTALL)
_BEGINNING = 3  # characters
_CERTAIN = 12  # characters from which on a value is no part of another word


class Finds:
    """Values with their placeholders; `counts` is how many there are of each kind."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts`: all that may already hold placeholders, which keep their numbers."""
        self.counts: Counter[str] = Counter()
        self._last = max((int(number) for text in texts for number in PLACEHOLDER.findall(text)), default=0)
        self._placeholders: dict[str, str] = {}  # of values
        self._spelled: dict[str, str] = {}  # of values as they may be written, in lower case
        self._beginnings: set[str] = set()
        self._lengths: set[int] = set()
        self._named: dict[re.Pattern[str], str] = {}  # of values too common to be replaced without their name

    def add(self, value: str, kind: str, name: str) -> None:
        """`name` as it is written before the value."""
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
        """A value that is known to be a key. Its placeholder is never a number, so that a replay can tell it is one."""
        if not key or PLACEHOLDER.fullmatch(key) or key.lower() in self._spelled:
            return
        self._last += 1
        self.counts[SECRETS] += 1
        self._placeholders[key] = f"scrubbed-{self._last}"
        if is_distinctive(key):
            self._spell(key)
        else:  # a word or a short number, which a page has for other reasons
            words = "|".join(map(re.escape, sorted(spellings(key), key=len, reverse=True)))
            named = re.compile(rf"({KEY_NAMES}(?:=|%3D))(?:{words})(?![^\W_])", re.IGNORECASE)
            self._named[named] = self._placeholders[key]

    def replaced(self, text: str) -> str:
        """The text with a placeholder for each value; a short one only where it is a whole word."""
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
        """Where the longest value ends that begins at `at`; 0 where none does."""
        for length in sorted(self._lengths, reverse=True):
            end = at + length
            if text[at:end].lower() in self._spelled and (length >= _CERTAIN or not text[end : end + 1].isalnum()):
                return end
        return 0


def find_in_request(url: str, content: str, finds: Finds) -> None:
    """What was sent: named values of the address, of a form or of JSON, and long random parts of the path."""
    for segment in urlsplit(url).path.split("/"):
        if is_random(segment, 32) and not _FILE.fullmatch(segment):
            finds.add(segment, SECRETS, "")
    document = _json(content)
    texts = (url,) if document is not None else (url, content)
    values = [(name, unquote_plus(value)) for text in texts for name, value in _PAIR.findall(text)]
    for name, value in (*values, *_leaves(document)):
        found = list(_leaves(_json(value))) or [(name, value)]
        for inner, leaf in found:
            if kind := kind_in_request(unquote_plus(inner), leaf):
                finds.add(leaf, kind, inner)


def find_in_text(text: str, finds: Finds) -> None:
    """What has the shape or the name of a secret anywhere, in requests and in answers."""
    for token in _JWT.findall(text):
        finds.add(token, SECRETS, "")
    for name, written in _NAMED.findall(text):
        value = _unescaped(written)
        if kind := kind_in_answer(name, value):
            finds.add(value, kind, name)
    for tag in _FIELD.findall(text):
        attributes = {name.lower(): html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        name, value = attributes.get("name") or attributes.get("id", ""), attributes.get("value", "")
        value = value or attributes.get("content", "")
        if kind := kind_in_answer(name, value):
            finds.add(value, kind, name)
    for name, value in _PAIR_IN_LINK.findall(text):
        if kind := kind_in_answer(unquote_plus(name), unquote_plus(value)):
            finds.add(unquote_plus(value), kind, name)
    for long in _LONG.findall(finds.replaced(text)):
        if is_random(long, 40):
            finds.add(long, SECRETS, "")


def _leaves(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Name and text of each single value of a JSON document; what has a personal name passes it on to what it holds."""
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
    """The document where the text is a JSON object or list, else None."""
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
    """Digits stay digits of the same length: a number in JSON has no quotes that a word would need."""
    if not (value.isascii() and value.isdigit()):
        return f"scrubbed-{number}"
    return str(10 ** len(value) - number) if number < 10 ** (len(value) - 1) else "9" * len(value)


def _is_common(value: str, kind: str) -> bool:
    """Whether the value alone says too little: "Al", "1950", "morning"."""
    if len(value) < _BEGINNING or (value.isdigit() and len(value) < 6):
        return True
    return kind != PERSONAL and not looks_secret(value, 6)
