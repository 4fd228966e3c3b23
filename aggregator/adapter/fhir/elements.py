"""Tolerant readers for parts of a FHIR record."""

from collections.abc import Iterable
from typing import Any

from aggregator.model import Available

Record = dict[str, Any]
# Limit on the extensions, codings, and contained records read per record: every reference scans them again.
MOST = 100

_STATED = (("some", Available.YES), ("none", Available.NO), (True, Available.YES), (False, Available.NO))


def values(record: Record, name: str) -> list[Any]:
    """The values of all extensions `name` of a record, whatever their type; an extension may repeat.

    The last part of an extension's URL is its name: the URLs of 2021 and those of HL7 (2026) differ only before it. The
    value of a ContactPoint (HL7's form of a phone number) is its text.
    """
    found = []
    for extension in as_list(record.get("extension"))[:MOST]:
        if isinstance(extension, dict) and str(extension.get("url")).rpartition("/")[2] == name:
            value = next((value for key, value in extension.items() if key.startswith("value")), None)
            found.append(value["value"] if isinstance(value, dict) and "value" in value else value)
    return found


def has_availability(schedules: Iterable[Record]) -> Available | None:
    """The best `has-availability` of the Schedules (a code; in early 2021 a boolean); None if none states it."""
    given = [value for schedule in schedules for value in values(schedule, "has-availability")]
    stated = [next((means for code, means in _STATED if code == value), Available.UNKNOWN) for value in given]
    return next((one for one in (Available.YES, Available.UNKNOWN, Available.NO) if one in stated), None)


def may_be_free(slot: Record) -> bool:
    """Whether a Slot may be free: it is unless its status is a busy one."""
    return not str(slot.get("status")).startswith("busy")


def telecom(location: Record, system: str) -> list[str]:
    """The contacts of one kind ("phone", "url"), in the given order."""
    return [
        str(contact.get("value") or "") for contact in location.get("telecom") or () if contact.get("system") == system
    ]


def position(location: Record) -> tuple[float, float] | None:
    """Latitude and longitude; None unless both are present."""
    found = location.get("position") or {}
    return (found["latitude"], found["longitude"]) if {"latitude", "longitude"} <= found.keys() else None


def place(location: Record) -> dict[str, Any]:
    """The fields of a `Listing` that a Location states about where it is and how to reach it.

    `address.text` counts only if there are no parts.
    """
    address = location.get("address") or {}
    lines, parts = address.get("line") or (), ("city", "state", "postalCode")
    text = address.get("text") if not lines and not any(address.get(part) for part in parts) else ""
    return {
        "address": text or ((lines,) if isinstance(lines, str) else tuple(lines)),
        "city": address.get("city") or "",
        "state": address.get("state") or "",
        "postal_code": address.get("postalCode") or "",
        "county": address.get("district") or "",
        "position": position(location),
        "info_phone": "".join(telecom(location, "phone")[:1]),
        "info_url": "".join(telecom(location, "url")[:1]),
        "description": location.get("description") or "",
    }


def as_list(value: Any) -> list[Any]:
    """A field as a list; a single value, which some publishers write instead, becomes a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]
