"""Guesses which key of a row is what: the arguments of a `Listing` as they stand in an adapter's code.

A reader may rely on: an expression is one line of formatted Python; there always is a name, if only where the place is;
what was not guessed is named.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from aggregator.kit.expressions import MISSING, Rows, literal
from aggregator.kit.keys import DATE, KEYS, assigned, words_of

_ANSWERS = (
    ("yes", "no"),
    ("true", "false"),
    ("available", "unavailable"),
    ("available", "fully booked"),
    ("open", "closed"),
    ("open", "full"),
)
_OF_SLOT = ("start", "hours", "count", "available", "products")
_LINKS = {"booking_url", "info_url"}
_OTHERWISE = ("latitude", "longitude", "coordinates", "address2")  # arguments of Listing under another name
MAX_LENGTH = 90  # characters of an expression, so that its line stays within 120


class Guess(NamedTuple):
    """Expressions by argument: of Listing, and of its one SlotListing ({}: it has none).

    `answers`: the pair of words for YES and NO that the code looks up. `unused`: keys.
    """

    arguments: dict[str, str]
    slot: dict[str, str]
    answers: tuple[str, str] | None
    unused: tuple[str, ...]


def guess(fields: Mapping[str, str], rows: Rows) -> Guess:
    """What the fields of a row (path -> sample) are."""
    found = assigned(fields)
    if "name" not in found:
        found = {"name": _unnamed(fields, found, rows)} | found
    arguments = {name: text for name, path in found.items() if name not in _OTHERWISE and (text := rows.text(path))}
    if position := _position(found, rows):
        arguments["position"] = position
    if "address2" in found and "address" in arguments and (second := rows.text(found["address2"])):
        arguments["address"] = f"({arguments['address']}, {second})"
    if "products" in arguments:
        arguments["products"] = _products(rows, found["products"], arguments["products"])
    for name in sorted(_LINKS & arguments.keys()):
        arguments[name] = _link(rows, found[name], arguments[name])
    pair = None
    if "count" in arguments:
        del arguments["count"]
        answer, pair = _answer(rows, found["count"])
        arguments |= answer
    arguments = {name: text for name, text in arguments.items() if text and len(text) <= MAX_LENGTH}
    arguments = {"name": '""'} | arguments  # an adapter that names nothing says so of every row
    slot = {name: arguments.pop(name) for name in _OF_SLOT if name in arguments}
    if "start" not in slot or "slots" in arguments:  # nothing that happens at a time, or at times of its own
        arguments |= {name: text for name, text in slot.items() if name not in ("start", "hours")}
        slot = {}
    used = {**arguments, **slot}
    code = " ".join(used.values())
    unused = tuple(path for path in fields if (raw := rows.raw(path)) is None or raw not in code)
    return Guess(arguments, slot, pair if "available" in used and pair else None, unused)


def _unnamed(fields: Mapping[str, str], found: Mapping[str, str], rows: Rows) -> str:
    """What stands in for a name: the first field of a web page's block, else what says where the place is."""
    readable = [path for path in fields if (text := rows.text(path)) and len(text) <= MAX_LENGTH]
    texts = [path for path in readable if all(isinstance(value, str) for value in _given(rows, path))]
    free = [path for path in texts if path not in found.values()]
    where = [found[argument] for argument in ("city", "address") if argument in found]
    return next(iter((free if rows.titled else where) or free or texts or readable or list(fields)))


def _position(found: Mapping[str, str], rows: Rows) -> str:
    """Latitude and longitude; GeoJSON has them the other way round (RFC 7946, 3.1.1)."""
    if "latitude" in found and "longitude" in found:
        latitude, longitude = rows.raw(found["latitude"]), rows.raw(found["longitude"])
        if not (latitude and longitude):
            return ""
        always = ".get(" not in latitude + longitude
        return f"({latitude}, {longitude})" + ("" if always else f" if {latitude} else None")
    point = rows.raw(found["coordinates"]) if "coordinates" in found else None
    return f"({point}[1], {point}[0])" if point and ".get(" not in point else ""


def _link(rows: Rows, path: str, text: str) -> str:
    """A link; in data, where nothing is relative, a path is joined with the page's URL for the author to judge."""
    given = [value for value in _given(rows, path) if isinstance(value, str)]
    is_path = bool(given) and not rows.titled and all(value.startswith("/") for value in given)
    return f'row.page.join({rows.raw(path)}) if {rows.raw(path)} else ""' if is_path else text


def _products(rows: Rows, path: str, text: str) -> str:
    """The names of products; "" where they are something else than a text or a list of texts."""
    given = _given(rows, path)
    if given and all(isinstance(value, list) for value in given):
        flat = all(isinstance(each, str) for value in given for each in value)
        return f"tuple({rows.raw(path)} or ())" if flat else ""
    return f"({text},)" if all(isinstance(value, str) for value in given) else ""


def _answer(rows: Rows, path: str) -> tuple[dict[str, str], tuple[str, str] | None]:
    """What says whether there are appointments: the arguments, and the words for YES and NO where it is words."""
    raw, text, given = rows.raw(path) or "", rows.text(path) or "", _given(rows, path)
    kinds = {type(value) for value in given}
    if kinds == {bool}:
        return {"available": f"ANSWERS.get(str({raw}).lower(), Available.UNKNOWN)"}, ("true", "false")
    if kinds == {int}:
        return {"count": raw}, None
    if kinds == {list}:
        return _of_list(raw, given), None
    if kinds != {str}:
        return {}, None
    texts = {value.strip().lower() for value in given if value.strip()}
    if sum(text.isdigit() for text in texts) * 2 > len(texts):
        return {"count": raw}, None
    if texts and all(re.fullmatch(r"(?:\d+|no) [a-z].*", text) for text in texts):
        return {"count": f'{raw}.partition(" ")[0].lower().replace("no", "0")'}, None
    pair = max(_ANSWERS, key=lambda pair: len(texts & set(pair)))
    if not texts & set(pair):
        return {}, None
    word = f"({text})" if " or " in text else text
    return {"available": f"ANSWERS.get({word}.strip().lower(), Available.UNKNOWN)"}, pair


def _of_list(raw: str, given: list[list[Any]]) -> dict[str, str]:
    """Of a list its times, where it holds some, else whether it is empty."""
    answer = {"available": f"None if {raw} else Available.NO"}
    first = next((value[0] for value in given if value), None)
    if isinstance(first, str) and re.fullmatch(DATE, first):
        return answer | {"slots": f"tuple(SlotListing(start=start) for start in {raw})"}
    if isinstance(first, dict):
        for key, value in first.items():
            start = literal(str(key))
            means = re.fullmatch(KEYS["start"], words_of(str(key))) and re.fullmatch(DATE, str(value))
            if start and means:
                return answer | {"slots": f"tuple(SlotListing(start=slot[{start}]) for slot in {raw})"}
    return {"available": f"Available.YES if len({raw}) > 0 else Available.NO"}


def _given(rows: Rows, path: str) -> list[Any]:
    return [value for value in rows.values(path) if value is not MISSING and value is not None]
