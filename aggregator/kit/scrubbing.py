"""Scrubs a recording: removes secrets, personal input, and positions.

A value gets the same placeholder everywhere (URLs, requests, answers), so that a scrubbed visit still replays. Digits
become other digits, so that JSON stays valid. Only headers that describe the body are kept. Reports list kinds, counts,
and names of headers, never a value.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from aggregator.har import Exchange
from aggregator.kit.redactions import Redactions, find_in_request, find_in_text
from aggregator.kit.secret_patterns import SECRETS
from aggregator.secret_values import looks_secret

EMAILS, POSITIONS, COOKIES, HEADERS = "e-mail addresses", "exact positions", "cookies", "unusual request headers"
NOBODY = "someone"  # at example.org
KEPT_HEADERS = frozenset({
    "age", "cache-control", "content-disposition", "content-type", "date", "expires", "last-modified", "link",
    "location", "retry-after",
})  # fmt: skip
_OF_COOKIES = frozenset({"cookie", "set-cookie"})
_OF_ALL_BROWSERS = re.compile(
    r":|accept|cache-control$|connection$|content-|dnt$|host$|if-|origin$|pragma$|priority$|range$|referer$|sec-|te$"
    r"|upgrade|user-agent$|x-client-data$"
)
_EMAIL = re.compile(
    r"(?<![\w.+%-])(?<!UID:)[\w.+%-]{1,64}(@|%40|\\u0040)((?:[\w-]{1,63}\.){1,8}"
    r"(?!(?:png|jpe?g|gif|svg|webp|css|js)\b)[A-Za-z]{2,24})\b",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"(?:(?<![\w.])|(?<=%[0-9A-Fa-f]{2}))\d{1,3}\.\d{3,}(?![\w.])")
_CREDENTIALS = re.compile(r"""(?<=://)[^/?#@\s"'<>,]{1,200}@""")


class Scrubbed(NamedTuple):
    """A scrubbed recording. `counts`: removed values by kind. `asked_with`: unusual headers, which may be required."""

    exchanges: tuple[Exchange, ...]
    counts: Counter[str]
    asked_with: tuple[str, ...]

    def sentences(self) -> list[str]:
        """The summary for the person who made the recording."""
        removed = ", ".join(f"{kind} ({count})" for kind, count in self.counts.most_common())
        lines = [f"scrubbed: {removed}" if removed else "scrubbed nothing: found no secrets and no personal details"]
        if self.asked_with:
            lines.append(
                f"the browser also sent {', '.join(self.asked_with)}; if the host refuses requests without them, find "
                "out where its page gets the values, and set those that are the same for everybody under `headers` of "
                "the source"
            )
        return lines


def scrub(
    exchanges: Sequence[Exchange],
    *,
    sent: Iterable[tuple[str, str]] = (),
    keys: Iterable[str] = (),
    by_person: bool = True,
) -> Scrubbed:
    """Scrubs the exchanges. `sent`: their request headers, whose values may recur elsewhere. `keys`: known secrets.

    Without `by_person`, our own program sent the requests, from a region file and earlier answers. Nobody typed
    anything then, and a replay sends the same again, so in requests only values from answers are replaced.
    """
    headers = [(name.lower(), value) for name, value in sent]
    asked = [text for exchange in exchanges for text in _asked(exchange)]
    answered = [text for exchange in exchanges for text in _answered(exchange)]
    texts = asked + answered
    redactions = Redactions(texts)
    for key in sorted(
        keys, key=lambda key: "%" in key
    ):  # percent-encoded ones last, because they may repeat a known key
        redactions.add_known(key)
    unusual = _read_headers(headers, redactions)
    positions: dict[str, str] = {}
    if by_person:
        positions = _positions(asked)
        for exchange in exchanges:
            find_in_request(*_asked(exchange), redactions)
    for text in texts if by_person else answered:
        find_in_text(text, redactions)
    counts = Counter({COOKIES: sum(name in _OF_COOKIES for name, _ in headers), POSITIONS: len(positions)})
    counts[HEADERS] = sum(name in unusual for name, _ in headers)
    counts[EMAILS] = len({found[0].lower() for text in texts for found in _EMAIL.finditer(text) if not _is_ours(found)})

    def clean(text: str) -> str:
        text = _EMAIL.sub(rf"{NOBODY}\g<1>example.org", redactions.replaced(_CREDENTIALS.sub("", text)))
        return _DECIMAL.sub(lambda found: positions.get(found[0], found[0]), text) if positions else text

    scrubbed = tuple(_changed(exchange, clean) for exchange in exchanges)
    return Scrubbed(scrubbed, +(redactions.counts + counts), tuple(sorted(unusual)))


def _read_headers(headers: Iterable[tuple[str, str]], redactions: Redactions) -> set[str]:
    """The names of unusual headers; secrets in any header are added to `redactions`."""
    unusual: set[str] = set()
    for name, value in headers:
        if name in _OF_COOKIES:
            parts = value.partition(";")[:1] if name == "set-cookie" else value.split(";")
            words = [part.partition("=")[2].strip().strip('"') for part in parts]
        elif _OF_ALL_BROWSERS.match(name):
            continue
        else:
            unusual.add(name)
            words = value.split()
        for word in words:
            if looks_secret(word, 16):
                redactions.add(word, SECRETS, "")
    return unusual


def _asked(exchange: Exchange) -> tuple[str, str]:
    """Address and content."""
    return exchange.request.url, _decoded(exchange.request.content)[0]


def _answered(exchange: Exchange) -> tuple[str, ...]:
    return *exchange.answer.headers.values(), _decoded(exchange.answer.body)[0]


def _positions(asked: Iterable[str]) -> dict[str, str]:
    """Each exact coordinate in the requests -> the same rounded to about a kilometer."""
    found = {number for text in asked for number in _DECIMAL.findall(text) if float(number) <= 180}
    return {number: f"{float(number):.2f}" for number in found}


def _changed(exchange: Exchange, clean: Callable[[str], str]) -> Exchange:
    asked, answer = exchange
    content, codec = _decoded(asked.content)
    body, body_codec = _decoded(answer.body)
    headers = {name: clean(value) for name, value in answer.headers.items() if name in KEPT_HEADERS}
    return Exchange(
        replace(asked, url=clean(asked.url), content=clean(content).encode(codec), tokens=()),
        replace(answer, url=clean(answer.url), headers=headers, body=clean(body).encode(body_codec)),
    )


def _decoded(body: bytes) -> tuple[str, str]:
    """The text of a body, and the codec that encodes it to the same bytes."""
    for codec in ("utf-16", "utf-8") if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else ("utf-8",):
        try:
            return body.decode(codec), codec
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1"), "latin-1"


def _is_ours(found: re.Match[str]) -> bool:
    return found[0].lower().startswith(NOBODY) and found[2].lower() == "example.org"
