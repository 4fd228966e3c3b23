"""Decides how old is too old: the one place where `stale_after` and `expires_after` of a region apply to an age. Pure.

What is stale is still shown, with its age; what has expired is UNKNOWN. The script of the page applies the same two
numbers to the page itself, because a page grows old after it was made.
"""

from datetime import datetime, timedelta

from aggregator.config import Region
from aggregator.current import CLOCK_TOLERANCE


def unless_ahead(moment: datetime | None, now: datetime) -> datetime | None:
    """A stored time; None for one after `now`, which a wrong clock wrote, so that it tells nothing."""
    return moment if moment is not None and moment <= now + CLOCK_TOLERANCE else None


def age_of(checked_at: datetime | None, valid_at: datetime | None, now: datetime) -> timedelta | None:
    """The time since the answer was true: since the older one of our visit and the source's own (or a cache's) time.

    None if there is no visit, or only visits by a clock that was ahead.
    """
    return None if checked_at is None else now - min(checked_at, valid_at or checked_at)


def is_stale(age: timedelta, region: Region) -> bool:
    """Whether an answer or a release of this age is older than the region's `stale_after`."""
    return age > timedelta(seconds=region.stale_after)


def has_expired(
    age: timedelta | None, checked_at: datetime | None, valid_until: datetime | None, region: Region, now: datetime
) -> bool:
    """Whether an answer of this age no longer counts.

    A visit, or what a cache had, counts for `expires_after`. A source's own time may count longer, until `valid_until`,
    because some publishers write their feed only a few times a day, and the page shows how old it is.
    """
    if age is None or checked_at is None:
        return True
    limit = timedelta(seconds=region.expires_after)
    if valid_until is None:
        return age > limit
    return now - checked_at > limit or now > valid_until
