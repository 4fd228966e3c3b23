"""Every adapter on every case of `tests/providers/NAME/`: replays the recording and compares it with `[expect]`.

A new adapter needs no test here: its case file and the recording next to it are enough (`aggregator.kit.cases`).
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from aggregator import registry
from aggregator.config.region import Source
from aggregator.har.recording import load_recording
from aggregator.kit import cases
from aggregator.kit.cases import shown, source_of, totals
from aggregator.model import Report
from tests.support.paths import CAPTURES, NO_CAPTURES, TESTS

__all__ = ["CASES", "FOLDER", "replayed", "shown", "source_of", "totals"]

FOLDER = TESTS / "providers"
CASES = sorted(FOLDER.glob("*/*.toml"))


def replayed(source: Source, recording: Path, kept: Mapping[str, str] = MappingProxyType({})) -> Report:
    """The report of one visit to `source`, answered from the recording, with what its earlier visits kept."""
    registry.check([source])
    return cases.replay(source, load_recording([recording]), kept=kept).report


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_visit_gives_the_values_a_person_reads_on_the_page(path: Path) -> None:
    case = cases.load(path)
    if not case.recording.is_file() and not CAPTURES.is_dir():
        pytest.skip(NO_CAPTURES)
    report = replayed(case.source, case.recording, cases.kept_before(case))

    assert cases.disagreements(case, report) == [], (report.message, report.problems[:5])


def test_every_provider_has_a_made_up_case() -> None:
    own = {case.parent.name for case in CASES if "har" in tomllib.loads(case.read_text(encoding="utf-8"))}
    tested_elsewhere = {"prepmod", "smart_scheduling_links"}  # in their own files
    assert set(registry.names()) - tested_elsewhere == own
