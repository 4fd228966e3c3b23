"""Checks that shuffled, fewer, or repeated rows give the same places with the same answers, or fewer."""

import random
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import partial
from typing import Any

from aggregator.adapter import Listing
from aggregator.clean import folded
from aggregator.kit.contract.damages import typed
from aggregator.kit.contract.replay import Subject, Watched
from aggregator.model import Reading, Report

SEEDS = range(3)


def order_faults(subject: Subject) -> Iterator[str]:
    """Faults if the order of rows changes a place."""
    whole = _answers(subject.undamaged)
    for seed in SEEDS:
        shuffled = _answers(Watched(subject.make(), rows=_shuffled(seed)).visit(subject))
        for key in whole.keys() | shuffled.keys():
            if whole.get(key) != shuffled.get(key):
                yield f"rows in another order (seed {seed}): {key} is {shuffled.get(key)}, not {whole.get(key)}"


def cut_faults(subject: Subject) -> Iterator[str]:
    """Faults if leaving out the rows of some places changes others."""
    noted = _Noted()
    whole = _answers(Watched(subject.make(), rows=noted.rows, call=noted.listing).visit(subject))
    for seed in SEEDS:
        kept = random.Random(seed).sample(noted.places, len(noted.places) // 2)  # noqa: S311 # no secret
        fewer = Watched(subject.make(), rows=noted.only(kept)).visit(subject)
        for key, answer in _answers(fewer).items():
            if answer != whole.get(key):
                yield f"half of the places (seed {seed}): {key} is {answer}, not {whole.get(key)}"


def identity_faults(subject: Subject) -> Iterator[str]:
    """Faults if a second visit gives other locations, also with additional fields in the answers."""
    first = subject.undamaged
    again = {
        "two visits to the same pages": subject.report(),
        "an unknown field": subject.damaged(partial(typed, change=_more_fields)),
    }
    for what, report in again.items():
        if {r.location for r in report.readings} != {r.location for r in first.readings}:
            yield f"{what}: different locations, e.g. {_different(first, report)}"


def _more_fields(value: Any) -> Any:
    """The list with one more field in each record; maps by day or number are not records."""
    if not isinstance(value, list):
        return value
    return [part | {"addedLater": 20210520} if _is_record(part) else part for part in value]


def _is_record(value: Any) -> bool:
    return isinstance(value, dict) and all(key.isidentifier() for key in value)


class _Noted:
    """Records the place of each row: rows with the same id, or without ids the same name, may share a place."""

    def __init__(self) -> None:
        self._of_row: list[Hashable] = []

    @property
    def places(self) -> list[Hashable]:
        return list(dict.fromkeys(self._of_row))

    def rows(self, rows: Iterable[Any]) -> Iterable[Any]:
        for row in rows:
            self._of_row.append(len(self._of_row))
            yield row

    def listing(self, read: Callable[[], Listing | None]) -> Listing | None:
        listing = read()
        if listing is not None:
            self._of_row[-1] = listing.id or folded(listing.name)
        return listing

    def only(self, kept: list[Hashable]) -> Callable[[Iterable[Any]], Iterable[Any]]:
        of_row = iter(self._of_row)
        return lambda rows: [row for row in list(rows) if next(of_row) in kept]


def _shuffled(seed: int) -> Callable[[Iterable[Any]], Iterable[Any]]:
    def shuffled(rows: Iterable[Any]) -> Iterable[Any]:
        found = list(rows)
        random.Random(seed).shuffle(found)  # noqa: S311 # no secret
        return found

    return shuffled


def _answers(report: Report) -> dict[str, Hashable]:
    return {reading.location.key: _answer(reading) for reading in report.readings}


def _answer(reading: Reading) -> Hashable:
    """Everything reported about a place, ignoring the order of slots at the same time."""
    said = reading.availability
    return said and (said.available, said.count, tuple(sorted(map(str, said.slots))))


def _different(first: Report, other: Report) -> str:
    found = {r.location for r in first.readings} ^ {r.location for r in other.readings}
    return str(sorted(found, key=str)[0])[:300]
