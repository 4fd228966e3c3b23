"""Reading the fields of a row that is a table: of JSON, or a line of a CSV. Pure.

A reader may rely on: a field that is not there (KeyError) or not what it should be (RecordError) loses its row, which
is counted; it is never taken for an empty one.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from aggregator.adapter.base import SourceInfo
from aggregator.errors import RecordError
from aggregator.model import Available

T = TypeVar("T")


def copied(row: Mapping[str, Any], **keys: str | tuple[str, ...]) -> dict[str, Any]:
    """Fields of a Listing that are copied as they are: `Listing(**copied(row, city="Town", postal_code="Zip"), …)`.

    `keys` says for each field under which key the row has it. Several keys give a tuple, as for lines of an address;
    one that is `null` is an empty line.
    """
    found: dict[str, Any] = {}
    for field, key in keys.items():
        found[field] = row[key] if isinstance(key, str) else tuple(row[line] or "" for line in key)
    return found


def given(row: Mapping[str, Any], **keys: str) -> dict[str, Any]:
    """As `copied`, of what a row may also lack, or have as `null`: then it is ""."""
    return {field: row.get(key) or "" for field, key in keys.items()}


def point(row: Mapping[str, Any] | None, latitude: str, longitude: str) -> tuple[Any, Any] | None:
    """The position under two keys; None where the row, or one of them, is missing or empty."""
    found = (row or {}).get(latitude), (row or {}).get(longitude)
    return None if None in found or "" in found else found


def meaning(row: Mapping[str, Any], key: str, meanings: Mapping[Any, T]) -> T:
    """What the value under `key` stands for; RecordError for a value that stands for nothing."""
    value = row[key]
    if value not in meanings:
        known = ", ".join(str(one) for one in meanings if one != "")
        raise RecordError(key, value, f"is none of {known}" + ("; it may be empty" if "" in meanings else ""))
    return meanings[value]


def flag(row: Mapping[str, Any], key: str) -> bool:
    """A true or false; RecordError for anything else, which would pass for "no" where it is damaged."""
    value = row[key]
    if not isinstance(value, bool):
        raise RecordError(key, value, "is neither true nor false: has the answer changed?")
    return value


def answer(value: object, yes: object = True, no: object = False) -> Available:
    """YES or NO where the row says it in these words, else UNKNOWN."""
    return Available.YES if value == yes else Available.NO if value == no else Available.UNKNOWN


def lines(*texts: str | None) -> str:
    """The texts that there are, each on a line of its own."""
    return "\n".join(filter(None, texts))


def in_states(state: object, source: SourceInfo) -> bool:
    """Whether a row is of the region; RecordError where it does not say its state, so that it is counted as lost."""
    if not isinstance(state, str) or not state:
        raise RecordError(
            "state", state, f"is missing, so that nobody knows whether it is {' or '.join(source.states)}"
        )
    return state in source.states
