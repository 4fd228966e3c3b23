"""Compares a visit with the accepted values of its case, and writes new ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table, Whitespace

from aggregator.errors import excerpt
from aggregator.kit.cases.case import Case
from aggregator.kit.cases.shown import shown, totals
from aggregator.model import Report

MAX_PLACES = 200  # per visit
_EMPTY: tuple[object, ...] = (None, "", [])
USUAL = {"problems": 0, "unread": 0}  # unless the case states other values


def disagreements(case: Case, report: Report) -> list[str]:
    """A sentence for each value that differs from the accepted one.

    Restrictions need only contain the accepted text, and `external_ids` the accepted ones.
    """
    if case.expect is None:
        command = f"aggregator try {case.source.provider} --accept"
        return [f"{case.name}: nothing is accepted yet; run {command} after you looked at the table"]
    places = [shown(reading) for reading in report.readings]
    found = totals(report, places)
    accepted = USUAL | {key: value for key, value in case.expect.items() if key != "places"}
    told = [sentence for key, value in accepted.items() for sentence in _differs(key, found, value)]
    wanted: Sequence[Mapping[str, Any]] = case.expect.get("places", ())
    return told + [f"places: {sentence}" for want in wanted for sentence in _missing(want, places)]


def _missing(want: Mapping[str, Any], places: Sequence[Mapping[str, Any]]) -> list[str]:
    """The accepted values that the best matching place of the same name lacks."""
    name = want.get("name", "")
    alike = [list(_place_differs(want, place)) for place in places if place["name"] == name]
    closest = min(alike, key=len, default=["is not there, was accepted"])
    return [f"{name}: {sentence}" for sentence in closest]


def _place_differs(want: Mapping[str, Any], place: Mapping[str, Any]) -> Iterator[str]:
    for key, value in want.items():
        inside = key == "restrictions" and value in place[key]
        held = key == "external_ids" and all(pair in place[key] for pair in value)
        if not (inside or held):
            yield from _differs(key, place, value)


def _differs(key: str, found: Mapping[str, Any], accepted: object) -> Iterator[str]:
    if key not in found:
        yield f"{key} is not a known value; accepted: {', '.join(found)}"
    elif found[key] != accepted:
        yield f"{key} is {_told(found[key])}, accepted was {_told(accepted)}"


def _told(value: object) -> str:
    return "not stated" if value is None else excerpt(value)


def accept(case: Case, report: Report) -> None:
    """Writes the values of a visit into `expect` of the case's file: all totals, and up to 200 places.

    Other keys and comments stay, those of a place as long as a place has its name. Places are sorted by name and
    address, so that the same visit gives the same file.
    """
    document = tomlkit.parse(case.path.read_text(encoding="utf-8"))
    if "expect" not in document:
        document.add("expect", tomlkit.table())
    expect = document["expect"]
    assert isinstance(expect, Table)
    before = {str(table["name"]): table for table in expect.pop("places", [])}
    places = [shown(reading) for reading in report.readings]
    _renew(expect, totals(report, places))
    if places:
        expect.append("places", _written(places, before))
    case.path.write_text(tomlkit.dumps(document).rstrip("\n") + "\n", encoding="utf-8")


def _written(places: Iterable[dict[str, Any]], before: dict[str, Table]) -> AoT:
    tables = tomlkit.aot()
    for place in sorted(places, key=lambda place: (place["name"], place["postal_code"], place["address"]))[:MAX_PLACES]:
        table = before.pop(place["name"], None) or tomlkit.table()
        _renew(table, {key: value for key, value in place.items() if value not in _EMPTY and value is not False})
        while table.value.body and isinstance(table.value.body[-1][1], Whitespace):
            table.value.body.pop()  # tomlkit puts an empty line between tables, each time
        tables.append(table)
    return tables


def _renew(table: Table, values: Mapping[str, Any]) -> None:
    """Updates the table to these values; equal ones keep their formatting."""
    for key in [key for key in table if key not in values]:
        table.remove(key)
    for key, value in values.items():
        if key not in table or table[key] != value:
            table[key] = value
