"""Checks an adapter on damaged answers: it may know fewer places or less about them, but nothing else.

The availability that the source states is compared; `past_faults` compares it at the time of the visit.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from aggregator.current import answer_at, slots_at
from aggregator.kit.contract.damages import DAMAGES, ZONES, in_the_past, is_of_lines, one_field, value_fields
from aggregator.kit.contract.replay import Subject, said
from aggregator.model import Available, Reading, Report

OPPOSITE = {Available.YES, Available.NO}
MOST_BYTES = 20_000  # of a recording whose fields are damaged one by one


def damage_faults(subject: Subject) -> Iterator[str]:
    """Faults on answers that are truncated, or have values of other types or times in other zones.

    That a place turns from YES to NO or from NO to YES, or that a whole visit lists fewer places, is a fault where no
    word says so that the undamaged answers did not bring, too; that it becomes UNKNOWN is right. A list of lines (CSV)
    that is cut between two of them looks whole; there only what is said of the places left counts.
    """
    undamaged = subject.undamaged
    lines = any(is_of_lines(entry) for entry in subject.recording.entries)
    for what, change in (DAMAGES | ZONES).items():
        report = subject.damaged(change)
        if not _new_words(report, undamaged):
            yield from (f"{what}: {fault}" for fault in _turned(report, undamaged))
            if not (lines and what.startswith("cut")):
                yield from (f"{what}: {fault}" for fault in _lost(report, undamaged))


def field_faults(subject: Subject) -> Iterator[str]:
    """Faults if a JSON field with a plain value becomes a record: no place may flip or disappear.

    A place may become UNKNOWN. Only for recordings of at most 20 kB, because it takes long.
    """
    if sum(len(entry.body) for entry in subject.recording.entries) > MOST_BYTES:
        return
    undamaged = subject.undamaged
    names = dict.fromkeys(name for entry in subject.recording.entries for name in value_fields(entry))
    for name in names:
        report = subject.damaged(partial(one_field, name=name, change=_in_a_record))
        if not _new_words(report, undamaged):
            for fault in (*_turned(report, undamaged), *_lost(report, undamaged)):
                yield f"{name} one deeper: {fault}"


def past_faults(subject: Subject) -> Iterator[str]:
    """Faults if every date is three years earlier: no place may be YES for past slots, or become YES."""
    before = {reading.location.key: reading for reading in subject.undamaged.readings}
    for reading in subject.damaged(in_the_past).readings:
        key = reading.location.key
        if _now(reading) is Available.YES:
            was = before.get(key)
            if was is None or _now(was) is not Available.YES:
                yield f"dates in the past: {key} is YES, and was not"
            elif _has_slots(was) and not _has_slots(reading):
                yield f"dates in the past: {key} is YES without the slots that it had"


def _in_a_record(value: Any) -> Any:
    return {"value": value}


def _turned(report: Report, undamaged: Report) -> Iterator[str]:
    answers, truth = said(report), said(undamaged)
    for key in answers.keys() & truth.keys():
        if {answers[key], truth[key]} == OPPOSITE:
            yield f"{key} turns from {truth[key]} to {answers[key]} without a word"


def _lost(report: Report, undamaged: Report) -> Iterator[str]:
    places = len(undamaged.readings) - len(report.readings)
    if report.whole and places > 0:
        yield f"a whole visit with {places} places fewer, without a word"


def _new_words(report: Report, undamaged: Report) -> bool:
    new = {*report.problems} - {*undamaged.problems}
    return bool(new) or report.message not in {undamaged.message, ""}


def _has_slots(reading: Reading) -> bool:
    return bool(reading.availability and reading.availability.slots)


def _now(reading: Reading) -> Available:
    """The availability at the time of the visit."""
    stated = reading.availability
    if stated is None:
        return Available.UNKNOWN
    return answer_at(stated.available, slots_at(stated.slots, stated.checked_at), stated.count)[0]
