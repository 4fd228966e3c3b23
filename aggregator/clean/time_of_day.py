"""Reads times of day as people write them: "9:00 am", "9.30 a.m.", "14h30", "14:30 Uhr", "noon", "T24:00:00".

All functions work on folded text (`date_names.fold`). Times count from midnight, so that 24:00 is one.
"""

import re
from datetime import timedelta
from typing import NamedTuple

HALF_DAY = timedelta(hours=12)
EARLY = 7  # "1 - 4" without am or pm may be at night or in the afternoon; from this hour on, it is in the morning

_NOON = r"noon|midday|midi|mediodia|mittags?|meio-dia|mezzogiorno"
_MIDNIGHT = r"midnight|minuit|medianoche|mitternacht|meia-noite|mezzanotte"
_AT = r"(?:(?P<at>at|from|between|entre|um|von|as|das|de|a|a las?|de las?|dalle|alle|le|om|van)\s+)?"
_UNTIL = r"to|until|till?|through|thru|and|a|as|y|e|et|al|alle|ate|hasta|bis|und|tot|jusqu'a"
_TO = rf"(?:[-–—~]|(?<=[\s\d.])(?:{_UNTIL})(?=\s))"


def _time(number: str) -> str:
    """The pattern of a time of day; the names of its groups end in `number`."""
    return (
        rf"(?:(?:12(?:[:.]00)?\s*)?(?:(?P<noon{number}>{_NOON})|(?P<midnight{number}>{_MIDNIGHT}))(?![a-z])"
        rf"|(?P<hour{number}>\d\d?)(?:(?:[:.]|(?P<h{number}>\s?h\s?))?(?P<minute{number}>\d\d)"
        rf"(?::(?P<second{number}>\d\d)(?:[.,](?P<fraction{number}>\d{{1,9}}))?)?)?(?!\d)"
        rf"(?:\s*(?P<half{number}>[ap])\.?\s?m?(?![a-z])\.?)?"
        rf"(?:\s*(?P<unit{number}>uhr|heures?|horas?|hours?|hrs?|hs?|o'clock)(?![a-z]))?)"
    )


MOMENT = re.compile(rf"(?:(?P<mark>t)|[,;|@(]|[-–—]\s)?\s*{_AT}{_time('')}\s*(?P<zone>.*)", re.ASCII)
HOURS = re.compile(rf"[,;|@(]?\s*(?:open\s+)?{_AT}{_time('')}\s*{_TO}\s*(?:las?\s+)?{_time('2')}\)?", re.ASCII)


class TimeOfDay(NamedTuple):
    """A time as written: `half` is "a", "p", or "". `day_clock`: it is on a 24-hour clock."""

    hour: int
    past: timedelta  # since the full hour
    half: str
    day_clock: bool

    def since_midnight(self, half: str = "") -> timedelta:
        """The time since midnight, in the written half of the day, or else the given one."""
        half = self.half or half
        return timedelta(hours=self.hour % 12 + 12 * (half == "p") if half else self.hour) + self.past


def read(found: re.Match[str], number: str = "") -> TimeOfDay:
    """The time that a pattern matched; ValueError if no clock shows it."""
    noon, midnight, written, h, half, unit = (
        found[name + number] for name in ("noon", "midnight", "hour", "h", "half", "unit")
    )
    if noon or midnight:
        return TimeOfDay(12, timedelta(), "p" if noon else "a", day_clock=False)
    hour, minute, second = int(written), int(found["minute" + number] or 0), int(found["second" + number] or 0)
    past = timedelta(minutes=minute, seconds=second)
    if half and not 1 <= hour <= 12:
        raise ValueError(f"{hour} is not an hour of a 12-hour clock")
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and past):
        raise ValueError(f"{hour}:{minute:02}:{second:02} is not a time of day")
    fraction = timedelta(microseconds=int((found["fraction" + number] or "0").ljust(6, "0")[:6]))
    day_clock = hour > 12 or written.startswith("0") or bool(h or unit)
    return TimeOfDay(hour, past + fraction, half or "", day_clock)


def is_number_alone(found: re.Match[str]) -> bool:
    """Whether a MOMENT is a bare number that may not be a time ("5")."""
    return not any(found[name] for name in ("mark", "at", "noon", "midnight", "h", "minute", "half", "unit"))


def span(opens: TimeOfDay, closes: TimeOfDay) -> tuple[timedelta, timedelta]:
    """Both times since midnight, completing "am" and "pm" if one or both lack them; ValueError if that is ambiguous.

    A closing time before the opening time is after midnight.
    """
    start, end = opens.since_midnight(), closes.since_midnight()
    if closes.half and not opens.half and 1 <= opens.hour <= 12:  # "9 - 5 pm", "9 - noon"
        starts = [opens.since_midnight(half) for half in (closes.half, "a")]
        start = next((one for one in starts if one <= end), timedelta(-1))
        if start < timedelta():
            raise ValueError("is ambiguous: it could begin before or after noon")
    elif opens.half and not closes.half and 1 <= closes.hour <= 12:  # "10 am - 2"
        end = next((one for half in "ap" if (one := closes.since_midnight(half)) > start), closes.since_midnight("a"))
    elif not (opens.half or closes.half or opens.day_clock or closes.day_clock):  # "9 - 5"
        if opens.hour < EARLY:
            raise ValueError("is ambiguous: it could be before or after noon")
        end += HALF_DAY * (end <= start)
    return start, end
