"""The pattern of a place as the page draws it: a strip of days in SVG, with the same in words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from aggregator.model import Available, Change, Place
from aggregator.site.pattern import PARTS, Pattern, PatternDay, Usual, pattern
from aggregator.wording.render_context import RenderContext

STEP = 10  # from one day, or one part of a day, to the next, in the units of the drawing


@dataclass(frozen=True, slots=True)
class Chart:
    """`had`, `none` and `unsure` are paths to be stroked: one column a day, from midnight at the top.

    `seen` sums it up, `usual` is "" without evidence, `alternative` names the days for who does not see the drawing.
    """

    box: str  # viewBox
    had: str
    none: str
    unsure: str
    alternative: str
    seen: str
    usual: str


def chart(place: Place, context: RenderContext) -> Chart | None:
    """The strip of a place; None where there is nothing to show."""
    found = pattern(_until_checked(place), context.time.now, context.local(place.location.time_zone).zone)
    if found is None:
        return None
    say, time = context.words.say, context.time
    days = [day.day for day in found.days if Available.YES in day.parts]
    known = sum(any(part is not Available.UNKNOWN for part in day.parts) for day in found.days)
    return Chart(
        box=f"0 0 {STEP * len(found.days)} {STEP * PARTS}",
        had=_path(found.days, Available.YES),
        none=_path(found.days, Available.NO),
        unsure=_path(found.days, Available.UNKNOWN),
        alternative=say("Days with appointments: %(days)s", days=", ".join(time.short_day(day) for day in days)),
        seen=_seen(len(days), known, found, context),
        usual=_usual(found.usual, context) if found.usual else "",
    )


def _until_checked(place: Place) -> tuple[Change, ...]:
    """The history; since an answer that has expired nothing is known."""
    current = place.current
    if current.expired and current.checked_at:
        return (Change(at=current.checked_at, available=Available.UNKNOWN), *place.history)
    return place.history


def _seen(days: int, known: int, found: Pattern, context: RenderContext) -> str:
    first, last = found.days[0].day, found.days[-1].day
    return context.words.count(
        "From %(first)s to %(last)s there were appointments on %(days)s of %(n)s day that we know of.",
        "From %(first)s to %(last)s there were appointments on %(days)s of %(n)s days that we know of.",
        known,
        days=context.words.number(days),
        first=context.time.short_day(first),
        last=context.time.short_day(last),
    )


def _usual(usual: Usual, context: RenderContext) -> str:
    clock = context.language.clock(datetime.combine(date.min, datetime.min.time().replace(hour=usual.hour)))
    if usual.weekday is None:
        return context.words.say("New ones usually came around %(time)s.", time=clock)
    day = context.language.weekday(usual.weekday)
    return context.words.say("New ones usually came on %(weekday)s around %(time)s.", weekday=day, time=clock)


def _path(days: Iterable[PatternDay], wanted: Available) -> str:
    """A vertical line for each run of such parts of a day."""
    lines = []
    for number, day in enumerate(days):
        x, y = number * STEP + STEP // 2, 0
        for available, run in groupby(day.parts):
            height = STEP * len(list(run))
            if available is wanted:
                lines.append(f"M{x} {y}v{height}")
            y += height
    return "".join(lines)
