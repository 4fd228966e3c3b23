"""OpenActive's Opportunity Data Model 2.0: what is kept of an item, and how its times are read. Pure.

Places are FacilityUse and SessionSeries, their times Slot and ScheduledSession. Old feeds write `type` and `id` for
`@type` and `@id`. https://openactive.io/modelling-opportunity-data/
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aggregator.adapter.rpde.place_times import Time
from aggregator.errors import RecordError
from aggregator.model import Available, SlotListing

PLACES, TIMES = ("FacilityUse", "IndividualFacilityUse", "SessionSeries"), ("Slot", "ScheduledSession")
KINDS = PLACES + TIMES  # of feeds, places first
TIME_ZONE = ZoneInfo("Europe/London")  # of the times that state none, which only old publishers send
OFF = ("EventCancelled", "EventPostponed")
LEFT = ("remainingUses", "remainingAttendeeCapacity")
ONLY_FOR = {"FemaleOnly": "Women only", "MaleOnly": "Men only"}


def select(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is kept of an item, in the form that `places` joins; None for other kinds."""
    kind = data.get("@type") or data.get("type")
    if not isinstance(kind, str):
        raise RecordError("@type", kind, "is not a kind of item")
    if kind in TIMES:
        return _time(data)
    if kind not in PLACES:
        return None
    ids = [_id(one) for one in (data, *_records(data.get("individualFacilityUse")))]
    place = _place(data.get("location"))
    return {
        "ids": ids,
        "at": (place["id"] or f"{place['name']} {place['postal_code']}") if place else f"nowhere {ids}",
        "online": str(data.get("eventAttendanceMode")).endswith("/OnlineEventAttendanceMode"),
        "place": place,
        "url": data.get("url"),
        "for": "\n".join(filter(None, (_ages(data.get("ageRange")), _gender(data.get("genderRestriction"))))),
        "what": [one.get("prefLabel") for key in ("facilityType", "activity") for one in _records(data.get(key))],
        "times": [_time(one) for key in ("event", "subEvent") for one in _records(data.get(key))],
    }


def _time(data: Mapping[str, Any]) -> dict[str, Any]:
    offers = [offer["url"] for offer in _records(data.get("offers")) if offer.get("url")]
    parent = data.get("facilityUse") or data.get("superEvent")
    return {
        "of": _id(parent) if isinstance(parent, dict) else str(parent),
        "start": data.get("startDate"),
        "end": data.get("endDate"),
        "left": next((data[key] for key in LEFT if key in data), None),
        "status": data.get("eventStatus"),
        "url": next(iter(offers), data.get("url")),
    }


def _place(location: Any) -> dict[str, Any] | None:
    if not isinstance(location, dict) or not location.get("name"):
        return None
    address, geo = location.get("address"), location.get("geo")
    parts = address if isinstance(address, dict) else {}
    point = (geo.get("latitude"), geo.get("longitude")) if isinstance(geo, dict) else (None, None)
    return {
        "id": _id(location),
        "name": location["name"],
        "address": parts.get("streetAddress") if parts else address,
        "city": parts.get("addressLocality", ""),
        "county": parts.get("addressRegion", ""),
        "postal_code": parts.get("postalCode", ""),
        "position": None if None in point else point,
        "info_phone": location.get("telephone", ""),
        "info_url": location.get("url", ""),
    }


def _id(data: Mapping[str, Any]) -> str:
    return str(data.get("@id") or data.get("id") or "")


def _records(value: Any) -> list[Any]:
    """The records in a list, or a single one; ids alone say nothing."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _ages(ages: Any) -> str:
    low, high = (ages.get("minValue"), ages.get("maxValue")) if isinstance(ages, dict) else (None, None)
    words = [f"from {low}" if low else "", f"to {high}" if high else ""]
    return f"For people {' '.join(filter(None, words))} years old" if any(words) else ""


def _gender(restriction: Any) -> str:
    return ONLY_FOR.get(str(restriction).rpartition("/")[2], "")


def is_over(value: Mapping[str, Any], now: datetime) -> bool:
    """Whether a time has begun."""
    try:
        start = datetime.fromisoformat(value["start"])
    except (KeyError, TypeError, ValueError):  # no time of its own, or one that `slot` shows to be unreadable
        return False
    return (start if start.tzinfo else start.replace(tzinfo=TIME_ZONE)) <= now


def _answer(value: Mapping[str, Any]) -> Available | None:
    """NO if it is cancelled, UNKNOWN if it does not say how many are left; else None: their number decides."""
    status = value["status"] or "EventScheduled"
    if isinstance(status, str) and status.endswith(OFF):
        return Available.NO
    is_on = isinstance(status, str) and status.endswith(("EventScheduled", "EventRescheduled"))
    return None if is_on and value["left"] is not None else Available.UNKNOWN


def is_free(value: Mapping[str, Any]) -> bool:
    """Whether some of a time is left; True also for a number that only `clean` can read."""
    return _answer(value) is None and str(value["left"]) not in {"0", "0.0"}


def slot(time: Time) -> SlotListing:
    """A time as found, with who may come and where to book."""
    value, answer = time.value, _answer(time.value)
    return SlotListing(
        id=time.id,
        start=value["start"],
        end=value["end"] or "",
        count=0 if answer is Available.NO else value["left"],
        available=answer,
        products=tuple(time.parent["what"]),
        restrictions=time.parent["for"],
        booking_url=value["url"] or time.parent["url"] or "",
    )
