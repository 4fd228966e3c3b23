"""Whether a whole visit that read its page well lists too little to be true. Pure.

Absence is how many systems say "none": a place that is not listed, a store without times. One missing file or renamed
class looks the same, so absence is doubted where it takes away more than half at once. A "no" that the page states in
words or numbers (full, 0, busy) is never doubted.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from aggregator.current import end_of
from aggregator.model import Availability, Available, Outcome, Report

BELIEVED_AFTER = 3  # whole visits in a row that lack the same


class Expected(NamedTuple):
    """What the last good answers of a source let expect of a visit now.

    `locations`: how many are listed, without those whose slots have all passed. `openings`: location key -> how many
    openings it had, for the places whose answer was YES and has not expired.
    """

    locations: int
    openings: Mapping[str, int]


def judged(report: Report, expected: Expected, doubted: int) -> Report:
    """The report, or one that takes nothing away, where a whole visit lists implausibly little.

    Fewer than half of the locations: nothing of the visit counts, it may be another region's page. Fewer than half of
    the openings: what it lists may add (`aggregator.partial`), nothing is taken away. `doubted`: how many visits in a
    row were implausible before; the third is believed. A page that itself says that it is empty is believed at once.
    """
    if not report.whole or report.trusted_empty or doubted + 1 >= BELIEVED_AFTER:
        return report
    found = len(report.readings)
    if not report.only_available and found * 2 < expected.locations:
        return replace(
            report,
            outcome=Outcome.CHANGED,
            message=_message(f"lists {found} locations where {expected.locations} were expected", doubted),
            readings=(),
            whole=False,
            next_after=0.0,
        )
    left, total = _openings_left(report, expected.openings), sum(expected.openings.values())
    if left * 2 >= total:
        return report
    return replace(
        report,
        outcome=Outcome.CHANGED,
        message=_message(f"lists {left} openings where {total} were expected", doubted),
        readings=tuple(
            replace(reading, availability=replace(reading.availability, incomplete=True))
            if reading.availability
            else reading
            for reading in report.readings
        ),
        whole=False,
        next_after=0.0,
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
            left += expected.get(reading.location.key, 0) if stated else openings(said, report.started_at)
    return left


def _message(seen: str, doubted: int) -> str:
    return f"{seen}; what was known is kept (visit {doubted + 1} of {BELIEVED_AFTER} before this is believed)"
