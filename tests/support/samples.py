"""A pytest plugin: a run of the whole suite includes one in three of the tests marked with `sample`.

They are thousands of measurements and replays of code that most changes do not touch. The seed of the run chooses, so
over time all of them run; the run prints the seed, and `--randomly-seed=…` selects the same ones again. A run of a
named file or test includes all of its tests; EVERY_TEST=1 includes all of them, and so does a release.
"""

import os
from pathlib import Path
from zlib import crc32

import pytest

ONE_IN = 3
ALL = "EVERY_TEST"  # an environment variable; if it is not empty, all tests run

sample = pytest.mark.sample


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"sample: a run of everything makes one in {ONE_IN} (tests/support/samples.py)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not is_of_all(config):
        return
    seed = config.getoption("randomly_seed", 0)
    left_out = [item for item in items if item.get_closest_marker("sample") and not chosen(item.nodeid, seed)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        omitted = set(left_out)
        items[:] = [item for item in items if item not in omitted]


def pytest_report_header(config: pytest.Config) -> str | None:
    return f"one in {ONE_IN} of the tests marked `sample`; {ALL}=1 makes all of them" if is_of_all(config) else None


def is_of_all(config: pytest.Config) -> bool:
    """Whether the run is of the whole suite, and may leave tests out."""
    named = [Path(name).name for name in config.args] != config.getini("testpaths")
    return not (named or config.option.keyword or config.option.markexpr or os.environ.get(ALL))


def chosen(test: str, seed: int) -> bool:
    """Whether the run with this seed includes a test, given by its id. The same in every process of the run."""
    return crc32(f"{seed} {test}".encode()) % ONE_IN == 0
