"""OpenActive: open data of British leisure centres and clubs (courts, lanes, classes), as RPDE feeds.

- Official and documented: https://developer.openactive.io/ and the Opportunity Data Model 2.0. Licensed CC BY 4.0, so
  the publisher is named beside the data.
- Fills in: places with address and position, slots and sessions with the number that is left, who may come, links.
- Cannot fill in: whether a slot can be booked already, if its publisher opens booking late.
- A source is a dataset site, or any feed with all of them in `options.feeds`. Feeds come in pairs: places (FacilityUse,
  SessionSeries) and their times (Slot, ScheduledSession).
- One centre has many facilities. They are one place, and their slots are side by side.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from aggregator.adapter import (  # fmt: skip
    Adapter,
    Available,
    Fetch,
    Listing,
    Page,
    Pages,
    RecordError,
    Row,
    SlotListing,
    SourceInfo,
    rpde,
)

PLACES, TIMES = ("FacilityUse", "IndividualFacilityUse", "SessionSeries"), ("Slot", "ScheduledSession")
SITE_EVERY = timedelta(days=7)
TIME_ZONE = ZoneInfo("Europe/London")  # of the times that state none, which only old publishers send
OFF = ("EventCancelled", "EventPostponed")
LEFT = ("remainingUses", "remainingAttendeeCapacity")
ONLY_FOR = {"FemaleOnly": "Women only", "MaleOnly": "Men only"}


class Openactive(Adapter):
    name = "openactive"
    title = "OpenActive"
    changes_only = True
    whole_rows = True
    may_be_empty = True
    answers = rpde.EXPIRED
    options: ClassVar[Mapping[str, tuple[str, ...]]] = {"feeds": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        urls = source.options.get("feeds") or await _feeds(source, fetch)
        found = await rpde.harvest(urls, fetch, rpde.Rules(_kept, _is_over, version=1))
        if found:
            yield found.page.with_context(tuple(rpde.places(found)))

    def rows_of(self, page: Page) -> Iterable[Any]:
        found: tuple[rpde.Place, ...] = page.context
        return found

    def listing(self, row: Row) -> Listing:
        place: rpde.Place = row.value
        first = place.parents[0]
        if not first["place"]:
            raise RecordError("location", first["ids"], "has no location, so nobody would know where to go")
        times = [time for time in place.times if place.known and not _is_over(time.value, row.page.answer.fetched_at)]
        if not place.to_the_end:  # what is full may be free again on a page that was not read
            times = [time for time in times if _is_free(time)]
        nearest = sorted(times, key=lambda time: (not _is_free(time), str(time.value["start"])))[: rpde.MAX_SLOTS]
        return Listing(
            **first["place"],
            booking_url=first["url"],
            slots=tuple(map(_slot, nearest)),
            available=None if nearest else Available.UNKNOWN,
            complete=place.complete,
            gone=place.gone,
        )


async def _feeds(source: SourceInfo, fetch: Fetch) -> list[str]:
    """The feeds that the dataset site names; it is read once a week."""
    known = json.loads(fetch.kept.get("site", "{}"))
    if known.get("url") != source.url or date.fromisoformat(known["read"]) + SITE_EVERY <= fetch.today:
        feeds = rpde.dataset(await fetch(source.url)).feeds
        urls = [url for kinds in (PLACES, TIMES) for kind, url in feeds if kind in kinds]
        known = {"url": source.url, "read": fetch.today.isoformat(), "feeds": urls}
        fetch.keep("site", json.dumps(known))
    found: list[str] = known["feeds"]
    return found


def _kept(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is kept of an item: as `rpde.places` wants it, and no more than `listing` needs."""
    kind = data.get("@type") or data.get("type")
    if kind in TIMES:
        return _time(data)
    if kind not in PLACES or str(data.get("eventAttendanceMode")).endswith("/OnlineEventAttendanceMode"):
        return None
    ids = [_id(one) for one in (data, *_records(data.get("individualFacilityUse")))]
    place = _place(data.get("location"))
    return {
        "ids": ids,
        "at": (place["id"] or f"{place['name']} {place['postal_code']}") if place else f"nowhere {ids}",
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


def _is_over(value: Mapping[str, Any], now: datetime) -> bool:
    try:
        start = datetime.fromisoformat(value["start"])
    except (KeyError, TypeError, ValueError):  # no time of its own, or one that `listing` reports
        return False
    return (start if start.tzinfo else start.replace(tzinfo=TIME_ZONE)) <= now


def _answer(value: Mapping[str, Any]) -> Available | None:
    """NO if it is cancelled, UNKNOWN if it does not say how many are left; else None: their number decides."""
    status = value["status"] or "EventScheduled"
    if isinstance(status, str) and status.endswith(OFF):
        return Available.NO
    is_on = isinstance(status, str) and status.endswith(("EventScheduled", "EventRescheduled"))
    return None if is_on and value["left"] is not None else Available.UNKNOWN


def _is_free(time: rpde.Time) -> bool:
    return _answer(time.value) is None and str(time.value["left"]) not in {"0", "0.0"}


def _slot(time: rpde.Time) -> SlotListing:
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
