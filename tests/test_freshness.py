"""The exact limits of `stale_after` and `expires_after`."""

from datetime import datetime, timedelta

import pytest

from aggregator.freshness import age_of, has_expired, is_stale, unless_ahead
from tests.support.records import HOUR, MINUTE, NOW, region

REGION = region("stale_after = 600\nexpires_after = 3600\n")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("age", "stale"), [(10 * MINUTE, False), (10 * MINUTE + SECOND, True)])
def test_an_answer_is_stale_after_the_limit(age: timedelta, stale: bool) -> None:
    assert is_stale(age, REGION) is stale


@pytest.mark.parametrize(
    ("checked_at", "valid_until", "expired"),
    [
        (None, None, True),
        (NOW - HOUR, None, False),
        (NOW - HOUR - SECOND, None, True),
        (NOW - MINUTE, NOW, False),
        (NOW - MINUTE, NOW - SECOND, True),
        (NOW - HOUR - SECOND, NOW + HOUR, True),
    ],
)
def test_an_answer_counts_until_it_expires(
    checked_at: datetime | None, valid_until: datetime | None, expired: bool
) -> None:
    age = age_of(checked_at, None, NOW)
    assert has_expired(age, checked_at, valid_until, REGION, NOW) is expired


def test_the_age_is_from_the_older_of_visit_time_and_source_time() -> None:
    assert age_of(NOW - MINUTE, NOW - HOUR, NOW) == HOUR
    assert age_of(NOW - MINUTE, None, NOW) == MINUTE


def test_a_time_in_the_future_is_ignored() -> None:
    assert unless_ahead(NOW + HOUR, NOW) is None
    assert unless_ahead(NOW - HOUR, NOW) == NOW - HOUR
