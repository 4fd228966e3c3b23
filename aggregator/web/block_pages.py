"""Recognizes answers that are not the expected page: a waiting room, a block, or an outage.

Reads English, Spanish, and French. `verdict` is only for answers already known not to be the real page. It searches the
title and headings for telling words; in the rest of the page only marks count that no real page has. So a page that
merely contains a captcha widget or mentions maintenance stays CHANGED, for the adapter's author to look at.
"""

import re
from typing import NamedTuple

from aggregator.charset import decode_body
from aggregator.errors import Refused, Throttled, Unreachable, VisitError, WaitingRoom, excerpt
from aggregator.model import Answer
from aggregator.web.page_text import visible_text
from aggregator.web.urls import parse_url
from aggregator.web.wait_time import wait_minutes

MAX_SEARCHED = 64 * 1024  # bytes of a page
_OPENING = 300  # characters that replace title and headings if a page has none

_QUEUE_HOST = re.compile(r"(^|\.)queue-it\.net$", re.IGNORECASE)
_QUEUE = re.compile(r"waiting[-_]?room", re.IGNORECASE)


class _Kind(NamedTuple):
    error: type[VisitError]
    message: str
    heads: re.Pattern[str]  # searched in title and headings
    marks: re.Pattern[str]  # searched in the whole page


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words))  # of lower-case text: with IGNORECASE, a search takes ten times as long


_WAITING = _Kind(
    WaitingRoom,
    "has a waiting room ({seen}); we never wait in it, the next visit tries again",
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
    "blocks us ({seen}); open it in a browser, and ask its operator for permission",
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
    "says that we send too many requests ({seen}); the next visit tries again",
    _any(r"too many requests", r"\brate[ -]limit(?:ed|ing)?\b"),
    _any(r"you are being rate limited"),
)
_BROKEN = _Kind(
    Unreachable,
    "is out of order ({seen}); the next visit tries again",
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
    """The error that an unexpected page stands for: WaitingRoom, Refused, Throttled, or Unreachable; None if unclear.

    A WaitingRoom has the site's own estimate of the wait if its page states one.
    """
    page = decode_body(answer.body[:MAX_SEARCHED], answer.headers.get("content-type", ""))
    kind, seen = _recognized(answer, _heads(page), page)
    if kind is None:
        return None
    stated = wait_minutes(page) if kind is _WAITING else None
    return kind.error(f"{answer.url} {kind.message.format(seen=seen)}", wait_minutes=stated)


def redirected_to_queue(url: str) -> bool:
    """Whether a URL is that of a waiting room."""
    parts = parse_url(url)
    return bool(_QUEUE_HOST.search(parts.host) or _QUEUE.search(parts.host + parts.path))


def _recognized(answer: Answer, heads: str, page: str) -> tuple[_Kind | None, str]:
    """The kind of an answer, and the evidence for it."""
    if redirected_to_queue(answer.url):
        return _WAITING, "by its URL"
    if answer.headers.get("cf-mitigated", "").lower() == "challenge":
        return _REFUSED, "a Cloudflare challenge"
    heads, page = heads.lower(), page.lower()
    found = [(kind, match[0]) for kind in _KINDS if (match := kind.heads.search(heads))]
    found += [(kind, match[0]) for kind in _KINDS if (match := kind.marks.search(page))]
    kind, seen = found[0] if found else (None, "")
    if answer.status in {401, 403} and kind is not _WAITING:
        return _REFUSED, f"status {answer.status}"
    return kind, excerpt(seen)


def _heads(page: str) -> str:
    """The text of title and headings; without any, the beginning of the visible text."""
    heads: list[str] = []
    rest: list[str] = []
    for tag, text in visible_text(page):
        (heads if tag else rest).append(text)
    head, text = (" ".join(" ".join(parts).split()) for parts in (heads, rest))
    return head or text[:_OPENING]
