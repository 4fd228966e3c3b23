"""Resolves references between records: by relative or absolute URL, with a version, by URN, by identifier.

Only the last two parts of an absolute URL count, type and id, because a feed is published as files and its server's
address means nothing. `https://x.example/fhir/Schedule/7/_history/2`, `Schedule/7/`, `urn:uuid:7`, and `7` all name
Schedule 7.
"""

import re
from typing import Any, NamedTuple
from urllib.parse import unquote

from aggregator.adapter.fhir.elements import MOST, Record, as_list
from aggregator.adapter.fhir.manifest import KINDS

_TYPES = {name.lower(): name for name in (*KINDS, "Practitioner", "Patient", "Device", "RelatedPerson")}
_VERSION = re.compile(r"/_history(?:/.*)?$", re.DOTALL)


class Named(NamedTuple):
    """What a reference names. `kind` "": not stated. `id` "": no id, but perhaps an `identifier`."""

    kind: str
    id: str
    identifier: tuple[str, str] | None = None


def named(reference: Any) -> Named:
    """Reads a reference in any form; returns `Named("", "")` if it names nothing."""
    given = reference if isinstance(reference, dict) else {"reference": reference}
    found = given.get("reference")
    text = str(found).strip() if isinstance(found, str | int) else ""
    stated = _TYPES.get(str(given.get("type") or "").rpartition("/")[2].lower(), "")
    if not text:
        return Named(stated, "", _pair(given.get("identifier")))
    if text.lower().startswith("urn:"):
        return Named(stated, text.rpartition(":")[2])
    path, _, query = text.partition("#")[0].partition("?")
    parts = [part for part in _VERSION.sub("", path).split("/") if part]
    if query or not parts:  # a search instead of an id, or `#contained`, which the caller resolves
        return Named(stated, "")
    kind = _TYPES.get(parts[-2].lower(), "") if len(parts) > 1 else stated
    return Named(kind, unquote(parts[-1]))


def contained(record: Record, reference: Any) -> Record | None:
    """The record contained in `record` that a reference of the form `#id` names."""
    text = reference.get("reference") if isinstance(reference, dict) else reference
    if not isinstance(text, str) or not text.startswith("#"):
        return None
    inside = [one for one in as_list(record.get("contained"))[:MOST] if isinstance(one, dict)]
    return next((one for one in inside if str(one.get("id") or "").lstrip("#") == text[1:]), None)


def identifiers(record: Record) -> list[tuple[str, str]]:
    """The system and value of each identifier of a record."""
    pairs = [_pair(one) for one in as_list(record.get("identifier"))]
    return [pair for pair in pairs if pair]


def _pair(identifier: Any) -> tuple[str, str] | None:
    value = str(identifier.get("value") or "").strip() if isinstance(identifier, dict) else ""
    return (str(identifier.get("system") or ""), value) if value else None


class Index:
    """An index of the records of one kind, by id and by identifier."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.records: dict[str, Record] = {}
        self._lower: dict[str, str] = {}  # UUIDs may be written in either case
        self._identified: dict[tuple[str, str], set[str]] = {}

    def add(self, record: Record, key: str = "") -> str:
        """Adds a record under its id, or under `key`; returns the key."""
        key = key or str(record["id"])
        self.records[key] = record
        self._lower[key.lower()] = key
        for pair in identifiers(record):
            alike = self._identified.setdefault(pair, set())
            if len(alike) < 2:  # Two are enough to show that the identifier is ambiguous.
                alike.add(key)
        return key

    def find(self, reference: Any) -> str:
        """The key of the record that a reference names; "" if it is unknown or ambiguous."""
        if isinstance(reference, dict):
            key = str(reference.get("reference") or "").removeprefix(f"{self.kind}/")
            if key in self.records:  # the usual form, without the cost of the others
                return key
        name = named(reference)
        if name.kind not in ("", self.kind):
            return ""
        if name.id in self.records:
            return name.id
        if not name.id:
            return self.identified(name.identifier)
        return "" if name.kind else self._lower.get(name.id.lower(), "")

    def identified(self, *pairs: tuple[str, str] | None) -> str:
        """The key of the one record that has one of these identifiers; "" if there is none or several."""
        found = {key for pair in pairs if pair for key in self._identified.get(pair, ())}
        return found.pop() if len(found) == 1 else ""
