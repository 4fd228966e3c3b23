"""Reading the fields of a row that is a table: of JSON, or a line of a CSV. Pure.

A reader may rely on: a field that is not there (KeyError) or not what it should be (RecordError) loses its row, which
is counted; it is never taken for an empty one.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from aggregator.adapter.protocols import SourceInfo
from aggregator.clean import (
    LIMIT,
    as_text,
    clean,
    is_covid,
    products,
    safe_url,
    state_is_in,
    take_codes,
    take_note,
    take_state,
    up_to_state,
)
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


def first_link(*texts: str | None) -> str:
    """The first of the texts, as found in data, that is a link for people; if none is, the first that is not empty."""
    given = [text for text in texts if text]
    return next((text for text in given if safe_url(text, "")), next(iter(given), ""))


def lines(*texts: object) -> str:
    """The texts that there are, each on a line of its own."""
    return "\n".join(filter(None, map(plain, texts)))


def plain(value: object) -> str:
    """A text or number as text (2903.0 is "2903"), null as ""; for fields that an adapter looks into or puts together.

    RecordError for a list or an object. Fields that go into the Listing as they are need no `plain`.
    """
    text = as_text(value)
    if text is None:
        raise RecordError("field", value, f"is a {type(value).__name__} where text should be")
    return text


def vaccines_in(text: str) -> tuple[str, ...]:
    """The vaccines that a title or a note names, in order and once; the words between them are no products."""
    return products((text,))[0]


def other_vaccines_in(text: str) -> tuple[str, ...]:
    """The vaccines that a text names, where none of them is against COVID-19; else ()."""
    named = vaccines_in(text)
    return () if any(map(is_covid, named)) else named


def in_states(state: object, source: SourceInfo) -> bool:
    """Whether a row belongs to the region; RecordError where it names no state, so that it is counted as lost."""
    if (found := named_states(state, source)) is None:
        wanted = " or ".join(source.states)
        raise RecordError("state", state, f"names no state, so that nobody knows whether the place is in {wanted}")
    return found


def named_states(state: object, source: SourceInfo) -> bool | None:
    """As `in_states`, in any spelling ("ri", "R.I.", "Rhode Island"); None where the row names no state."""
    return state_is_in(state, source.states) if isinstance(state, str) else None


def of_state(table: Mapping[str, T], state: str) -> T:
    """What a table by state has for a state, however its keys spell it; KeyError where it has nothing."""
    for key, value in table.items():
        if state_is_in(key, (state,)):
            return value
    raise KeyError(state)


def state_at_end(address: str) -> str:
    """The state that an address on one line ends in, before its ZIP and any note; "" if it names none."""
    return take_state(take_codes(take_note(clean(address, LIMIT))[0])[0])[1]


def address_in(text: str, source: SourceInfo) -> str:
    """A text up to the last mention of a state of the region and the ZIP after it; "" if it names none of them."""
    return up_to_state(text, source.states)
