"""A pytest plugin: with CI=true, a skip fails unless its reason is in ACCEPTED.

Without it, a tool that could not be installed turns its tests into skips and the run stays green.
"""

import os
import re
from collections.abc import Generator
from typing import TypeVar

import pytest

from tests.support.paths import NO_CAPTURES

R = TypeVar("R", pytest.TestReport, pytest.CollectReport)

# The reason of a skip (a regular expression for all of it) -> why it is accepted.
ACCEPTED = {
    re.escape(NO_CAPTURES): "The recordings are other people's pages, so they can't be part of the repository.",
    re.escape("the cases (../shared/cases) are not here"): "The same: they contain other people's pages.",
    "no IPv6 on this machine": "Many containers and hosted runners have no IPv6, and no package adds it.",
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _checked((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _checked((yield))


def _checked(report: R) -> R:
    """The report, turned into a failure if it is a skip that is not accepted."""
    if os.environ.get("CI") != "true" or not report.skipped or hasattr(report, "wasxfail"):
        return report
    place = report.longrepr
    reason = (place[2] if isinstance(place, tuple) else str(place)).removeprefix("Skipped: ")
    if not any(re.fullmatch(accepted, reason) for accepted in ACCEPTED):
        report.outcome = "failed"
        report.longrepr = (
            f"Skipped with CI=true: {reason}. Install what the test needs (.ci/run and `make tools` do), "
            "or add the reason to ACCEPTED in tests/support/skips.py and say there why it is fine."
        )
    return report
