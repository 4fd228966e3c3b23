"""Filters a browser's recording down to the answers of the booking system, with a reason for all other entries.

Kept entries are GET or POST requests with a text answer that can be replayed. Repeated requests are kept once, with the
longest answer. Redirects are dropped, because their target has its own entry.
"""

from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from aggregator.errors import ConfigError
from aggregator.har import Exchange, read_har
from aggregator.kit.entries import WEB, BrowserEntry, Recorded, seen
from aggregator.kit.noise import is_analytics, unwanted_kind
from aggregator.redact import keys_in, without
from aggregator.web import REDIRECTS

ANALYTICS = "analytics"
AGAIN = "asked again"
NAMED_HOSTS = 3


class Sifted(NamedTuple):
    """A filtered recording. `kept`: the answers in order. `sent`: the browser's headers for them, and its cookies."""

    kept: tuple[Exchange, ...]
    sent: tuple[tuple[str, str], ...]
    dropped: dict[str, Counter[str]]  # reason -> host -> how many

    def sentence(self) -> str:
        """Says what was dropped and why: "dropped 26: 22 images, 4 analytics (watcher.example)"."""
        counts = sorted(((counts.total(), reason) for reason, counts in self.dropped.items()), reverse=True)
        reasons = ", ".join(f"{count} {self._named(reason)}" for count, reason in counts)
        return f"dropped {sum(count for count, _ in counts)}: {reasons}" if reasons else "dropped nothing"

    def _named(self, reason: str) -> str:
        if reason != ANALYTICS:
            return reason
        hosts = [host for host, _ in self.dropped[reason].most_common()]
        return f"{reason} ({', '.join(hosts[:NAMED_HOSTS])}{', …' if len(hosts) > NAMED_HOSTS else ''})"


def sift(path: Path) -> Sifted:
    """Filters a HAR file; ConfigError if it cannot be read or contains no answer."""
    entries = read_har(path, Recorded).log.entries
    dropped: defaultdict[str, Counter[str]] = defaultdict(Counter)
    kept: dict[tuple[str, str, bytes], Exchange] = {}
    sent: list[tuple[str, str]] = []
    for raw in entries:
        entry = seen(raw)
        if entry is None:
            dropped["unreadable"][""] += 1
            continue
        if reason := _why_not(entry):
            dropped[reason][entry.host] += 1
            continue
        exchange = entry.exchange()
        same = (exchange.request.method, exchange.request.url, exchange.request.content)
        if same in kept:
            dropped[AGAIN][entry.host] += 1
        if same not in kept or len(kept[same].answer.body) < len(exchange.answer.body):
            kept[same] = exchange
        given = [pair for pair in entry.response.headers if pair.name.lower() == "set-cookie"]
        sent += [(pair.name, pair.value) for pair in (*entry.request.headers, *given)]
    sifted = Sifted(tuple(kept.values()), tuple(sent), dict(dropped))
    if not kept:
        raise ConfigError(
            f"{path}: none of its {len(entries)} entries is an answer ({sifted.sentence()}); record again: open the "
            'developer tools, tick "Preserve log", load the page until its list shows, and export a HAR "with content"'
        )
    return sifted


def position_of(url: str, exchanges: tuple[Exchange, ...]) -> int:
    """Index of the exchange with the URL `url`, or of the only one whose URL contains it; else ConfigError."""
    addresses = [exchange.request.url for exchange in exchanges]
    found = [number for number, each in enumerate(addresses) if each == url.partition("#")[0]]
    found = found or [number for number, each in enumerate(addresses) if url in each]
    if len(found) != 1:
        shown = [without(keys_in(each, named=True), each) for each in addresses]
        raise ConfigError(f"--url {url} matches {len(found)} answers; give one of these:", shown)
    return found[0]


def _why_not(entry: BrowserEntry) -> str:
    """Why an entry is not an answer; "" if it is one."""
    method, url = entry.request.method.upper(), entry.request.url
    if not url.startswith(WEB):
        return "not of the web"
    if is_analytics(url):
        return ANALYTICS
    if method not in {"GET", "POST"}:
        return "preflights" if method == "OPTIONS" else "asked otherwise than with GET or POST"
    return unwanted_kind(entry.resource_type or "", entry.content_type, is_json=entry.is_json) or _without_text(entry)


def _without_text(entry: BrowserEntry) -> str:
    status, body = entry.response.status, entry.body
    if status in REDIRECTS:
        return "redirects"
    if status not in {200, 204, 304}:
        return "failed"
    if not body.strip():
        return "saved without their content" if entry.response.content.size else "without an answer"
    return "not text" if b"\0" in body else ""
