"""Matching, measured on pairs labeled by hand: made-up ones and ones from recorded responses.

A wrong merge hides a place, so precision must be 1; recall must stay just below the best value reached. docs/places.md
shows the figures, and must show exactly these.
"""

import csv
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from aggregator.model import Location
from aggregator.places.evidence import Facts, Verdict, compare
from aggregator.places.grouping import Decisions, Member, group
from tests.places.captured import locations
from tests.places.made import Pair, pairs
from tests.support.docs import table_row
from tests.support.paths import TESTS

REAL = TESTS / "places" / "real_pairs.csv"


class Score(NamedTuple):
    right: int  # merged, and one place
    wrong: int  # merged, and two
    missed: int  # one place, and not merged

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


def score(found: list[tuple[bool, str]]) -> Score:
    """The score of (merged, label) pairs."""
    return Score(found.count((True, "same")), found.count((True, "different")), found.count((False, "same")))


def counts(labels: list[str]) -> list[str]:
    """The first figures of a row in docs/places.md: pairs, those of one place, those of two."""
    return [str(len(labels)), str(labels.count("same")), str(labels.count("different"))]


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.why)
def test_made_up_locations_are_merged_exactly_as_labeled(pair: Pair) -> None:
    found = compare(Facts(pair.one), Facts(pair.other))
    turned = compare(Facts(pair.other), Facts(pair.one))
    assert (found.verdict is Verdict.SAME) == (pair.label == "same"), found.reason
    assert turned.verdict is found.verdict


def test_the_made_up_sample_is_large_and_has_both_kinds() -> None:
    labels = [pair.label for pair in pairs()]
    assert len(labels) >= 80
    assert min(labels.count("same"), labels.count("different")) >= 35
    assert table_row("places.md", "made up, in the odd shapes of the field")[:3] == counts(labels)


Place = tuple[str, str]  # visit and key of a location


@pytest.fixture(scope="module")
def labelled() -> list[tuple[Place, Place, str]]:
    with REAL.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] != "unsure"]
    return [((r["left"], r["left_key"]), (r["right"], r["right_key"]), r["label"]) for r in rows]


def test_real_locations_are_never_merged_wrongly_and_mostly_found(
    labelled: list[tuple[Place, Place, str]], captures: Path
) -> None:
    visits = {name for left, right, _ in labelled for name, _ in (left, right)}
    known = {(name, key): found for name in visits for key, found in locations(captures, name).items()}
    facts = {place: Facts(found) for place, found in known.items()}
    group_of = _grouped(known)
    pair = score([(compare(facts[a], facts[b]).verdict is Verdict.SAME, label) for a, b, label in labelled])
    whole = score([(group_of[a] == group_of[b], label) for a, b, label in labelled])

    assert len(labelled) >= 200
    assert (pair.precision, whole.precision) == (1.0, 1.0), (pair, whole)
    assert pair.recall >= 0.89, pair
    assert whole.recall >= 0.86, whole
    labels = [label for _, _, label in labelled]
    for sample, found in (("pair by pair", pair), ("grouped with all others of the state", whole)):
        figures = [*counts(labels), f"{found.precision:.2f}", f"{found.recall:.2f}"]
        assert table_row("places.md", f"recorded answers, {sample}") == figures


def _grouped(known: dict[Place, Location]) -> dict[Place, tuple[str, ...]]:
    """The group of every location, grouping the visits of each state together."""
    states: defaultdict[str, list[Member]] = defaultdict(list)
    for (name, key), found in known.items():
        states[name.partition("-")[0]].append(Member(f"{name} {key}", name, found))
    groups = [ids for members in states.values() for ids in group(members, Decisions({}, {})).groups]
    by_id = {id: ids for ids in groups for id in ids}
    return {place: by_id[" ".join(place)] for place in known}
