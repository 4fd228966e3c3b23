"""Formats what `aggregator try` prints about a trial: a table, remarks, a verdict, and the next step. Pure."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregator.adapter import host_of
from aggregator.clean import products_of
from aggregator.kit.cases import shown, totals
from aggregator.kit.describe import describe
from aggregator.kit.trial import Trial
from aggregator.model import Outcome, Problem, Reading, Report

UNREAD = 10  # rows shown
GROUPS = 15  # kinds of problem shown
PAGES = 5  # described
COLUMNS = {  # with the least readable width of each; together they fit into 80 characters
    "name": 10, "town": 8, "ZIP": 5, "answer": 7, "count": 5, "first": 10, "products": 8, "contact": 12,
}  # fmt: skip


def rows(report: Report) -> Iterator[tuple[str, ...]]:
    """Every place as a row of a table with COLUMNS; times are in the place's time zone."""
    for reading in report.readings:
        place = shown(reading)
        count = "" if place["count"] is None else str(place["count"])
        products = ", ".join(place["products"])
        contact = place["phone"] or host_of(place["booking_url"]).removeprefix("www.")
        first = _first(place["first"], reading, all_day=place["all_day"])
        yield place["name"], place["city"], place["postal_code"], place["available"], count, first, products, contact


def _first(moment: str, reading: Reading, *, all_day: bool) -> str:
    if not moment:
        return ""
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(reading.location.time_zone))
    return f"{local:%Y-%m-%d}" if all_day else f"{local:%Y-%m-%d %H:%M}"


def remarks(trial: Trial) -> Iterator[str]:
    """What the author should look at, line by line; an indented line belongs to the one above."""
    report = trial.report
    if unknown := _unknown_products(trial):
        yield "unknown products:"
        yield from (f"  {text!r} (at {_many(count, 'place')})" for text, count in unknown.most_common())
    others = [problem for problem in report.problems if problem.field != "product"]
    if report.unread:
        yield f"{report.unread} of {report.rows} rows could not be read:"
        yield from (f"  {_one_problem(problem)}" for problem in others[: min(report.unread, UNREAD)])
    if trial.faults:
        yield "raised by the adapter:"
        yield from (f"  {count} × {fault}" for fault, count in trial.faults.most_common(UNREAD))
    if left := others[report.unread :]:
        yield "problems:"
        yield from _grouped(left)
    if trial.disagreements:
        yield "differs from what was accepted:"
        yield from (f"  {sentence}" for sentence in trial.disagreements)
    yield from _descriptions(trial)


def _unknown_products(trial: Trial) -> Counter[str]:
    """Product text that is in no table -> number of places."""
    at: Counter[str] = Counter()
    product = products_of(trial.source.service).product
    for reading in trial.report.readings:
        at.update(text for text in shown(reading)["products"] if product(text) is None)
    return at


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _one_problem(problem: Problem) -> str:
    return f"{problem.field}: {problem.reason} (seen: {problem.value})"


def _grouped(problems: list[Problem]) -> Iterator[str]:
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.field, problem.reason), []).append(problem)
    for group in list(alike.values())[:GROUPS]:
        yield f"  {len(group)} × {_one_problem(group[0])}"


def _descriptions(trial: Trial) -> Iterator[str]:
    """Descriptions of the pages, if nothing was found on them and that was not accepted."""
    report, went_as_accepted = trial.report, trial.is_accepted and trial.expected
    if went_as_accepted or (report.readings and report.outcome is not Outcome.CHANGED):
        return
    for page in trial.pages[:PAGES]:
        first, *further = describe(page).sentences()
        yield first
        yield from (f"  {sentence}" for sentence in further)
    if len(trial.pages) > PAGES:
        yield f"and {len(trial.pages) - PAGES} more pages"


def next_step(trial: Trial) -> str:
    """The author's next step; "" if the visit went as accepted, or went well without a case."""
    report, name = trial.report, trial.source.provider
    if trial.is_accepted:
        changed = f"correct the adapter, or run aggregator try {name} --accept if the new values are right"
        return changed if trial.disagreements else ""
    if trial.faults or report.unread:
        return f"correct `rows` or `listing` in providers/{name}.py, so that every row can be read"
    if report.outcome in (Outcome.BUSY, Outcome.BLOCKED, Outcome.DOWN):
        return "record the visit again, or visit later: these are not pages of the list"
    if report.outcome is Outcome.CHANGED:
        return max(map(describe, trial.pages), key=lambda page: page.score).next_step if trial.pages else ""
    if report.readings and all(shown(reading)["available"] == "UNKNOWN" for reading in report.readings):
        return f"let `listing` in providers/{name}.py say what is free: the availability of every place is unknown"
    return f"compare the table with the page, then run aggregator try {name} --accept" if trial.case else ""


def verdict(report: Report) -> str:
    """A line such as "34 locations, 31 with appointments, 2 unknown, 0 problems", with the outcome if it is not OK."""
    found = totals(report, [shown(reading) for reading in report.readings])
    slots = [slot for reading in report.readings if reading.availability for slot in reading.availability.slots]
    naive = sum(slot.start.tzinfo is None or (slot.end is not None and slot.end.tzinfo is None) for slot in slots)
    parts = [
        _many(found["locations"], "location"),
        f"{found['with_appointments']} with appointments",
        f"{found['unknown']} unknown",
        f"{_many(naive, 'time')} without a zone" if naive else "all times aware",
        _many(len(report.problems), "problem"),
    ]
    said = "" if report.outcome is Outcome.OK and not report.message else f" - {report.outcome}: {report.message}"
    return ", ".join(parts) + said.removesuffix(": ")
