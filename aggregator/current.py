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

    The count is None where the answer is not YES or where an open slot states no number.
    """
    if not slots:
        return stated, None
    said = {slot.available for slot in slots}
    if Available.YES in said:
        counts = [slot.count for slot in slots if slot.available is Available.YES]
        numbers = [count for count in counts if count is not None]
        return Available.YES, sum(numbers) if len(numbers) == len(counts) else None
    return (Available.UNKNOWN, None) if Available.UNKNOWN in said else (Available.NO, 0)
