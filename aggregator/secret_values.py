"""Recognizes secrets: by their name, by their place in a URL, or by their shape.

Every check is linear in the length of the value, also for hostile text.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote, quote_plus, unquote, unquote_plus

MIN_KEY_LENGTH = 8
SHORT = 6  # characters; a shorter value is a key only if its name says so
PLACEHOLDER = re.compile(r"scrubbed-(\d{1,9})")  # replaces a removed value in a recording

KEY_NAMES = (
    r"(?:key|token|sig|signature|secret|passw(?:or)?d|pwd|jwt|authorization|credentials?)"  # at the end of names
)
_KEY_NAME = re.compile(rf"(?:api|(?:^|_)(?:access|auth|client|app|account|subscription)?)_?{KEY_NAMES}$")
_NAME_LENGTH = 60  # characters at the end of a name that are checked
_KEY_IN_PATH = re.compile(r"(?:private|secret|key|token|auth)[-_=:.](.{8,})", re.IGNORECASE)
_RANDOM = 32  # characters; the least length of a path segment that counts as random
_SHAPE = re.compile(r"[\w+/=.~:%$-]+", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?")
_RUN = re.compile(r"[A-Za-z0-9]+")


def keys_in(url: str, *settings: Mapping[str, object], named: bool = False) -> tuple[str, ...]:
    """The values in a URL that may be keys, as written and decoded, without short values and plain words.

    `named`: only values whose name (or place in the path) marks them as a key, whatever they look like. `settings`:
    headers and options, of which only values with such a name count.
    """
    found: dict[str, None] = {}
    path, _, query = url.partition("#")[0].partition("?")
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        is_key = bool(value) and is_key_name(unquote_plus(name))
        if is_key or (not named and len(value) >= MIN_KEY_LENGTH and not unquote_plus(value).isalpha()):
            found |= {value: None, unquote_plus(value): None}
    for before, segment in pairwise(("", *(path.partition("://")[2] or path).split("/"))):
        if key := key_in_segment(segment, before, named=named):
            found |= {key: None, unquote(key): None}
    for name, text in (leaf for mapping in settings for leaf in _leaves(mapping)):
        if is_key_name(name):
            found |= dict.fromkeys(word for word in text.split() if len(word) >= SHORT and not word.isalpha())
    return tuple(found)


def key_in_segment(segment: str, before: str, *, named: bool = False) -> str:
    """The part of a path segment that may be a key: its end or all of it; "" if there is none.

    `before`: the segment before it. `named`: only a part that is marked as a key.
    """
    if (found := _KEY_IN_PATH.fullmatch(segment)) and is_random(found[1], 16):
        return found[1]
    if is_key_name(before) and looks_secret(segment, MIN_KEY_LENGTH):
        return segment
    return "" if named or not is_random(segment, _RANDOM) else segment


def is_key_name(name: str) -> bool:
    """Whether a name marks its value as a key: "apiKey", "X-Amz-Signature", "Authorization"."""
    return bool(_KEY_NAME.search(in_words(name[-_NAME_LENGTH:])))


@lru_cache(maxsize=4096)
def in_words(name: str) -> str:
    """The name in snake case: "patientFirstName" and "patient[first-name]" become "patient_first_name"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).strip("_").lower()


def looks_secret(value: str, length: int) -> bool:
    """Whether a value may be a key, not a word, date, or number: letters mixed with digits, or in both cases."""
    if len(value) < length or not _SHAPE.fullmatch(value) or _DATE.fullmatch(value) or "://" in value:
        return False
    letters = re.sub(r"[^A-Za-z]", "", value)
    mixed = len(value) >= 20 and not (letters.islower() or letters.isupper())
    return bool(letters) and (mixed or any(character.isdigit() for character in value))


def is_distinctive(key: str) -> bool:
    """Whether a known key can be told apart from the words and short numbers in any text."""
    return looks_secret(key, 4) or (len(key) >= SHORT and not key.isalpha())


def is_random(value: str, length: int) -> bool:
    """Whether a value contains a long random run of letters and digits; those of a UUID are too short."""
    if not looks_secret(value, length) or value.startswith("sha"):  # a script's integrity hash is public
        return False
    runs = [run for run in _RUN.findall(value) if any(c.isdigit() for c in run) and any(c.isalpha() for c in run)]
    return max(map(len, runs), default=0) >= min(length, 24) * 2 // 3


def spellings(value: str) -> set[str]:
    """The encodings in which the value may appear: plain, in a URL, in JSON, and in HTML."""
    escaped = json.dumps(value)[1:-1]
    dotnet = re.sub(r"[+=&<>']", lambda found: f"\\u{ord(found[0]):04x}", value)
    entities = re.sub(r"[&<>\"'`=/+]", lambda found: f"&#x{ord(found[0]):X};", value)
    decimal = re.sub(r"[&<>\"'`=/+]", lambda found: f"&#{ord(found[0])};", value)
    return {
        value, quote(value, safe=""), quote(value), quote_plus(value), quote(quote(value, safe=""), safe=""),
        escaped, escaped.replace("/", "\\/"),
        html.escape(value), html.escape(value).replace("=", "&#x3D;"), entities, decimal,
        dotnet, dotnet.replace("\\u002b", "\\u002B").replace("\\u003d", "\\u003D"),
    }  # fmt: skip


def _leaves(settings: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        elif isinstance(value, str):
            yield name, value
