"""What an incomplete reading of a place may change in its stored answer. Pure: the clock is an argument.

`updated(before, read, usable_since)` gives the answer to store for one place, or None to keep the stored answer and its
dates. No other code combines an incomplete reading with a stored answer. A reading is complete if everything that the
source publishes about the place was read: the visit was whole, or the adapter's rows are self-contained
(`Adapter.whole_rows`) and this place's row was read completely. "Expired" below means checked before `usable_since`.

| reading | stored answer | result | its dates |
| --- | --- | --- | --- |
| complete | any | the reading | the reading's |
| incomplete YES | none, expired, NO, or UNKNOWN | the reading, marked incomplete | the reading's |
| incomplete YES that offers everything stored | YES | the reading, marked incomplete | the reading's |
| incomplete YES that offers less, or other openings | YES | both, the higher counts, marked incomplete | stored |
| incomplete NO or UNKNOWN | none | UNKNOWN, marked incomplete | the reading's |
| incomplete NO or UNKNOWN | any | the stored answer, unchanged | stored |
| not listed, visit partial | any | the stored answer, unchanged (`store.saving`) | stored |
| not listed, visit whole | any | gone; NO if the source lists only open places (`store.saving`) | the visit's |

It makes no difference whether the missing part was a row of the same page, another page, another file, or a joined
record, nor whether the source lists only places with appointments: absence counts only in a whole visit. A stored
answer keeps its own date, so it becomes UNKNOWN when it expires, however many partial visits follow.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from aggregator.current import answer_at, slots_at
from aggregator.model import Availability, Available, Slot

ANY_TIME = datetime.min.replace(tzinfo=UTC)


def updated(before: Availability | None, read: Availability, usable_since: datetime) -> Availability | None:
    """The answer to store, or None to keep `before` as it is. The table above lists every case."""
    if not read.incomplete:
        return read
    at = read.checked_at
    says_yes = _total(read, at)[0] is Available.YES
    if before is None:
        return read if says_yes else replace(read, available=Available.UNKNOWN, count=None)
    if not says_yes:
        return None
    if before.checked_at < usable_since or _total(before, at)[0] is not Available.YES:
        return read
    return _joined(before, read, at)


def _joined(before: Availability, read: Availability, at: datetime) -> Availability | None:
    """Merges two answers that are both YES: the openings of both, never fewer than were stored."""
    union = _union(before.slots, read.slots)
    count, at_least = _higher(before.count, read.count)
    joined = replace(
        read,
        available=Available.YES,
        slots=union,
        count=None if union else count,
        at_least=read.at_least or at_least,
        products=tuple(dict.fromkeys(before.products + read.products)),
        doses=tuple(sorted({*before.doses, *read.doses})),
    )
    if _covers(read, before, at):
        return joined
    if _is_lower(_total(joined, at)[1], _total(before, at)[1]):
        return None
    return replace(
        joined,
        checked_at=min(before.checked_at, at),
        valid_at=_earlier(before.valid_at, read.valid_at),
        valid_until=_earlier(before.valid_until, read.valid_until),
    )


def _union(before: Sequence[Slot], read: Sequence[Slot]) -> tuple[Slot, ...]:
    """The slots of both answers without duplicates; of a slot in both, the version that offers more."""
    stored, new = _grouped(before), _grouped(read)
    known: list[Slot] = []
    others: list[Slot] = []
    for key in {**stored, **new}:
        number = len(stored.get(key, []))
        best = max(stored.get(key, []), new.get(key, []), key=_offer)
        known, others = known + best[:number], others + best[number:]
    return tuple(sorted((*known, *_added(others, known, read)), key=lambda slot: slot.start))


def _added(others: Sequence[Slot], known: Sequence[Slot], read: Sequence[Slot]) -> Iterator[Slot]:
    """The slots of `others` that cannot be a second offer of an appointment in `known`.

    One appointment may be offered for several products, and this visit may have read an offer that was not counted
    before. So the merged answer has no more open appointments at any time than either answer alone.
    """
    open_then = Counter(slot.start for slot in known if _is_open_appointment(slot))
    at_most = Counter(slot.start for slot in read if _is_open_appointment(slot))
    for slot in others:
        if _is_open_appointment(slot):
            if open_then[slot.start] >= at_most[slot.start]:
                continue
            open_then[slot.start] += 1
        yield slot


def _is_open_appointment(slot: Slot) -> bool:
    return slot.available is Available.YES and not (slot.window or slot.all_day or slot.first_of_many)


def _grouped(slots: Sequence[Slot]) -> dict[Hashable, list[Slot]]:
    """Groups slots that are the same opening; a source may list several that nothing distinguishes.

    Links and restrictions do not count: they change whenever a page renames its links or labels. Nor does the time of
    the first of many, which moves as appointments are taken; otherwise each time would add the whole total again.
    """
    groups: dict[Hashable, list[Slot]] = {}
    for slot in slots:
        same = replace(slot, available=Available.YES, count=None, at_least=False, booking_url="", restrictions="")
        if slot.first_of_many:
            same = replace(same, start=ANY_TIME, end=None)
        groups.setdefault(same, []).append(slot)
    return groups


def _offer(slots: Sequence[Slot]) -> tuple[int, int, int]:
    """A sort key for slots of one opening: how many are open, how many state a number, and the sum of those numbers."""
    open_slots = [slot for slot in slots if slot.available is Available.YES]
    counts = [slot.count for slot in open_slots if slot.count is not None]
    return len(open_slots), len(counts), sum(counts)


def _covers(read: Availability, before: Availability, at: datetime) -> bool:
    """Whether the reading alone offers everything that the stored answer still offers."""
    new = _grouped(read.slots)
    ahead = _grouped([slot for slot in slots_at(before.slots, at) if slot.available is Available.YES])
    if any(_offer(new.get(key, [])) < _offer(slots) for key, slots in ahead.items()):
        return False
    return bool(ahead) or not _is_lower(_total(read, at)[1], _total(before, at)[1])


def _total(answer: Availability, at: datetime) -> tuple[Available, int | None]:
    return answer_at(answer.available, slots_at(answer.slots, at), answer.count)


def _is_lower(count: int | None, known: int | None) -> bool:
    """Whether a known count would go down; "some" in place of a number is a loss, too."""
    return known is not None and (count is None or count < known)


def _higher(one: int | None, other: int | None) -> tuple[int | None, bool]:
    """The higher of two counts, and whether it is a lower bound because the other one is "some"."""
    if one is None or other is None:
        return (other if one is None else one), (one is None) != (other is None)
    return max(one, other), False


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((time for time in (one, other) if time), default=None)
