"""Decides what a feed states about the appointments of one Location. Pure."""

from typing import Any

from aggregator.adapter.fhir.elements import has_availability
from aggregator.adapter.fhir.feed import Joined
from aggregator.model import Available, SlotListing


def answer(row: Joined, slots: tuple[SlotListing, ...], no_slots: Available = Available.NO) -> dict[str, Any]:
    """The availability fields of a `Listing`. `no_slots`: what a Location without any Slot means.

    "Bare" Schedules have no Slot. `has-availability` counts only for them, because Slots are more specific. The first
    line that applies decides:

    | what was read | listing |
    | --- | --- |
    | a free Slot | the Slots; complete if everything was read |
    | a bare Schedule states `some` | YES; complete if everything was read |
    | every Schedule states `none`, and all that may belong to the Location were read | an explicit NO |
    | no Schedule at all, or a missing part may be about the Location | nothing, not complete |
    | a bare Schedule states `unknown` | UNKNOWN |
    | busy Slots | the Slots, which is an explicit NO |
    | Schedules alone | NO because nothing is listed (`no_if_empty`), or `no_slots` |
    """
    if any(slot.available is None and str(slot.count) != "0" for slot in slots):
        return {"slots": slots, "complete": row.whole}
    listed = {id(schedule) for _, schedule, _ in row.slots}
    bare = has_availability(schedule for schedule in row.schedules if id(schedule) not in listed)
    if bare is Available.YES:
        return {"available": Available.YES, "complete": row.whole}
    stated = {has_availability([schedule]) for schedule in row.schedules}
    if stated == {Available.NO} and row.schedules_whole:
        return {"available": Available.NO, "slots": slots}
    if not row.schedules or not row.whole:
        return {"complete": False}
    if bare is Available.UNKNOWN:
        return {"available": Available.UNKNOWN}
    if slots:
        return {"slots": slots}
    return {"no_if_empty": True} if no_slots is Available.NO else {"available": no_slots}
