"""Selects the Schedules of the service that a source is read for.

HL7's form of the feed may mix services, such as immunization and general practice. A Schedule without a service type is
kept. Otherwise:

| the wanted service | kept |
| --- | --- |
| named | Schedules with a type of this code, display, or text |
| None | all |
| "" | immunizations; in a feed that marks none, Schedules with only types outside HL7's list (such as text) |
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aggregator.adapter.fhir.elements import MOST, Record, as_list, values

_HL7 = "http://terminology.hl7.org/CodeSystem/service-type"
_SMART = "http://fhir-registry.smarthealthit.org/CodeSystem/service-type"
_IMMUNIZATION = {(_HL7, "57"), (_SMART, "covid19-immunization")}
_CVX = "http://hl7.org/fhir/sid/cvx"


def of_service(schedules: Iterable[Record], wanted: str | None) -> set[int]:
    """The positions of the Schedules to keep. `wanted`: a service type's code, display, or text; or "" or None."""
    types = [_types(schedule) for schedule in schedules]
    if wanted is None:
        return set(range(len(types)))
    if wanted:
        name = wanted.strip().casefold()
        return {at for at, given in enumerate(types) if not given or any(name in one.names for one in given)}
    marked = {at for at, given in enumerate(types) if any(one.key in _IMMUNIZATION for one in given)}
    others = {at for at, given in enumerate(types) if given and (marked or any(one.key[0] == _HL7 for one in given))}
    return set(range(len(types))) - (others - marked)


def products(slot: Record, schedule: Record) -> tuple[str, ...]:
    """The products of a Slot: its own, otherwise its Schedule's, otherwise CVX codes among the service types."""
    stated = values(slot, "vaccine-product") or values(schedule, "vaccine-product")
    given = [one for one in stated if isinstance(one, dict)]
    given = given or [one for one in _codings(schedule) if one.get("system") == _CVX]
    return tuple(f"cvx:{one['code']}" if one.get("code") else str(one.get("display") or "") for one in given)


def doses(slot: Record, schedule: Record) -> tuple[str, ...]:
    """The doses of a Slot: its own, otherwise its Schedule's."""
    stated = values(slot, "vaccine-dose") or values(schedule, "vaccine-dose")
    return tuple(str(dose) for dose in stated)


def service_names(slot: Record, schedule: Record) -> tuple[str, ...]:
    """The names of a Slot's service types, otherwise its Schedule's: each type's text, otherwise its first display."""
    for record in (slot, schedule):
        names = [str(one.get("text") or _display(one)) for one in _concepts(record)]
        if any(names):
            return tuple(filter(None, names))
    return ()


class _Type(NamedTuple):
    key: tuple[str, str]  # system and code
    names: tuple[str, ...]  # in lower case


def _types(schedule: Record) -> list[_Type]:
    """The codings and the texts of a Schedule's service types."""
    found = []
    for coding in _codings(schedule):
        code, display = str(coding.get("code") or ""), str(coding.get("display") or "")
        found.append(_Type((str(coding.get("system") or ""), code), (code.casefold(), display.strip().casefold())))
    texts = [concept.get("text") for concept in _concepts(schedule)]
    return found + [_Type(("", ""), (str(text).strip().casefold(),)) for text in texts if text]


def _display(concept: Record) -> str:
    codings = [one for one in as_list(concept.get("coding"))[:MOST] if isinstance(one, dict)]
    return next((str(one["display"]) for one in codings if one.get("display")), "")


def _codings(schedule: Record) -> Iterator[Record]:
    for concept in _concepts(schedule):
        yield from (coding for coding in as_list(concept.get("coding"))[:MOST] if isinstance(coding, dict))


def _concepts(schedule: Record) -> list[Record]:
    return [concept for concept in as_list(schedule.get("serviceType"))[:MOST] if isinstance(concept, dict)]
