"""What is a key: by its name, by its place in a URL, or by its shape.

A reader may rely on: it takes time in proportion to the length of a value, whatever that holds.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote, quote_plus, unquote, unquote_plus

MIN_KEY_LENGTH = 8
SHORT = 6  # characters; a shorter value is a key only where its name says so
PLACEHOLDER = re.compile(r"scrubbed-(\d{1,9})")  # stands in a recording for a value that was taken out

KEY_NAMES = r"(?:key|token|sig|signature|secret|passw(?:or)?d|pwd|jwt|authorization|credentials?)"  # ends of names
_KEY_NAME = re.compile(rf"(?:api|(?:^|_)(?:access|auth|client|app|account|subscription)?)_?{KEY_NAMES}$")
_NAME_LENGTH = 60  # characters of the end of a name, which say what it is
_KEY_IN_PATH = re.compile(r"(?:private|secret|key|token|auth)[-_=:.](.{8,})", re.IGNORECASE)
_RANDOM = 32  # characters of a part of a path that no person wrote
_SHAPE = re.compile(r"[\w+/=.~:%$-]+", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?")
_RUN = re.compile(r"[A-Za-z0-9]+")


def keys_in(url: str, *settings: Mapping[str, object], named: bool = False) -> tuple[str, ...]:
    """The values in a URL that may be a key, as written and decoded: no short ones, and no plain words.

    `named`: only those whose name (or whose place in the path) says that they are one, whatever they look like.
    `settings` are headers and the like: only what has a telling name counts there.
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
    """What may be a key at the end of this segment of a path, or is all of it; "" if nothing is.

    `before`: the segment before it. `named`: only what says that it is a key.
    """
    if (found := _KEY_IN_PATH.fullmatch(segment)) and is_random(found[1], 16):
        return found[1]
    if is_key_name(before) and looks_secret(segment, MIN_KEY_LENGTH):
        return segment
    return "" if named or not is_random(segment, _RANDOM) else segment


def is_key_name(name: str) -> bool:
    """Whether the name of a value says that it is a key: "apiKey", "X-Amz-Signature", "Authorization"."""
    return bool(_KEY_NAME.search(in_words(name[-_NAME_LENGTH:])))


@lru_cache(maxsize=4096)
def in_words(name: str) -> str:
    """ "patientFirstName" and "patient[first-name]" as "patient_first_name"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).strip("_").lower()


def looks_secret(value: str, length: int) -> bool:
    """Whether it is no word, date or number but may be a key: letters with digits, or in both cases."""
    if len(value) < length or not _SHAPE.fullmatch(value) or _DATE.fullmatch(value) or "://" in value:
        return False
    letters = re.sub(r"[^A-Za-z]", "", value)
    mixed = len(value) >= 20 and not (letters.islower() or letters.isupper())
    return bool(letters) and (mixed or any(character.isdigit() for character in value))


def is_no_word(key: str) -> bool:
    """Whether a value that is known to be a key can be told from the words and short numbers that any text has."""
    return looks_secret(key, 4) or (len(key) >= SHORT and not key.isalpha())


def is_random(value: str, length: int) -> bool:
    """Whether it holds a long run of letters and digits that no person wrote; those of a UUID are too short."""
    if not looks_secret(value, length) or value.startswith("sha"):  # the check of a script, the same for everybody
        return False
    runs = [run for run in _RUN.findall(value) if any(c.isdigit() for c in run) and any(c.isalpha() for c in run)]
    return max(map(len, runs), default=0) >= min(length, 24) * 2 // 3


def spellings(value: str) -> set[str]:
    """The value as it may be written in a text, an address, JSON and HTML."""
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
