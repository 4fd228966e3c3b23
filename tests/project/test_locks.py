"""The locked dependencies: the same versions for everyone, and no registry URL."""

import re

import pytest

from tests.support.paths import ROOT

LOCKS = ROOT / "requirements"


def pins(name: str) -> set[str]:
    """`package==version`."""
    return set(re.findall(r"^[\w.-]+==[\w.+!-]+", (LOCKS / name).read_text(), re.MULTILINE))


def test_production_and_test_locks_have_the_same_versions() -> None:
    assert pins("run.txt")
    assert pins("run.txt") - pins("dev.txt") == set()


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_pin_has_a_hash_and_names_no_registry(name: str) -> None:
    text = (LOCKS / name).read_text()

    assert "://" not in text
    assert [part for part in re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:] if "--hash=sha256:" not in part] == []
