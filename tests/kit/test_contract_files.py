"""Adapter files that the contract (`aggregator.kit.contract.adapter_file`) refuses."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from aggregator.kit import contract
from tests.kit.test_contract_twins import Good


@pytest.mark.parametrize(
    ("code", "check", "fault"),
    [
        ("import httpx\n", contract.import_faults, "imports httpx"),
        ("from aggregator.web.client import Client\n", contract.import_faults, "imports aggregator.web.client"),
        ("import urllib.request\n", contract.import_faults, "imports urllib.request"),
        ("import datetime\nx = datetime.date.today()\n", contract.import_faults, "asks the clock"),
        ('"""A system."""\n', contract.header_faults, "does not say what it fills in"),
        ('"""Fills in: all. Cannot: nothing."""\n' * 151, contract.header_faults, "151 lines; at most 150"),
    ],
)
def test_a_bad_file_is_caught(tmp_path: Path, code: str, check: Callable[[Path], Iterable[str]], fault: str) -> None:
    file = tmp_path / "bad.py"
    file.write_text(code)

    assert any(fault in found for found in check(file))


def test_a_bad_name_is_caught() -> None:
    assert any("rename one of them" in fault for fault in contract.name_faults(Good, Path("better.py")))
