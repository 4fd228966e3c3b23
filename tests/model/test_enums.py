"""The enumerations of the model."""

from aggregator.model import Outcome


def test_only_ok_and_empty_are_good_outcomes() -> None:
    assert {outcome for outcome in Outcome if outcome.is_good} == {Outcome.OK, Outcome.EMPTY}
