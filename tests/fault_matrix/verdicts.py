"""The faults of a cell, as sentences; none if all is well."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from aggregator.model import Available, Outcome, Report
from aggregator.visit.plausibility import MOST_TAKEN_AT_ONCE
from aggregator.visit.polling import MAX_WAIT
from tests.fault_matrix.fault import Fault
from tests.fault_matrix.subjects import Subject
from tests.fault_matrix.view import Seen as Place
from tests.fault_matrix.visits import Seen, Visited

YES, NO, UNKNOWN = Available.YES, Available.NO, Available.UNKNOWN
LEAST_WORDS = 3  # words that introduce a next step
LEAST_SEEN = 2  # words that describe what was received
TOLERANCE = timedelta(seconds=1)  # of times in headers


def faults_of(cell: Visited, fault: Fault, subject: Subject, elsewhere: frozenset[str], every: bool) -> Iterator[str]:
    """`elsewhere`: the locations on the visit's other responses. `every`: the fault hits all responses."""
    yield from _crashes(cell.faulty.report)
    if cell.faulty.report.outcome not in fault.outcomes and not _is_one_row_less(cell.faulty.report, fault, every):
        wanted = " or ".join(sorted(fault.outcomes))
        yield f"outcome {cell.faulty.report.outcome}, not {wanted}: {cell.faulty.report.message!r}"
    known = cell.faulty.kept.places.keys()
    others_only = known.isdisjoint(reading.location.key for reading in cell.faulty.report.readings)
    is_mixed = fault.mixed and not (every and others_only and _is_list_of_many(cell.faulty))
    yield from _answers(cell.faulty, fault, is_mixed)
    yield from _dates(cell.faulty, fault, elsewhere, every)
    yield from _message(cell.faulty.report, subject)
    yield from _waits(cell.faulty, fault)
    yield from _recovery(cell, fault, is_mixed)


def _is_list_of_many(faulty: Seen) -> bool:
    """Whether replacing the whole list should be doubted: places that have appointments change all the time."""
    if not faulty.report.only_available:
        return bool(faulty.kept.expected)
    return sum(place.available is YES for place in faulty.kept.places.values()) > MOST_TAKEN_AT_ONCE


def _is_one_row_less(report: Report, fault: Fault, every: bool) -> bool:
    """Whether an unreadable page with one row of many counts like an unreadable row: the visit is good but partial."""
    lost = 0 < report.unread * 2 <= report.rows
    return not every and Outcome.CHANGED in fault.outcomes and report.outcome is Outcome.OK and lost


def _crashes(report: Report) -> Iterator[str]:
    if report.unsaved or "please report this" in report.message:
        yield f"an exception: {report.unsaved or report.message}"


def _answers(faulty: Seen, fault: Fault, is_mixed: bool) -> Iterator[str]:
    """False answers, and places that lost theirs. `is_mixed`: the owner of the listed places is unclear."""
    before = {key: place for key, place in faulty.kept.places.items() if not place.gone}
    turns = {key: _turn(place, faulty.view.places.get(key)) for key, place in before.items()}
    for key, turn in turns.items():
        if turn and turn not in fault.turns and not is_mixed:
            yield f"{key!r} turns {turn}"
    venues = {place.venue for place in before.values()}
    for key, place in faulty.view.places.items():
        new = key not in before and not place.gone and place.venue not in venues
        if new and place.available is not UNKNOWN and not is_mixed:
            yield f"{key!r} is made up, and {place.available}"
    if not is_mixed:
        yield from _losses(before, turns, faulty.kept.expected, fault)


def _losses(
    before: Mapping[str, Place], turns: Mapping[str, str], expected: frozenset[str], fault: Fault
) -> Iterator[str]:
    """Losses of more than half of the places at once."""
    answered = [key for key, place in before.items() if place.available is not UNKNOWN]
    unknown = [key for key in answered if turns[key] == "UNKNOWN"]
    gone = [key for key, turn in turns.items() if turn == "gone" and key in expected]
    if answered and all(turns[key] in {"UNKNOWN", "gone"} for key in answered):
        yield "everything is UNKNOWN or gone"
    elif len(unknown) * 2 > len(answered):
        yield f"{len(unknown)} of {len(answered)} places are UNKNOWN at once"
    elif len(gone) * 2 > len(expected):
        yield f"{len(gone)} of {len(expected)} places are gone at once"
    openings = {key: max(len(before[key].slots), 1) for key in answered if before[key].available is YES}
    lost = sum(number for key, number in openings.items() if turns[key] in {"NO", "UNKNOWN", "gone"})
    if fault.absence and lost * 2 > sum(openings.values()):
        yield f"{lost} of {sum(openings.values())} openings are lost at once"


def _turn(before: Place, after: Place | None) -> str:
    """What a place has become; "" if it is unchanged."""
    if after is None or after.gone:
        return "gone"
    if after.answer == before.answer:
        return ""
    if after.available is not before.available:
        return str(after.available)
    if (after.openings or 0) > (before.openings or 0) and before.openings is not None:
        return "more"
    return "fewer"


def _dates(faulty: Seen, fault: Fault, elsewhere: frozenset[str], every: bool) -> Iterator[str]:
    """Nothing is dated later than what was learned or earlier than what was known."""
    newest = faulty.at - timedelta(seconds=fault.age) + TOLERANCE
    for key, place in faulty.view.places.items():
        before = faulty.kept.places.get(key)
        known = before.at if before else None
        if place.at is None or place.gone:
            continue
        if place.checked_at and place.checked_at > faulty.at:
            yield f"{key!r} is dated {place.checked_at}, after now"
        if known and place.at < known and not fault.turns:
            yield f"{key!r} is dated {place.at}, and was known as of {known}"
        if known is None or place.at == known or key in elsewhere:
            continue
        if not fault.believed:
            yield f"{key!r} is dated {place.at} although nothing was learned since {known}"
        elif fault.age and every and place.at > newest:
            yield f"{key!r} is dated {place.at}; its answer is of {newest}"


def _message(report: Report, subject: Subject) -> Iterator[str]:
    """A message gives the URL, what was received, and the next step; a complete good visit needs none."""
    text = report.message
    if not text:
        if not report.outcome.is_good or not report.whole:
            yield f"{report.outcome}{'' if report.whole else ', in part,'} without a message"
        return
    hosts = {urlsplit(subject.source.url).netloc, *subject.source.hosts}
    urls = re.findall(r"https?://([^/\s\"',;:)]+)", text)
    if not urls and not any(host in text for host in hosts):
        yield f"the message names no address: {text!r}"
    seen, semicolon, step = text.rpartition(";")
    if not semicolon or len(step.split()) < LEAST_WORDS:
        yield f"the message names no next step: {text!r}"
    elif len(re.sub(r"https?://\S+", "", seen).split()) < LEAST_SEEN:
        yield f"the message does not say what was seen: {text!r}"
    if re.search(r"https?://\S*[?#@]", text):
        yield f"the message shows a query: {text!r}"
    if len(text) > 500 or not text.isprintable():
        yield f"the message is too long, or not printable: {text!r}"


def _waits(faulty: Seen, fault: Fault) -> Iterator[str]:
    """The host is left alone for as long as it asked, and no wait is endless."""
    if fault.wait:
        until = max([faulty.view.next_visit_at, *faulty.view.host_waits.values()])
        asked_until = faulty.report.started_at + timedelta(seconds=fault.wait)
        if until < asked_until - TOLERANCE:
            yield f"the next visit is at {until}, before {asked_until}"
    if faulty.view.next_visit_at > faulty.report.started_at + MAX_WAIT:
        yield f"the next visit is at {faulty.view.next_visit_at}"


def _recovery(cell: Visited, fault: Fault, is_mixed: bool) -> Iterator[str]:
    """The third visit is the same as without the fault. Foreign places that were accepted are missed for a while."""
    after, control = cell.after, cell.control
    outcomes = [(each.report.outcome, each.report.whole) for each in (after, control)]
    if outcomes[0] != outcomes[1] and not is_mixed:
        yield f"afterwards {after.report.outcome}, not {control.report.outcome}: {after.report.message!r}"
    counts = [(each.view.failures, each.view.doubted) for each in (after, control)]
    if counts[0] != counts[1] and not is_mixed:
        yield f"afterwards {after.view.failures} failures, {after.view.doubted} doubts"
    venues = {place.venue for place in control.view.places.values()}
    for key, place in after.view.places.items():
        is_new = place.venue not in venues and not place.gone and place.available is not UNKNOWN
        if key not in control.view.places and is_new and not is_mixed:
            yield f"afterwards {key!r} is there, and is made up"
    if is_mixed:
        return
    for key, usual in control.view.places.items():
        if not usual.gone:
            # what was accepted stays if nothing newer is known: in a partial visit, or for a place with little data
            may_stay = not control.report.whole or (fault.absence and usual.available is UNKNOWN)
            before = cell.faulty.view.places.get(key)
            yield from _recovered(key, usual, after.view.places.get(key), before if may_stay else None)


def _recovered(key: str, usual: Place, after: Place | None, may_stay: Place | None) -> Iterator[str]:
    if after and may_stay and after.answer == may_stay.answer:
        return
    if after is None or after.gone or after.answer != usual.answer:
        yield f"afterwards {key!r} is {after and after.answer[:2]}, not {usual.answer[:2]}"
    elif (after.at and usual.at) and after.at < usual.at - timedelta(minutes=2):
        yield f"afterwards {key!r} is dated {after.at}, not {usual.at}"
