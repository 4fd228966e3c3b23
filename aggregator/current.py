"""What a stored answer means at a given instant. Pure: the clock is an argument.

Rules: a slot in the past is not available; a window (clinic hours, whole days) is past at its end, an appointment at
its start; counts are added only where every open slot states one.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from aggregator.model import Available, Slot


def is_past(slot: Slot, now: datetime) -> bool:
    """Whether nobody can be served in this slot any more."""
    return ((slot.end or slot.start) if slot.window or slot.all_day else slot.start) <= now


def slots_at(slots: Iterable[Slot], now: datetime) -> tuple[Slot, ...]:
    """The slots as they stand at `now`: those in the past say NO."""
    return tuple(
        msgspec.structs.replace(slot, available=Available.NO)
        if slot.available is not Available.NO and is_past(slot, now)
        else slot
        for slot in slots
    )


def answer_at(stated: Available, slots: tuple[Slot, ...]) -> tuple[Available, int | None]:
    """The answer and its count, from slots as `slots_at` gives them; without slots what was `stated`.

    What was stated UNKNOWN, because some of its slots could not be read, is not NO for those that could. The count is
    None where the answer is UNKNOWN or where an open slot states no number.
    """
    if not slots:
        return stated, None
    open_slots = [slot for slot in slots if slot.available is Available.YES]
    if open_slots:
        numbers = [slot.count for slot in open_slots if slot.count is not None]
        return Available.YES, sum(numbers) if len(numbers) == len(open_slots) else None
    if stated is Available.UNKNOWN or any(slot.available is Available.UNKNOWN for slot in slots):
        return Available.UNKNOWN, None
    return Available.NO, 0
