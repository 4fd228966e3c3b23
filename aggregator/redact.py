"""Takes keys and credentials out of what is published or logged: all that may show of a URL is scheme, host, and path.

`AggregatorError` and `excerpt` call `redacted` themselves, and so does the log; text that goes another way has to.
"""

import re
from collections.abc import Iterable
from unicodedata import category
from urllib.parse import unquote_plus, urlsplit

HIDDEN = "…"
MIN_KEY_LENGTH = 8

_URL = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,20}:(?:\\*/){2}[^\s\"'<>]+", re.IGNORECASE)
_QUERY = re.compile(r"(?<=[\w/])\?[\w.%\[\]-]+=[^\s\"'<>]*")
_KEY_NAME = re.compile(
    r"(?:^|[^a-z])(?:api|access|auth|client|subscription)?[-_]?(?:key|token|sig|signature|secret|passw(?:or)?d|pwd)$",
    re.IGNORECASE,
)
_PUNCTUATION = ".,;:)]"  # after a URL it belongs to the sentence


def shown_url(url: str) -> str:
    """Scheme, host, and path of a URL. A query, a fragment, or the name before an "@" may be a key."""
    scheme, mark, rest = re.split(r"[?#]", re.sub(r"(?<!\\)\\++/", "/", url), maxsplit=1)[0].partition("://")
    authority, slash, path = rest.partition("/")
    return printable(f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path.partition(';')[0]}")


def redacted(text: str) -> str:
    """The text with every URL as `shown_url` shows it, also a relative one, and with control characters escaped."""
    if ":" in text and "/" in text:
        text = _URL.sub(_shown, text)
    if "?" in text:
        text = _QUERY.sub(_end, text)
    return printable(text)


def printable(text: str) -> str:
    """The text with everything escaped that could move a terminal's cursor; line breaks stay."""
    if text.isprintable():
        return text
    return "".join(_escaped(one) if _moves_cursor(one) else one for one in text)


def keys_in(url: str, *, named: bool = False) -> tuple[str, ...]:
    """The values in a URL's query that may be a key, as written and decoded: no short ones, and no plain words.

    `named`: those whose name says that they are one, whatever they look like.
    """
    found: dict[str, None] = {}
    for pair in urlsplit(url).query.split("&"):
        name, _, value = pair.partition("=")
        is_key = bool(value and _KEY_NAME.search(unquote_plus(name)))
        if is_key or (not named and len(value) >= MIN_KEY_LENGTH and not unquote_plus(value).isalpha()):
            found |= {value: None, unquote_plus(value): None}
    return tuple(found)


def without(keys: Iterable[str], text: str) -> str:
    """The text with each of these values hidden: a host may repeat the address that it was asked at."""
    for key in keys:
        text = text.replace(key, HIDDEN)
    return text


def _shown(found: re.Match[str]) -> str:
    url = found[0].rstrip(_PUNCTUATION)
    return shown_url(url) + found[0][len(url) :]


def _end(found: re.Match[str]) -> str:
    return found[0][len(found[0].rstrip(_PUNCTUATION)) :]


def _moves_cursor(character: str) -> bool:
    kind = category(character)  # C: control characters, direction marks, halves of a character; Zl, Zp: line breaks
    return character != "\n" and (kind.startswith("C") or kind in {"Zl", "Zp"})


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
