"""What a stored answer means at a given instant. Pure: the clock is an argument.

Rules: a slot in the past is not available; a window (clinic hours, whole days) is past at its end, an appointment at
its start; counts are added only where every open slot states one.
"""

from datetime import UTC, datetime, timedelta

import msgspec

from aggregator.model import Available, Slot

CLOCK_TOLERANCE = timedelta(minutes=1)  # a time further ahead of now comes from a clock that was wrong
CLOCKS_BACK = timedelta(hours=1)  # by which Python orders times of one zone wrongly in the night the clocks go back


def end_of(slot: Slot) -> datetime:
    """From when on nobody can be served in this slot any more."""
    return (slot.end or slot.start) if slot.window or slot.all_day else slot.start


def slots_at(slots: tuple[Slot, ...], now: datetime) -> tuple[Slot, ...]:
    """The slots as they stand at `now`: those in the past say NO."""
    ends = [end_of(slot) for slot in slots]
    if not ends or _utc(min(ends)) > now + CLOCKS_BACK:
        return slots
    return tuple(
        msgspec.structs.replace(slot, available=Available.NO)
        if slot.available is not Available.NO and _utc(end) <= now
        else slot
        for slot, end in zip(slots, ends, strict=True)
    )


def _utc(moment: datetime) -> datetime:
    """Python compares times of two zones several times slower than it turns one into UTC."""
    return moment.astimezone(UTC)


def answer_at(stated: Available, slots: tuple[Slot, ...], count: int | None = None) -> tuple[Available, int | None]:
    """The answer and its count, from slots as `slots_at` gives them; without slots what was `stated`, and `count`.

    What was stated UNKNOWN, because some of its slots could not be read, is not NO for those that could. The count is
    None where the answer is UNKNOWN or where an open slot states no number.
    """
    if not slots:
        return stated, count if stated is Available.YES else None
    yes = Available.YES
    counts = [slot.count for slot in slots if slot.available is yes]
    if counts:
        numbers = [number for number in counts if number is not None]
        return yes, sum(numbers) if len(numbers) == len(counts) else None
    if stated is Available.UNKNOWN or any(slot.available is Available.UNKNOWN for slot in slots):
        return Available.UNKNOWN, None
    return Available.NO, 0
