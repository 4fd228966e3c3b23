"""Converts a report to the values that a case compares: totals, and the values of each place. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from aggregator.current import answer_at, slots_at
from aggregator.model import Available, Reading, Report


def shown(reading: Reading) -> dict[str, Any]:
    """The values of a place when it was visited; times are ISO 8601 in the place's time zone."""
    said, place = reading.availability, reading.location
    slots = slots_at(said.slots, said.checked_at) if said else ()
    available, count = answer_at(said.available, slots, said.count) if said else (Available.UNKNOWN, None)
    free = [slot for slot in slots if slot.available is Available.YES]
    told = [*(free or slots), *([said] if said else [])]
    return {
        "name": place.name,
        "city": place.city,
        "postal_code": place.postal_code,
        "state": place.state,
        "address": list(place.address_lines),
        "phone": place.booking_phone or place.info_phone,
        "location_type": place.location_type.value,
        "available": available.value,
        "count": count,
        "slots": len(slots),
        "first": free[0].start.isoformat() if free else "",
        "all_day": free[0].all_day if free else False,
        "products": _once(name for each in told for name in each.products),
        "doses": _once(dose for each in told for dose in each.doses),
        "booking_url": next((slot.booking_url for slot in free if slot.booking_url), place.booking_url),
        "restrictions": "\n".join(_once(filter(None, (place.restrictions, *(slot.restrictions for slot in slots))))),
        "external_ids": [list(pair) for pair in place.external_ids],
        "listed": sum(slot.count or 0 for slot in slots),
    }


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def totals(report: Report, places: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The totals of a visit; `places`: the report's places, as returned by `shown`."""
    return {
        "outcome": report.outcome.value,
        "whole": report.whole,
        "locations": len(places),
        "with_appointments": sum(place["available"] == "YES" for place in places),
        "unknown": sum(place["available"] == "UNKNOWN" for place in places),
        "slots": sum(place["slots"] for place in places),
        "bookable": sum(place["count"] or 0 for place in places),
        "listed": sum(place["listed"] for place in places),
        "problems": max(0, len(report.problems) - report.unread),
        "unread": report.unread,
    }
