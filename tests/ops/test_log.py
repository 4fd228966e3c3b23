"""Log lines: which are written, in which form, without secrets and without cursor control characters."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from aggregator import log
from aggregator.model import Fault, Outcome, Stage
from tests.support.records import reading, report


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if handler.name == log.HANDLER]:
        root.removeHandler(handler)


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines on standard error, which is not a terminal in a test."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_without_a_terminal_each_visit_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(quiet=False)
    log.visited(report(reading("1"), reading("2"), requests=3, received=1200, took=1.23456, rows=3, unread=1))
    (line,) = written(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "event": "visit",
        "source": "county",
        "outcome": "OK",
        "locations": 2,
        "requests": 3,
        "received_bytes": 1200,
        "took_seconds": 1.235,
        "rows_unread": 1,
    }


def test_no_log_line_contains_the_key_of_a_url(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(quiet=False)
    url = "https://u:k3y@a.example.org/x?key=k3y"
    log.visited(report(outcome=Outcome.DOWN, message=f"{url} is down"))
    logging.getLogger("somebody's library").warning("cannot reach %s", url)
    try:
        raise ValueError(url)
    except ValueError:
        log.lines.exception("failed")
    err = capsys.readouterr().err
    assert "https://a.example.org/x" in err
    assert "k3y" not in err


def test_a_publishers_max_age_is_logged_with_a_good_visit(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(quiet=False)
    log.visited(report(next_after=900.0))
    log.visited(report(next_after=900.0, outcome=Outcome.BUSY))
    first, second = written(capsys)
    assert (first["max_age_seconds"], "max_age_seconds" in second) == (900, False)


def test_the_estimated_wait_of_a_waiting_room_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(quiet=False)
    log.visited(report(outcome=Outcome.BUSY, message="in a line", wait_minutes=45))
    (line,) = written(capsys)
    assert (line["message"], line["wait_minutes"]) == ("in a line", 45)


def test_unsaved_visits_and_items_left_out_are_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(quiet=True)
    log.visited(report(unsaved="the database is locked"))
    log.left_out([Fault(stage=Stage.LISTS, id=str(number), reason="no luck") for number in range(25)])
    visit, *faults = written(capsys)
    assert (visit["level"], visit["unsaved"]) == ("warning", "the database is locked")
    assert len(faults) == log.MOST_LEFT_OUT
    found = [faults[0][key] for key in ("event", "level", "stage", "id", "reason")]
    assert found == ["left_out", "warning", "lists", "0", "no luck"]


@pytest.mark.parametrize("outcome", Outcome)
def test_quiet_logs_only_what_needs_a_person(capsys: pytest.CaptureFixture[str], outcome: Outcome) -> None:
    log.configure(quiet=True)
    log.visited(report(outcome=outcome, message="why"))
    needed = outcome in (Outcome.BLOCKED, Outcome.CHANGED)
    assert [(line["level"], line["message"]) for line in written(capsys)] == [("warning", "why")] * needed


def test_on_a_terminal_source_text_cannot_move_the_cursor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    log.configure(quiet=False)
    log.visited(report(outcome=Outcome.DOWN, message="first\n\x1b[2Jsecond"))
    text = screen.getvalue()
    assert text.count("\n") == 1
    assert "\x1b[2J" not in text
    assert "DOWN" in text


def test_library_warnings_are_logged_in_the_same_format(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(quiet=False)
    log.configure(quiet=False)  # the second call adds no second handler
    library = logging.getLogger("some.library")
    library.info("too much detail")
    try:
        raise ValueError("a mistake")
    except ValueError:
        library.exception("a job failed")
    (line,) = written(capsys)
    assert (line["level"], line["event"]) == ("error", "a job failed")
    assert "ValueError: a mistake" in line["exception"]


def test_a_traceback_on_a_terminal_shows_no_values(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    log.configure(quiet=False)
    password = "".join(["hun", "ter2"])
    try:
        raise ValueError(f"a mistake of {len(password)}")
    except ValueError:
        log.lines.exception("failed")
    assert "a mistake of 7" in screen.getvalue()
    assert password not in screen.getvalue()
