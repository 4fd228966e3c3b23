"""Functions that read the fields of a JSON or CSV row, or the records of a page.

If a field is missing (KeyError) or not what it should be (RecordError), its row is lost and counted; it is never read
as an empty field.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar, Unpack

from aggregator.adapter.limits import JSON, too_long
from aggregator.adapter.protocols import Fetch, RequestOptions, SourceInfo
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
from aggregator.errors import PageError, RecordError, excerpt
from aggregator.model import Available

T = TypeVar("T")


def copied(row: Mapping[str, Any], **keys: str | tuple[str, ...]) -> dict[str, Any]:
    """Fields of a Listing copied unchanged: `Listing(**copied(row, city="Town", postal_code="Zip"), …)`.

    `keys` maps each field to its key in the row. Several keys give a tuple, as for the lines of an address, with an
    empty line for `null`.
    """
    found: dict[str, Any] = {}
    for field, key in keys.items():
        found[field] = row[key] if isinstance(key, str) else tuple(row[line] or "" for line in key)
    return found


def given(row: Mapping[str, Any], **keys: str) -> dict[str, Any]:
    """As `copied`, for fields that may be missing or `null`, which then are ""."""
    return {field: row.get(key) or "" for field, key in keys.items()}


def point(row: Mapping[str, Any] | None, latitude: str, longitude: str) -> tuple[Any, Any] | None:
    """The position under two keys; None if the row or one of the values is missing or empty."""
    found = (row or {}).get(latitude), (row or {}).get(longitude)
    return None if None in found or "" in found else found


def meaning(row: Mapping[str, Any], key: str, meanings: Mapping[Any, T]) -> T:
    """The meaning of the value under `key`; RecordError for a value without a meaning."""
    value = row[key]
    if value not in meanings:
        known = ", ".join(str(one) for one in meanings if one != "")
        raise RecordError(key, value, f"is not one of {known}" + ("; it may be empty" if "" in meanings else ""))
    return meanings[value]


def flag(row: Mapping[str, Any], key: str) -> bool:
    """A boolean value; RecordError for anything else, because a damaged value would look like "no"."""
    value = row[key]
    if not isinstance(value, bool):
        raise RecordError(key, value, "is neither true nor false; has the format changed?")
    return value


def answer(value: object, yes: object = True, no: object = False) -> Available:
    """YES or NO if the value is `yes` or `no`, otherwise UNKNOWN."""
    return Available.YES if value == yes else Available.NO if value == no else Available.UNKNOWN


def first_link(*texts: str | None) -> str:
    """The first text that is a link for people; if none is one, the first that is not empty."""
    given = [text for text in texts if text]
    return next((text for text in given if safe_url(text, "")), next(iter(given), ""))


def lines(*texts: object) -> str:
    """The texts that are not empty, each on its own line."""
    return "\n".join(filter(None, map(plain, texts)))


def nested(text: object) -> dict[str, Any]:
    """The object that a text field holds as JSON ('{"names": {"en": "North"}}'); {} if it holds none."""
    try:
        found = json.loads(text) if isinstance(text, str) and not too_long(text, JSON) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def translated(texts: object, language: str) -> Any:
    """The value for a language in a table by language, or the only one there is; None if there is neither."""
    if not isinstance(texts, Mapping):
        return None
    return texts.get(language) or (next(iter(texts.values())) if len(texts) == 1 else None)


async def try_records(
    fetch: Fetch, url: str, key: str, **options: Unpack[RequestOptions]
) -> list[dict[str, Any]] | None:
    """The records of a page (`page.records`); None if they could not be read, and then the visit is partial."""
    page = await fetch.try_fetch(url, **options)
    try:
        return page.records(key) if page else None
    except PageError:
        fetch.damaged(url, f"is not a list of records with {key!r}")
        return None


def later(start: str, minutes: float) -> str:
    """The ISO time so many minutes after `start` on the clock; RecordError if `start` is not an ISO time."""
    try:
        return (datetime.fromisoformat(start) + timedelta(minutes=minutes)).isoformat()
    except (ValueError, TypeError, OverflowError):
        raise RecordError("start", start, f"is not an ISO time, or {excerpt(minutes)} are not minutes") from None


def plain(value: object) -> str:
    """A text or number as text (2903.0 is "2903"), null as "". Use it for fields that an adapter examines or combines.

    RecordError for a list or an object. Fields that go into the Listing unchanged need no `plain`.
    """
    text = as_text(value)
    if text is None:
        raise RecordError("field", value, f"is a {type(value).__name__}; expected text")
    return text


def vaccines_in(text: str) -> tuple[str, ...]:
    """The vaccines that a title or note names, in order and without duplicates; other words are ignored."""
    return products((text,))[0]


def other_vaccines_in(text: str) -> tuple[str, ...]:
    """The vaccines that a text names if none of them is against COVID-19; otherwise ()."""
    named = vaccines_in(text)
    return () if any(map(is_covid, named)) else named


def in_states(state: object, source: SourceInfo) -> bool:
    """Whether a row's state belongs to the region; RecordError if it names no state, so that it counts as lost."""
    if (found := named_states(state, source)) is None:
        wanted = " or ".join(source.states)
        raise RecordError("state", state, f"names no state, so we can't tell whether the place is in {wanted}")
    return found


def named_states(state: object, source: SourceInfo) -> bool | None:
    """As `in_states`, in any spelling ("ri", "R.I.", "Rhode Island"); None if the row names no state."""
    return state_is_in(state, source.states) if isinstance(state, str) else None


def of_state(table: Mapping[str, T], state: str) -> T:
    """The value of a table for a state, however the table spells it; KeyError if it has none."""
    for key, value in table.items():
        if state_is_in(key, (state,)):
            return value
    raise KeyError(state)


def state_at_end(address: str) -> str:
    """The state at the end of a one-line address, before the ZIP and any note; "" if it names none."""
    return take_state(take_codes(take_note(clean(address, LIMIT))[0])[0])[1]


def address_in(text: str, source: SourceInfo) -> str:
    """The text up to the last state of the region that it names, and the ZIP after it; "" if it names none."""
    return up_to_state(text, source.states)
