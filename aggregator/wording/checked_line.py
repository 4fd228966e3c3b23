"""The line that states when we last checked a source, and how reliable the answer still is. Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from aggregator.model import AvailabilityNow, Available
from aggregator.wording.calendar import LocalDates
from aggregator.wording.context import RenderContext
from aggregator.wording.words import BETWEEN


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: RFC 3339, and as text; the script puts its age before the text."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A sentence around the time when we checked `source`.

    `old`: how old the answer was when the page was made, for readers without JavaScript.
    """

    before: str
    moment: Moment | None
    source: str
    after: str = ""
    old: str = ""


def checked(current: AvailabilityNow, context: RenderContext) -> CheckedLine:
    """When we last checked, and how reliable the answer still is."""
    words, time = context.words, context.time
    if current.checked_at is None:
        return CheckedLine(words.unknown(None, expired=False), None, current.source)
    wait = words.wait(current.wait_minutes, current.attempted_at, time)
    if current.available is Available.UNKNOWN:
        reason = words.unknown(current.outcome, expired=current.expired, wait=wait)
        return CheckedLine(
            reason + BETWEEN + words.say("Last answer"), moment(current.checked_at, time), current.source
        )
    before = words.checked(current.available, stale=current.stale)
    after = words.doubt(current.outcome, stale=current.stale, wait=wait)
    old = BETWEEN + words.before_made(time.now - current.checked_at, time) if current.stale else ""
    return CheckedLine(before, moment(current.checked_at, time), current.source, after, old)


@lru_cache(maxsize=4096)  # one visit checks most places of a source at the same time
def moment(at: datetime, time: LocalDates) -> Moment:
    return Moment(iso(at, time), time.at(at))


def iso(at: datetime, time: LocalDates) -> str:
    return time.local(at).isoformat(timespec="seconds")
