"""The chart of past appointments on a place's page: a strip of days in SVG, and the same in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby

from aggregator.model import Available, Change, Place
from aggregator.site.pattern import PARTS, Pattern, PatternDay, Usual, pattern
from aggregator.wording import RenderContext

STEP = 10  # from one day, or one part of a day, to the next, in the units of the drawing


@dataclass(frozen=True, slots=True)
class Chart:
    """A strip of days. `had`, `none` and `unsure` are SVG paths to stroke: one column a day, midnight at the top.

    Exists beside `Pattern` because the template draws paths and prints sentences. `seen`: the summary. `usual`: "" if
    there is no evidence for a usual time. `alternative`: the days as text, for screen readers.
    """

    box: str  # viewBox
    had: str
    none: str
    unsure: str
    alternative: str
    seen: str
    usual: str


def chart(place: Place, context: RenderContext) -> Chart | None:
    """The chart of a place; None if too little is known to draw one."""
    found = pattern(_until_checked(place), context.time.now, context.local(place.location.time_zone).zone)
    if found is None:
        return None
    say, time = context.words.say, context.time
    paths = _paths(found.days)
    days = [day.day for day in found.days if Available.YES in day.parts]
    known = sum(day.known for day in found.days)
    return Chart(
        box=f"0 0 {STEP * len(found.days)} {STEP * PARTS}",
        had=paths[Available.YES],
        none=paths[Available.NO],
        unsure=paths[Available.UNKNOWN],
        alternative=say("Days with appointments: %(days)s", days=", ".join(time.short_day(day) for day in days)),
        seen=_seen(len(days), known, found, context),
        usual=_usual(found.usual, context) if found.usual else "",
    )


def _until_checked(place: Place) -> tuple[Change, ...]:
    """The history, with UNKNOWN from the last check on if the answer has expired."""
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


def _paths(days: Iterable[PatternDay]) -> dict[Available, str]:
    """SVG path data by answer: a vertical line for each run of equal parts of a day."""
    lines: dict[Available, list[str]] = {available: [] for available in Available}
    for number, day in enumerate(days):
        x = number * STEP + STEP // 2
        for available, y, height in _runs(day.parts):
            lines[available].append(f"M{x} {y}v{height}")
    return {available: "".join(of_answer) for available, of_answer in lines.items()}


@lru_cache(maxsize=512)  # more than the number of different days
def _runs(parts: tuple[Available, ...]) -> tuple[tuple[Available, int, int], ...]:
    """The runs of equal parts of a day as (answer, y, height)."""
    runs, y = [], 0
    for available, run in groupby(parts):
        height = STEP * len(list(run))
        runs.append((available, y, height))
        y += height
    return tuple(runs)
