"""The contract of adapters (`aggregator.kit.contract`) on every adapter and each of its cases."""

import random
from functools import cache
from pathlib import Path

import pytest

from aggregator import registry
from aggregator.har.recording import load_recording
from aggregator.kit import cases, contract
from aggregator.kit.contract import Foreign, Subject
from tests.providers.test_providers import CASES
from tests.support.paths import NO_CAPTURES, ROOT
from tests.support.samples import sample

FILES = sorted((ROOT / "providers").glob("[a-z]*.py"))
OWN = [path for path in CASES if cases.load(path).recording.parent == path.parent]
OTHERS = [path for path in CASES if path not in OWN]  # with recordings of real systems, often several for one system


def name_of(value: object) -> str | None:
    return f"{value.parent.name}/{value.stem}" if isinstance(value, Path) else None


@cache
def subject_of(path: Path) -> Subject:
    case = cases.load(path)
    if not case.recording.is_file():
        pytest.skip(NO_CAPTURES)
    return Subject(case.source, registry.of(case.source), load_recording([case.recording]), cases.kept_before(case))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_class_header_and_imports_follow_the_contract(file: Path) -> None:
    assert list(contract.file_faults(registry.load(file.stem), file)) == []


@pytest.mark.parametrize("promise", contract.CHECKS)
@pytest.mark.parametrize("path", OWN + [pytest.param(path, marks=sample) for path in OTHERS], ids=name_of)
def test_an_adapter_keeps_the_contract(path: Path, promise: str) -> None:
    assert list(contract.CHECKS[promise](subject_of(path))) == []


# --- real answers of other systems ------------------------------------------------------------------------------------

MOST_BYTES = 200_000  # size of a foreign response that is shown to an adapter
SHOWN = 2  # number for each case; the seed of the run chooses them, so over time each case gets them all


@cache
def recorded_answers(captures: Path) -> dict[str, list[Foreign]]:
    """The first response of each recording, by the folder of its system."""
    found: dict[str, list[Foreign]] = {}
    for har in sorted(captures.glob("*/*.har")):
        entry = load_recording([har]).entries[0]
        if 0 < len(entry.body) <= MOST_BYTES:
            kind = dict(entry.headers).get("content-type", "text/html")
            answer = Foreign(f"{har.parent.name}/{har.stem}", entry.body.decode("utf-8", "replace"), kind)
            found.setdefault(har.parent.name, []).append(answer)
    return found


@cache
def folders_of(provider: str) -> set[str]:
    """The folders of a provider's recordings, by its name or by a case."""
    recordings = [cases.load(path).recording for path in CASES if path.parent.name == provider]
    return {provider, provider.replace("_", "-"), *(recording.parent.name for recording in recordings)}


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_recorded_answers_of_other_systems_are_refused_with_a_reason(path: Path, captures: Path) -> None:
    own = folders_of(path.parent.name)
    others = [one for folder, found in recorded_answers(captures).items() if folder not in own for one in found]

    assert list(contract.foreign_faults(subject_of(path), random.sample(others, SHOWN))) == []
