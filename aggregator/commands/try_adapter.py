"""The command `try`: runs an adapter on recordings or on one polite visit, and prints what it reads."""

import argparse

from aggregator.commands import terminal
from aggregator.commands.job import check_contact, own_adapters
from aggregator.config import load_region
from aggregator.errors import ConfigError
from aggregator.kit import (
    COLUMNS,
    AdapterFault,
    Case,
    Trial,
    accept,
    case_folder,
    next_step,
    remarks,
    rows,
    try_cases,
    try_live,
    try_recording,
    verdict,
)
from aggregator.redact import without

DISAGREES = 1
SHOWN = 40  # places printed without --all


def try_adapter(arguments: argparse.Namespace) -> int:
    """Runs the trials; 0 if each one read the accepted values (or, without any, went well), 1 otherwise."""
    if arguments.accept and (arguments.har or arguments.live):
        folder = case_folder(arguments.name, own_adapters(arguments.region))
        raise ConfigError(
            f"--accept saves values in a test case and does not work with --har or --live; put the recording into "
            f"{folder} with a case file beside it, then leave --har and --live out"
        )
    try:
        return max([_printed(trial, arguments) for trial in _trials(arguments)], default=0)
    except AdapterFault as error:
        terminal.failure(str(error))
        return DISAGREES


def _trials(arguments: argparse.Namespace) -> list[Trial | Case]:
    region = load_region(arguments.region) if arguments.region else None
    adapters = own_adapters(arguments.region)
    if arguments.live:
        if region is None:
            raise ConfigError("--live needs a region file with sources of the provider; give --region FILE")
        check_contact(region, str(arguments.region))
        return [*try_live(arguments.name, region)]
    if arguments.har:
        return [try_recording(arguments.name, arguments.har, region, arguments.case, adapters)]
    return list(try_cases(arguments.name, arguments.case, adapters))


def _printed(trial: Trial | Case, arguments: argparse.Namespace) -> int:
    """Prints a trial and returns its exit code."""
    if isinstance(trial, Case):
        terminal.say(f"{trial.name}: skipped because its recording is missing ({trial.recording})")
        return 0
    terminal.heading(trial.title)
    lines = list(rows(trial.report))
    shown = lines if arguments.all else lines[:SHOWN]
    terminal.grid(COLUMNS, shown)
    if len(shown) < len(lines):
        terminal.say(f"… and {len(lines) - len(shown)} more; --all shows all of them")
    for remark in remarks(trial):
        terminal.say(without(trial.keys, remark))
    terminal.say(verdict(trial.report))
    if arguments.accept and trial.case:
        return _accepted(trial, trial.case)
    if step := next_step(trial):
        terminal.say(f"next: {step}")
    return 0 if trial.expected else DISAGREES


def _accepted(trial: Trial, case: Case) -> int:
    accept(case, trial.report)
    if case.expect is None:
        changed = "for the first time"
    else:
        changed = f"{len(trial.disagreements)} values changed" if trial.disagreements else "as before"
    terminal.say(f"accepted in {case.path}, {changed}")
    return 0
