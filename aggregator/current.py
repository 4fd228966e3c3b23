"""Computes what a stored answer means at a given instant. Pure: the time is an argument.

A slot in the past is not available. A window (clinic hours, a whole day) is past at its end, an appointment at its
start. Counts are added only if every open slot states one. Once the first of many appointments is past, the others are
unknown, because nothing says when they are.
"""

from datetime import UTC, datetime, timedelta

import msgspec

from aggregator.model import Available, Slot

CLOCK_TOLERANCE = timedelta(minutes=1)  # a stored time further ahead of now was written by a wrong clock
CLOCKS_BACK = timedelta(hours=1)  # in the night the clocks go back, Python misorders times of one zone by this much


def end_of(slot: Slot) -> datetime:
    """The time from which nobody can be served in this slot."""
    return (slot.end or slot.start) if slot.window or slot.all_day else slot.start


def slots_at(slots: tuple[Slot, ...], now: datetime) -> tuple[Slot, ...]:
    """The slots at `now`: those in the past are NO."""
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
    """Converts to UTC, because Python compares times of two zones several times slower than it converts one."""
    return moment.astimezone(UTC)


def answer_at(stated: Available, slots: tuple[Slot, ...], count: int | None = None) -> tuple[Available, int | None]:
    """The availability and its count from slots as `slots_at` returns them; without slots, what the source `stated`.

    If the source stated UNKNOWN (some slots could not be read) and no slot is open, the availability stays UNKNOWN. It
    also becomes UNKNOWN once a slot that was the first of many is past. The count is None for UNKNOWN, or if an open
    slot states no number.
    """
    if not slots:
        return stated, count if stated is Available.YES else None
    yes = Available.YES
    counts = [slot.count for slot in slots if slot.available is yes]
    if counts:
        numbers = [number for number in counts if number is not None]
        return yes, sum(numbers) if len(numbers) == len(counts) else None
    if stated is Available.UNKNOWN or any(map(_leaves_open, slots)):
        return Available.UNKNOWN, None
    return Available.NO, 0


def _leaves_open(slot: Slot) -> bool:
    """Whether there may be appointments although this slot is not open."""
    return slot.available is Available.UNKNOWN or slot.first_of_many
