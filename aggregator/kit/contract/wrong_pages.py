"""Checks that wrong pages are not taken for answers: waiting rooms, errors, other systems, pages without rows."""

from collections.abc import Iterable, Iterator

from aggregator.adapter import Adapter, CsvAdapter, JsonAdapter, Page, PageError
from aggregator.kit.contract.foreign import Foreign
from aggregator.kit.contract.replay import SaysOnly, Subject, Watched, replayed, said
from aggregator.model import Answer, Available, Outcome, Report

WAITING_ROOM = "<html><head><title>Virtual Waiting Room</title></head><body><p>You are now in line.</p></body></html>"
CAPTCHA = "<html><head><title>Attention Required!</title></head><body>Please complete the captcha.</body></html>"
OUT_OF_ORDER = "<html><head><title>Application Error</title></head><body><h1>Application Error</h1></body></html>"
STRANGE = "<html><head><title>Welcome</title></head><body><p>Something quite different.</p></body></html>"
NOT_PAGES = (
    ("a waiting room", WAITING_ROOM, Outcome.BUSY),
    ("a captcha", CAPTCHA, Outcome.BLOCKED),
    ("an error page", OUT_OF_ORDER, Outcome.DOWN),
    ("a strange page", STRANGE, Outcome.CHANGED),
    ("an empty body", "", Outcome.CHANGED),
)


def not_a_page_faults(subject: Subject) -> Iterator[str]:
    """Faults if a waiting room, captcha, error page, unrelated page, or empty body gets the wrong outcome."""
    for what, body, expected in NOT_PAGES:
        report = replayed(subject.source, subject.make(), SaysOnly.instead_of(subject.recording, body), subject.kept)
        if report.outcome is not expected or report.whole or report.readings:
            yield f"{what} gives {report.outcome} with {len(report.readings)} locations: {report.message}"


def foreign_faults(subject: Subject, answers: Iterable[Foreign]) -> Iterator[str]:
    """Faults if the answer of another system gives a YES or NO, or a report without a reason."""
    for foreign in answers:
        if subject.source.provider in foreign.readers:
            continue
        asked = SaysOnly.instead_of(subject.recording, foreign.body, foreign.kind)
        report = replayed(subject.source, subject.make(), asked, subject.kept)
        if not (report.outcome is Outcome.EMPTY and _lists_nothing(subject.make(), foreign, report)):
            yield from (f"{foreign.what}: {fault}" for fault in _believed(report))


def _lists_nothing(adapter: Adapter, foreign: Foreign, report: Report) -> bool:
    """Whether an answer has an empty list where the adapter's list is, so that it could be the adapter's own.

    Visits do not believe it at once: `aggregator.visit.plausibility` doubts a list that is suddenly empty.
    """
    if not isinstance(adapter, JsonAdapter):
        return False
    url, body = "https://elsewhere.example.org/", foreign.body.encode()
    page = Page(Answer(url=url, status=200, headers={}, body=body, fetched_at=report.started_at))
    try:
        return not JsonAdapter.rows_of(adapter, page)
    except PageError:
        return False


def _believed(report: Report) -> Iterator[str]:
    for key, answer in said(report).items():
        if answer is not Available.UNKNOWN:
            yield f"{key} is {answer}"
    if not (report.message or report.problems):
        yield f"{report.outcome} with {report.rows} rows and without a word"


def empty_faults(subject: Subject) -> Iterator[str]:
    """Faults if an HTML page without its rows counts as empty although it does not say so.

    An `empty_marker` or `says_empty` that matches a page with rows proves nothing. An empty list of data is a valid
    answer.
    """
    pages = any(entry.body.lstrip().startswith(b"<") for entry in subject.recording.entries)
    if not pages or isinstance(subject.make(), JsonAdapter | CsvAdapter) or not subject.undamaged.rows:
        return
    report = Watched(subject.make(), rows=lambda rows: ()).visit(subject)
    if report.outcome is Outcome.EMPTY:
        yield "a page that had rows is taken for one that says it has none; choose an empty_marker that only those have"
