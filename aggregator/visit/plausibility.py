"""Whether a visit that read its pages well lists too little to be true. Pure.

Absence is how many systems say "none": a place that is not listed, a store without times. One missing file or renamed
class looks the same, so absence is doubted where it takes away more than half at once, and so is a list of other places
than before, or one that no longer says yes or no of most places. A "no" that the page states in words or numbers (full,
0, busy) is never doubted.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from aggregator.current import answer_at, end_of, slots_at
from aggregator.model import Availability, Available, Outcome, Reading, Report
from aggregator.redact import shown_url

MOST_TAKEN_AT_ONCE = 2  # places that may run out while others open, between two visits
BELIEVED_AFTER = 3  # whole visits in a row that lack the same


class Expected(NamedTuple):
    """What the last good answers of a source let expect of a visit now.

    `locations`: the keys of those listed, without those whose slots have all passed, and whether the answer was YES or
    NO and has not expired. `openings`: location key -> how many openings it had, for the places whose answer was YES
    and has not expired.
    """

    locations: Mapping[str, bool]
    openings: Mapping[str, int]


def judged(report: Report, expected: Expected, doubted: int, url: str = "") -> Report:
    """The report, or one that takes nothing away, where a good visit lists implausibly little.

    Fewer than half of the locations, or none of them: nothing of the visit counts, it may be another region's page.
    Otherwise, what it lists may add (`aggregator.store.partial`), and nothing is taken away. `doubted`: how many visits
    in a row were implausible before; the third is believed. A page that itself says that it is empty is believed at
    once. `url` of the source is for the message.
    """
    if not report.outcome.is_good or report.trusted_empty or doubted + 1 >= BELIEVED_AFTER:
        return report
    if seen := _other_places(report, expected):
        return _doubted(replace(report, readings=()), seen, doubted, url)
    if seen := _loss(report, expected):
        return _doubted(replace(report, readings=_incomplete(report)), seen, doubted, url)
    return report


def _other_places(report: Report, expected: Expected) -> str:
    """What is listed instead of the places that were expected; "" for most of these."""
    listed = {reading.location.key for reading in report.readings}
    wanted = expected.openings.keys() if report.only_available else expected.locations.keys()
    few = MOST_TAKEN_AT_ONCE if report.only_available else 0
    if len(wanted) > few and listed and wanted.isdisjoint(listed):
        return f"lists none of the {len(wanted)} locations that were expected, and {len(listed)} others"
    if report.whole and not report.only_available and len(listed) * 2 < len(wanted):
        return f"lists {len(listed)} locations where {len(wanted)} were expected"
    return ""


def _loss(report: Report, expected: Expected) -> str:
    """What most places lack that they had; "" where they do not."""
    return (_absence(report, expected) if report.whole else "") or _silence(report, expected)


def _absence(report: Report, expected: Expected) -> str:
    listed = {reading.location.key for reading in report.readings}
    still = len(listed & expected.locations.keys())
    if not report.only_available and still * 2 < len(expected.locations):
        return f"lists {still} of the {len(expected.locations)} locations that were expected"
    left, total = _openings_left(report, expected.openings), sum(expected.openings.values())
    if left * 2 < total or (expected.openings and report.only_available and listed.isdisjoint(expected.openings)):
        return f"lists {left} openings where {total} were expected"
    return ""


def _silence(report: Report, expected: Expected) -> str:
    listed = {reading.location.key for reading in report.readings}
    known = {reading.location.key for reading in report.readings if _says_yes_or_no(reading)}
    answered = {key for key, had_answer in expected.locations.items() if had_answer}
    silent = (listed & answered) - known
    if len(silent) * 2 > len(answered):
        return f"says neither yes nor no of {len(silent)} places, of {len(answered)} that it did"
    return ""


def _says_yes_or_no(reading: Reading) -> bool:
    said = reading.availability
    if said is None:
        return False
    slots = slots_at(said.slots, said.checked_at)
    return answer_at(said.available, slots, said.count)[0] is not Available.UNKNOWN


def _doubted(report: Report, seen: str, doubted: int, url: str) -> Report:
    message = (
        f"{shown_url(url) or report.source} {seen}; what was known is kept (visit {doubted + 1} of {BELIEVED_AFTER} "
    )
    return replace(
        report, outcome=Outcome.CHANGED, message=f"{message}before this is believed)", whole=False, next_after=0.0
    )


def _incomplete(report: Report) -> tuple[Reading, ...]:
    return tuple(
        replace(reading, availability=replace(reading.availability, incomplete=True))
        if reading.availability
        else reading
        for reading in report.readings
    )


def openings(said: Availability, now: datetime) -> int:
    """How many openings an answer lists at `now`, free or not: slots ahead, or 1 for a yes or unknown without slots."""
    if not said.slots:
        return int(said.available is not Available.NO)
    return sum(end_of(slot) > now for slot in said.slots)


def _openings_left(report: Report, expected: Mapping[str, int]) -> int:
    """How many openings the visit lists; a stated "no" counts as all that the place had."""
    left = 0
    for reading in report.readings:
        if said := reading.availability:
            stated = said.available is Available.NO and not (said.by_absence or said.slots)
            known = expected.get(reading.location.key, 0)
            if known or said.slots or said.available is Available.YES:  # else it is unknown, as it was
                left += known if stated else openings(said, report.started_at)
    return left
