"""Parts of a FHIR record, read tolerantly."""

from collections.abc import Iterable
from typing import Any

from aggregator.model import Available

Record = dict[str, Any]
# Extensions, codings, contained records that are read of one record: others refer to it, and look at them each time.
MOST = 100

_STATED = (("some", Available.YES), ("none", Available.NO), (True, Available.YES), (False, Available.NO))


def values(record: Record, name: str) -> list[Any]:
    """The values of every extension `name` of a record, whatever their type; an extension may repeat.

    The last part of an extension's address is its name: the address of 2021 and the one HL7 gave it in 2026 differ
    only before it. Of a ContactPoint (HL7's form of a phone number) the value is its text.
    """
    found = []
    for extension in as_list(record.get("extension"))[:MOST]:
        if isinstance(extension, dict) and str(extension.get("url")).rpartition("/")[2] == name:
            value = next((value for key, value in extension.items() if key.startswith("value")), None)
            found.append(value["value"] if isinstance(value, dict) and "value" in value else value)
    return found


def has_availability(schedules: Iterable[Record]) -> Available | None:
    """The best that `has-availability` of the Schedules states (a code; in early 2021 a boolean); None if none does."""
    given = [value for schedule in schedules for value in values(schedule, "has-availability")]
    said = [next((means for code, means in _STATED if code == value), Available.UNKNOWN) for value in given]
    return next((one for one in (Available.YES, Available.UNKNOWN, Available.NO) if one in said), None)


def may_be_free(slot: Record) -> bool:
    """Whether a Slot may be an appointment: any status but the busy ones."""
    return not str(slot.get("status")).startswith("busy")


def telecom(location: Record, system: str) -> list[str]:
    """The values of one kind ("phone", "url") of contact, in the order given."""
    return [
        str(contact.get("value") or "") for contact in location.get("telecom") or () if contact.get("system") == system
    ]


def position(location: Record) -> tuple[float, float] | None:
    """Latitude and longitude if both are there."""
    found = location.get("position") or {}
    return (found["latitude"], found["longitude"]) if {"latitude", "longitude"} <= found.keys() else None


def as_list(value: Any) -> list[Any]:
    """A field that should hold a list; a single value, which some publishers write instead, is a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]
