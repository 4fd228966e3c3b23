"""Checks an adapter on answers in which a key, column, class, attribute, label, or part of a link is renamed.

Hosts rename these without notice, and a missing element is not an answer. A place that had appointments may then
become UNKNOWN or disappear; NO is right only if the page still states it. A NO by absence has to be one that
`aggregator.visit.plausibility` doubts.
"""

import re
from collections.abc import Iterator
from functools import partial

from aggregator.har import Entry
from aggregator.kit.contract.damages import is_of_lines, text_of
from aggregator.kit.contract.replay import Subject, said
from aggregator.model import Available, Report
from aggregator.visit import Expected, judged, openings

MOST_BYTES = 100_000  # of a recording whose names are changed one by one
_QUOTE = r"(?<!\\)\\*+[\"']"  # also in HTML or JSON that stands in a text of JSON
# what holds a name, in one group
_KEY = re.compile(rf"{_QUOTE}([A-Za-z_][A-Za-z_-]*){_QUOTE}\s*:")
_CLASSES = re.compile(rf"\bclass={_QUOTE}([^\"'\\>]*)")
_ATTRIBUTE = re.compile(rf"\s([a-zA-Z][a-zA-Z-]*)={_QUOTE}")
_NAME = re.compile(rf"\b(?:id|name)={_QUOTE}([^\"'\\>]+)")
_LINK = re.compile(rf"\b(?:href|action)={_QUOTE}([^\"'\\>]+)")
_LABEL = re.compile(r">\s*+([^<>{}]{3,60}?)\s*+<")


def missing_faults(subject: Subject) -> Iterator[str]:
    """Faults for each name in the answers that, once renamed, turns a place from YES to a NO that counts.

    Only for recordings of at most `MOST_BYTES`, because it takes long.
    """
    if sum(len(entry.body) for entry in subject.recording.entries) > MOST_BYTES:
        return
    before = subject.undamaged
    yes = {key for key, answer in said(before).items() if answer is Available.YES}
    if not yes:
        return
    for name in dict.fromkeys(name for entry in subject.recording.entries for name in names_in(entry)):
        report = subject.damaged(partial(renamed, name=name))
        yield from (f"{name!r} renamed: {fault}" for fault in _denied(judged(report, _expected(before), 0), yes))


def names_in(entry: Entry) -> Iterator[str]:
    """The names by which an adapter may find values in an answer; names with digits are skipped as keys of maps."""
    text = text_of(entry)
    found = [*_KEY.findall(text), *_ATTRIBUTE.findall(text), *_NAME.findall(text)]
    found += [word for words in _CLASSES.findall(text) for word in words.split()]
    found += [part for link in _LINK.findall(text) for part in re.findall(r"[a-zA-Z_-]{4,}", link)]
    if text.lstrip().startswith("<"):
        found += _LABEL.findall(text)
    if is_of_lines(entry):
        found += [column.strip() for column in text.partition("\n")[0].split(",")]
    yield from (name for name in dict.fromkeys(found) if name and not re.search(r"\d", name))


def renamed(entry: Entry, name: str) -> str:
    """The answer with a name changed wherever it is a whole word."""
    return re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "renamed", text_of(entry))


def _expected(before: Report) -> Expected:
    known = {reading.location.key: reading.availability for reading in before.readings if reading.availability}
    counted = {key: openings(one, before.started_at) for key, one in known.items() if one.available is Available.YES}
    return Expected(locations={key: key in known for key in said(before)}, openings=counted)


def _denied(report: Report, yes: set[str]) -> Iterator[str]:
    """Places that had appointments and are now NO in a reading that counts."""
    for reading in report.readings:
        key, answer = reading.location.key, reading.availability
        if key in yes and answer and answer.available is Available.NO and not answer.incomplete:
            yield f"{key} turns from YES to NO ({'by absence' if answer.by_absence else 'stated'})"
