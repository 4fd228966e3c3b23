"""Times as they stand in the file: RFC 3339 in UTC with microseconds, so that text order is time order."""

from datetime import UTC, datetime
from functools import lru_cache


def stamp(moment: datetime) -> str:
    """The text of an aware time."""
    return _text(moment, moment.fold)  # times of one zone that differ only in `fold` are equal to Python


@lru_cache(maxsize=4096)  # as below; and what is one time need not be held once for each row
def read(text: str) -> datetime:
    """The time of a stamp; ValueError or TypeError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} is a time without an offset")
    return moment


def read_maybe(text: str | None) -> datetime | None:
    """The time of a stamp; None where there is none."""
    return read(text) if text else None


@lru_cache(maxsize=4096)  # the rows of one visit have few times between them
def _text(moment: datetime, fold: int) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
