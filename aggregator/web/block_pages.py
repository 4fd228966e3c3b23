"""Recognizes answers that are not the page the adapter knows: a waiting room, a block, an outage.

In English, Spanish, and French.

A reader may rely on: `verdict` is for answers already known not to be a real page. Its words are looked for in the
title and the headings first; in the rest only marks count that no real page carries, so that a page that merely holds
a captcha widget or speaks of maintenance is still CHANGED, which an adapter's author should see.
"""

import re
from typing import NamedTuple

from aggregator.charset import decode_body
from aggregator.errors import Refused, Throttled, Unreachable, VisitError, WaitingRoom, excerpt
from aggregator.model import Answer
from aggregator.web.page_text import visible
from aggregator.web.urls import address
from aggregator.web.wait_time import wait_minutes

MAX_LOOKED_AT = 64 * 1024
_OPENING = 300  # characters that stand for title and headings where a page has none

_QUEUE_HOST = re.compile(r"(^|\.)queue-it\.net$", re.IGNORECASE)
_QUEUE = re.compile(r"waiting[-_]?room", re.IGNORECASE)


class _Kind(NamedTuple):
    error: type[VisitError]
    says: str
    heads: re.Pattern[str]  # words of titles and headings
    marks: re.Pattern[str]  # anywhere in the page


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_WAITING = _Kind(
    WaitingRoom,
    "holds people in a waiting room ({seen}); we do not wait in it, the next visit looks again",
    _any(
        r"waiting[ -]?room",
        r"\bin (?:line|the queue)\b",
        r"virtual (?:line|queue)",
        r"queue-it",
        r"sala de espera",
        r"\ben la (?:fila|cola)\b",
        r"(?:fila|cola) virtual",
        r"salle d['’]attente",
        r"file (?:d['’]attente|virtuelle)",
    ),
    _any(
        r"virtual waiting room",
        r"you are (?:now )?in (?:line|(?:the |a )?queue)",
        r"sala de espera virtual",
        r"est[áa]s? (?:ahora )?en la (?:fila|cola)",
        r"salle d['’]attente virtuelle",
        r"vous êtes (?:maintenant )?dans (?:la |une )?file",
        r"queue-it\.net",
        r"cf[-_]waiting[-_]?room",
    ),
)
_REFUSED = _Kind(
    Refused,
    "turns us away ({seen}); look at it in a browser, and ask its operator before anything else",
    _any(
        r"captcha",
        r"access (?:to this page has been |is )?denied",
        r"attention required",
        r"pardon our interruption",
        r"are you (?:a )?(?:human|robot)",
        r"just a moment\.\.\.",
        r"you have been blocked",
        r"unusual traffic",
        r"forbidden|unauthorized",
    ),
    _any(
        r"cf[-_]chl[-_]",
        r"pardon our interruption",
        r"incapsula incident",
        r"px-captcha|powered by perimeterx",
        r"(?:complete|solve|enter) (?:the|this|a) captcha",
        r"verify (?:that )?you are (?:a )?human",
    ),
)
_TOO_OFTEN = _Kind(
    Throttled,
    "says that it is asked too often ({seen}); the next visit looks again",
    _any(r"too many requests", r"\brate[ -]limit(?:ed|ing)?\b"),
    _any(r"you are being rate limited"),
)
_BROKEN = _Kind(
    Unreachable,
    "is out of order ({seen}); the next visit looks again",
    _any(
        r"application error",
        r"bad gateway",
        r"gateway time-?out",
        r"internal server error",
        r"server error (?:in '/|\(5)",
        r"runtime error",
        r"something went wrong",
        r"web server is (?:down|returning an unknown error)",
        r"origin is unreachable",
        r"connection timed out",
        r"a timeout occurred",
        r"ssl handshake failed",
        r"database (?:error|connection)",
        r"(?:service|temporarily|currently) (?:is )?unavailable",
        r"(?:under|down for|scheduled|site|system) maintenance",
        r"maintenance mode",
        r"en mantenimiento|mantenimiento (?:programado|del sitio)",
        r"en maintenance|maintenance (?:programmée|du site|en cours)",
    ),
    _any(r"herokucdn\.com/error-pages", r"service (?:is )?(?:temporarily )?unavailable"),
)
_KINDS = (_WAITING, _REFUSED, _TOO_OFTEN, _BROKEN)


def verdict(answer: Answer) -> VisitError | None:
    """The error to raise for an answer that is not the page: WaitingRoom, Refused, Throttled, or Unreachable; or None.

    A WaitingRoom bears the site's own estimate of the wait where its page states one.
    """
    page = decode_body(answer.body[:MAX_LOOKED_AT], answer.headers.get("content-type", ""))
    kind, seen = _recognised(answer, _heads(page), page)
    if kind is None:
        return None
    stated = wait_minutes(page) if kind is _WAITING else None
    return kind.error(f"{answer.url} {kind.says.format(seen=seen)}", wait_minutes=stated)


def redirected_to_queue(url: str) -> bool:
    """Whether an address is that of a waiting room."""
    parts = address(url)
    return bool(_QUEUE_HOST.search(parts.host) or _QUEUE.search(parts.host + parts.path))


def _recognised(answer: Answer, heads: str, page: str) -> tuple[_Kind | None, str]:
    """The kind of an answer and what gave it away."""
    if redirected_to_queue(answer.url):
        return _WAITING, "by its address"
    if answer.headers.get("cf-mitigated", "").lower() == "challenge":
        return _REFUSED, "a Cloudflare challenge"
    found = [(kind, match[0]) for kind in _KINDS if (match := kind.heads.search(heads))]
    found += [(kind, match[0]) for kind in _KINDS if (match := kind.marks.search(page))]
    kind, seen = found[0] if found else (None, "")
    if answer.status in {401, 403} and kind is not _WAITING:
        return _REFUSED, f"status {answer.status}"
    return kind, excerpt(seen)


def _heads(page: str) -> str:
    """Text of title and headings; where there is none, the opening of all other text that a person sees."""
    heads: list[str] = []
    rest: list[str] = []
    for tag, text in visible(page):
        (heads if tag else rest).append(text)
    head, text = (" ".join(" ".join(parts).split()) for parts in (heads, rest))
    return head or text[:_OPENING]
