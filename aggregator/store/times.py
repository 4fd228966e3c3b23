"""Times as they are stored: RFC 3339 in UTC with microseconds, so that text order is time order."""

from datetime import UTC, datetime
from functools import lru_cache


def stamp(moment: datetime) -> str:
    """The stored text of an aware time."""
    return _text(
        moment, moment.fold
    )  # Python considers times of one zone that differ only in `fold` equal, so the cache needs it.


@lru_cache(maxsize=4096)  # A snapshot's rows share few times, and share the objects, too.
def read(text: str) -> datetime:
    """The time of a stored text; ValueError or TypeError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} is a time without an offset")
    return moment


def read_maybe(text: str | None) -> datetime | None:
    """The time of a stored text; None for NULL."""
    return read(text) if text else None


@lru_cache(maxsize=4096)  # The rows of one visit share few times.
def _text(moment: datetime, fold: int) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
