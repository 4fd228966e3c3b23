"""No regular expression of the packages takes more than linear time for any text.

Every pattern is found and tested without being registered (`tests/growth/patterns.py`). A test run tries the most
likely texts on each; GROWTH_TEXTS=1000000 tries all that can be made from it (some minutes).
"""

import importlib
import os
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

import pytest

from aggregator import redact
from aggregator.adapter import stores
from aggregator.clean import state
from aggregator.config.service_file import available_services, patterns_of, service_named
from tests.growth.measure import Work, first_fault
from tests.growth.patterns import Found, Use, modules_of, patterns_in
from tests.growth.worst_texts import attacks
from tests.support.samples import sample

TEXTS = int(os.environ.get("GROWTH_TEXTS", "80"))  # number of texts to try on each pattern
TIMES = 1500  # how often a text initially repeats its pump
PER_CHARACTER, PER_CALL = 1e-7, 2e-4  # seconds; what takes less with TIMES cannot be quadratic
MEASURED = 1  # texts of a pattern, the slowest first
PACKAGES = ("aggregator", "providers")

# These compile texts from tables; `uses` makes those of services.
OF_TABLES = {
    "aggregator.clean.doses: re.compile(one.match)",
    "aggregator.clean.doses: re.compile(one.only, re.IGNORECASE)",
    "aggregator.clean.doses: re.compile(service.dose_texts.alone)",
    "aggregator.clean.product_names: re.compile(product.match)",
    "aggregator.clean.product_names: re.compile(text)",
    "aggregator.config.service_file: re.compile(pattern)",
    "aggregator.web.block_pages: re.compile('|'.join(words))",
}
# Made from the keys of a source; `uses` makes one from made-up keys.
OF_KEYS = {"aggregator.redact: re.compile('|'.join(words), re.IGNORECASE)"}


@cache
def found() -> Found:
    return patterns_in(modules_of(PACKAGES))


def uses() -> Iterator[Use]:
    yield from found().uses
    yield Use(state._mention(("MA", "RI", "OR", "NC")), "match", "aggregator.clean.state._mention")
    made = redact._spelled(("k3y/abc+1==", "q7z5", "k3y+" * 300)).pattern
    assert made
    for service in available_services():
        for key, pattern in patterns_of(service_named(service)):
            yield Use(re.compile(pattern), "search", f"aggregator.clean.product_names ({service}, {key})")
    for method in ("sub", "search"):
        yield Use(made, method, "aggregator.redact._spelled")
    for words in stores.ALBERTSONS.values():
        yield Use(stores._numbered(words), "finditer", "aggregator.adapter.stores._numbered")


def works(use: Use) -> Iterator[Work]:
    for attack in islice(attacks(use.pattern), TEXTS):
        yield Work(
            f"{use.where}: {use.method} of {use.pattern.pattern!r} on {attack}",
            lambda times, attack=attack: use.on(attack.text(times)),  # type: ignore[misc]
            len(attack.text(TIMES)) * PER_CHARACTER + PER_CALL,
        )


def fault_of(use: Use) -> str:
    """The fault in how the time of a pattern grows; "" if there is none."""
    return first_fault(works(use), TIMES, 100_000, MEASURED)


def rooms() -> list[str]:
    """The modules and packages in `PACKAGES`; patterns are found when a test needs them, not during collection."""
    found = [(name, importlib.import_module(name).__path__) for name in PACKAGES]
    return [f"{name}.{one.name}" for name, path in found for one in pkgutil.iter_modules(path)]


@cache
def uses_by_room() -> dict[str, list[Use]]:
    by_room: dict[str, list[Use]] = {}
    for use in uses():
        by_room.setdefault(".".join(re.split("[.,:]", use.where)[:2]), []).append(use)
    return by_room


@sample
@pytest.mark.parametrize("room", rooms())
def test_time_is_linear_in_the_length_of_the_text(room: str) -> None:
    faults = [fault for use in uses_by_room().get(room, ()) if (fault := fault_of(use))]

    assert not faults, "\n".join(faults)


def test_every_regular_expression_is_found() -> None:
    assert set(found().unknown) == {*OF_TABLES, *OF_KEYS}, "give a real pattern for it in `uses`"
    assert len(found().uses) > 300
    assert uses_by_room().keys() <= {*rooms()}


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"\s+$", "sub"),
        (r"<!--.*?-->", "findall"),
        (r"(\d+) of (\d+)", "search"),
        (r"begin [^;]*;", "search"),
        (r"(?:^|\s)\w+\s*,?\s*end", "match"),
        (r"(a|aa)+b", "fullmatch"),
        (r"y*z", "finditer"),
        (rb"charset\s*\s*;", "search"),
        (r'"(?:(.*?)"(?=,|$))', "split"),
        (r",(?![^()]*\))", "split"),
    ],
)
def test_a_slow_pattern_is_caught(pattern: str | bytes, method: str) -> None:
    assert fault_of(Use(re.compile(pattern, re.DOTALL), method, "here")).startswith("here: ")


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"(?<!\s)\s++$", "sub"),
        (r"\bflu\b|\binfluenza\b", "search"),
        (r"(?<!\d)\d{1,6} of", "search"),
        ("(a|b)*c", "match"),
    ],
)
def test_a_linear_pattern_passes(pattern: str, method: str) -> None:
    assert fault_of(Use(re.compile(pattern), method, "here")) == ""
