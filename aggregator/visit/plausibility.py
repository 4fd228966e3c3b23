"""Decides whether a successful visit lists implausibly little. Pure.

Many systems express "none" by absence: a place that is not listed, a store without times. A missing file or a renamed
CSS class looks the same. So absence is doubted if it removes more than half at once, and so is a list of different
places, or one with neither yes nor no for most places. A "no" that the page states in words or numbers (full, 0, busy)
is never doubted.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from aggregator.current import answer_at, end_of, slots_at
from aggregator.model import Availability, Available, Outcome, Reading, Report
from aggregator.redact import shown_url

MOST_TAKEN_AT_ONCE = 2  # places that may sell out between two visits while others open
BELIEVED_AFTER = 3  # whole visits in a row with the same loss


class Expected(NamedTuple):
    """What a visit is expected to list, from the last good answers of its source.

    `locations`: key of each listed location with slots still ahead -> whether its answer is an unexpired YES or NO.
    `openings`: location key -> number of openings, for the locations with an unexpired YES.
    """

    locations: Mapping[str, bool]
    openings: Mapping[str, int]


def judged(report: Report, expected: Expected, doubted: int, url: str = "") -> Report:
    """The report, or a CHANGED one that removes nothing if a good visit lists implausibly little.

    With fewer than half of the expected locations, or none of them, nothing of the visit counts: it may be another
    region's page. Otherwise it may only add (`aggregator.store.partial`). `doubted`: how many visits in a row before
    this one were implausible; the third is believed. A page that states that it is empty is believed at once, and pages
    that are changes only say nothing by what they omit. `url`: the source's, for the message.
    """
    if report.changes_only:
        return report
    if not report.outcome.is_good or report.trusted_empty or doubted + 1 >= BELIEVED_AFTER:
        return report
    if seen := _other_places(report, expected):
        return _doubted(replace(report, readings=()), seen, doubted, url)
    if seen := _loss(report, expected):
        return _doubted(replace(report, readings=_incomplete(report)), seen, doubted, url)
    return report


def _other_places(report: Report, expected: Expected) -> str:
    """A phrase about a list of unexpected places; "" if the list has enough of the expected ones."""
    listed = {reading.location.key for reading in report.readings}
    wanted = expected.openings.keys() if report.only_available else expected.locations.keys()
    few = MOST_TAKEN_AT_ONCE if report.only_available else 0
    if len(wanted) > few and listed and wanted.isdisjoint(listed):
        return f"lists none of the {len(wanted)} expected locations but {len(listed)} others"
    if report.whole and not report.only_available and len(listed) * 2 < len(wanted):
        return f"lists {len(listed)} locations, but {len(wanted)} were expected"
    return ""


def _loss(report: Report, expected: Expected) -> str:
    """A phrase about what most places have lost; "" if they have not."""
    return (_absence(report, expected) if report.whole else "") or _silence(report, expected)


def _absence(report: Report, expected: Expected) -> str:
    listed = {reading.location.key for reading in report.readings}
    still = len(listed & expected.locations.keys())
    if not report.only_available and still * 2 < len(expected.locations):
        return f"lists {still} of the {len(expected.locations)} expected locations"
    left, total = _openings_left(report, expected.openings), sum(expected.openings.values())
    if left * 2 < total or (expected.openings and report.only_available and listed.isdisjoint(expected.openings)):
        return f"lists {left} openings, but {total} were expected"
    return ""


def _silence(report: Report, expected: Expected) -> str:
    listed = {reading.location.key for reading in report.readings}
    known = {reading.location.key for reading in report.readings if _says_yes_or_no(reading)}
    answered = {key for key, had_answer in expected.locations.items() if had_answer}
    silent = (listed & answered) - known
    if len(silent) * 2 > len(answered):
        return f"no longer says yes or no for {len(silent)} of {len(answered)} places"
    return ""


def _says_yes_or_no(reading: Reading) -> bool:
    availability = reading.availability
    if availability is None:
        return False
    slots = slots_at(availability.slots, availability.checked_at)
    return answer_at(availability.available, slots, availability.count)[0] is not Available.UNKNOWN


def _doubted(report: Report, seen: str, doubted: int, url: str) -> Report:
    message = (
        f"{shown_url(url) or report.source} {seen}; the last good answer is kept "
        f"(visit {doubted + 1} of {BELIEVED_AFTER} before this is believed)"
    )
    # The pages are not stored, so the next visit begins where this one began.
    nothing = {"whole": False, "next_after": 0.0, "gone": (), "kept": ()}
    return replace(report, outcome=Outcome.CHANGED, message=message, **nothing)


def _incomplete(report: Report) -> tuple[Reading, ...]:
    return tuple(
        replace(reading, availability=replace(reading.availability, incomplete=True))
        if reading.availability
        else reading
        for reading in report.readings
    )


def openings(availability: Availability, now: datetime) -> int:
    """How many openings it lists at `now`, free or not: the slots ahead, or 1 for YES or UNKNOWN without slots."""
    if not availability.slots:
        return int(availability.available is not Available.NO)
    return sum(end_of(slot) > now for slot in availability.slots)


def _openings_left(report: Report, expected: Mapping[str, int]) -> int:
    """How many openings the visit lists; a stated "no" counts as all openings that the place had."""
    left = 0
    for reading in report.readings:
        if new := reading.availability:
            stated_no = new.available is Available.NO and not (new.by_absence or new.slots)
            before = expected.get(reading.location.key, 0)
            if before or new.slots or new.available is Available.YES:  # otherwise it was and is UNKNOWN
                left += before if stated_no else openings(new, report.started_at)
    return left
