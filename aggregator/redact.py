"""Redacts keys and credentials in everything published or logged: of a URL only scheme, host, and path are shown.

Every URL that we output goes through `shown_url`. `AggregatorError`, `excerpt`, `described`, and the log call
`redacted` themselves; any other output has to. A host may repeat the URL of a request in its answer, in any encoding,
so a visit also hides the values that `keys_in` finds in the settings of its source (`without`).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import NamedTuple
from unicodedata import category
from urllib.parse import unquote

from aggregator.secret_values import SHORT, key_in_segment, keys_in, spellings

__all__ = ["HIDDEN", "has_userinfo", "holds_key", "keys_in", "printable", "redacted", "shown_url", "without"]

HIDDEN = "…"
_PART = 6  # characters; a shorter beginning of a key, left where a text was cut, gives nothing away
_LONG = 200  # characters of a key that are compared; what follows is hidden up to a space or a quotation mark
_URL = re.compile(
    r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,20}(?::|%3a)(?:(?:\\*/){2}|(?:%2f){2})[^\s\"'<>]+", re.IGNORECASE
)
_USERINFO = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,20}:(?:\\*/){2}[^\s/?#\\\"'<>]*@", re.IGNORECASE)
_LOGIN = re.compile(r"(?<![\w.+-])(?!mailto:)[\w.+-]{1,64}:[^\s@/:,;\"'<>]{1,200}@(?=\w)", re.IGNORECASE)
_QUERY = re.compile(r"(?<=[\w/])\?[\w.%\[\]-]+=[^\s\"'<>]*")
_START = r"(?:(?<![^\W_])|(?<=%[0-9A-F]{2}))"  # of a word, also after a percent-encoded character
_UNUSUAL = re.compile(r"[^\n -~]")
_PUNCTUATION = ".,;:)]"  # after a URL it belongs to the sentence
_CUT = ("", HIDDEN, "'", '"')  # what may follow the point where a text was cut


def shown_url(url: str) -> str:
    """Scheme, host, and path of a URL. Query, fragment, user info, and random path segments may be keys."""
    if "://" not in url and "%2f%2f" in url.lower():
        url = unquote(url)
    scheme, mark, rest = re.split(r"[?#]", re.sub(r"(?<!\\)\\++/", "/", url), maxsplit=1)[0].partition("://")
    authority, slash, path = rest.partition("/")
    shown = _shown_path(path.partition(";")[0])
    return printable(f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{shown}")


def redacted(text: str) -> str:
    """The text with every URL, also a relative one, as `shown_url` shows it.

    `name:password@host` without a scheme is hidden, too, and control characters are escaped.
    """
    if ("/" in text and ":" in text) or "%" in text:
        text = _URL.sub(_shown, text)
    if "@" in text:
        text = _LOGIN.sub(f"{HIDDEN}@", text)
    if "?" in text:
        text = _QUERY.sub(_end, text)
    return printable(text)


def printable(text: str) -> str:
    """The text with every character escaped that could move a terminal's cursor, except line breaks."""
    if text.isprintable():
        return text
    return _UNUSUAL.sub(lambda found: _escaped(found[0]) if _moves_cursor(found[0]) else found[0], text)


def has_userinfo(text: str) -> bool:
    """Whether a URL in the text contains a user name or a password."""
    return bool(_USERINFO.search(text))


def without(keys: Iterable[str], text: str) -> str:
    """The text with each of these values hidden, in any encoding, also if only its beginning is left."""
    spelled = _spelled(tuple(keys))
    if spelled.pattern is None:
        return text
    text = spelled.pattern.sub(HIDDEN, text)
    for key in spelled.texts:
        if len(key) > _PART:
            text = _without_beginnings(key, text)
    return text


def holds_key(keys: Iterable[str], text: str) -> bool:
    """Whether one of these values is in the text, in any encoding."""
    pattern = _spelled(tuple(keys)).pattern
    return pattern is not None and pattern.search(text) is not None


def _without_beginnings(key: str, text: str) -> str:
    """The text with every beginning of a key hidden that ends where the text was cut."""
    pieces: list[str] = []
    done, at = 0, text.find(key[:_PART])
    while at >= 0:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(text[at : at + len(key)], key, strict=False))
        end = at + sum(1 for _ in same)
        if text[end : end + 1] in _CUT:
            pieces += text[done:at], HIDDEN
            done = end
        at = text.find(key[:_PART], max(done, at + 1))
    return "".join((*pieces, text[done:]))


class _Spelled(NamedTuple):
    """Keys in every encoding, the longest first; `pattern` is None if there are no keys."""

    texts: tuple[str, ...]
    pattern: re.Pattern[str] | None


@lru_cache(maxsize=256)
def _spelled(keys: tuple[str, ...]) -> _Spelled:
    spelled = {one[:_LONG] for key in keys for one in spellings(key[:_LONG])}
    texts = tuple(sorted(spelled, key=len, reverse=True))
    words = [_pattern(one) for one in texts]
    return _Spelled(texts, re.compile("|".join(words), re.IGNORECASE) if words else None)


def _pattern(spelling: str) -> str:
    if len(spelling) < SHORT:
        return rf"{_START}{re.escape(spelling)}(?![^\W_])"
    rest = r"[^\s\"'<>]*" if len(spelling) == _LONG else ""
    return re.escape(spelling) + rest


def _shown(found: re.Match[str]) -> str:
    url = found[0].rstrip(_PUNCTUATION)
    return shown_url(url) + found[0][len(url) :]


def _shown_path(path: str) -> str:
    segments = path.split("/")
    keys = [key_in_segment(segment, before) for before, segment in pairwise(("", *segments))]
    repeated = set(filter(None, keys))
    return "/".join(
        HIDDEN if segment in repeated else segment.removesuffix(key) + HIDDEN if key else segment
        for segment, key in zip(segments, keys, strict=True)
    )


def _end(found: re.Match[str]) -> str:
    return found[0][len(found[0].rstrip(_PUNCTUATION)) :]


def _moves_cursor(character: str) -> bool:
    kind = category(character)  # C: control characters, direction marks, halves of a character; Zl, Zp: line breaks
    return character != "\n" and (kind.startswith("C") or kind in {"Zl", "Zp"})


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
