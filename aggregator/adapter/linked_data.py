"""Reads schema.org data (JSON-LD) from the scripts of a web page, as websites write it for search engines.

Each script holds an object, a list, or an object with a `@graph`; its entries may contain others and refer to nodes of
any script of the page by `@id`. Mended, because public readers of such pages met it: line breaks and tabs in texts,
CDATA and comment marks around the JSON, a semicolon after it, a comma after the last entry. A script that is broken in
another way is lost alone. Vocabulary: schema.org Event, Place, PostalAddress, GeoCoordinates.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser as Html

from aggregator.adapter.limits import JSON, nested_too_deep, too_deep, too_long
from aggregator.errors import RecordError

Record = dict[str, Any]
_SCRIPTS = 'script[type="application/ld+json"]'
_EVENTS = frozenset({"Festival", "Hackathon", "CourseInstance"})  # the types of Event with another ending
# A comma before a closing bracket, or a text, which is skipped because it may contain such a comma.
_TEXT_OR_LAST_COMMA = re.compile(r'"(?:[^"\\]++|\\.)*+"?+|,(?=\s*+[}\]])', re.DOTALL)


def scripts(tree: Html) -> tuple[list[Any], list[RecordError]]:
    """The value of each JSON-LD script of a page, and an error for each script that cannot be read."""
    values: list[Any] = []
    errors: list[RecordError] = []
    for node in tree.css(_SCRIPTS):
        text = node.text()
        try:
            values.append(_parsed(text))
        except ValueError as error:
            errors.append(RecordError("script", text.strip(), f"is not JSON-LD ({error}); tell the site's owner"))
    return values, errors


def events(values: Iterable[Any]) -> list[Record]:
    """Every Event in the scripts of a page, once, with its location and offers in place of references to them.

    An Event that consists of others (`subEvent`) is left out: its parts have the dates.
    """
    all_nodes = list(nodes(list(values)))
    by_id = {node["@id"]: node for node in all_nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    found: dict[str, Record] = {}
    for node in all_nodes:
        if is_event(node) and not node.get("subEvent"):
            event = {key: _resolved(value, by_id) for key, value in node.items()}
            mark = [str(node.get(key)) for key in ("@id", "url", "name", "startDate", "location")]
            found.setdefault("\n".join(mark), event)
    return list(found.values())


def offers(event: Mapping[str, Any]) -> list[Record]:
    """The single offers of an event. An AggregateOffer stands for those in it; its `offerCount` counts no places."""
    found = records(event.get("offers"))
    return [one for offer in found for one in records(offer.get("offers")) or [offer]]


def types(node: Record) -> list[str]:
    """The types of a node without their namespace: ["Event", "EducationEvent"]."""
    return [str(one).rpartition("/")[2].rpartition(":")[2] for one in as_list(node.get("@type"))]


def is_event(node: Record) -> bool:
    """Whether a node is an Event or of one of its subtypes."""
    return any(name.endswith("Event") or name in _EVENTS for name in types(node))


def as_list(value: Any) -> list[Any]:
    """A value that may be single, a list, or missing, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def records(value: Any) -> list[Record]:
    """The objects among the values of a field."""
    return [one for one in as_list(value) if isinstance(one, dict)]


def place(location: Any) -> Record:
    """The fields of a `Listing` that a Place states; of several places, the first. {} if there is none.

    A location that is only a text is name and address in one. RecordError for a Place without name and address, and for
    a town without a street: another place there may have the same name.
    """
    first = next(iter(as_list(location)), None) or {}
    if isinstance(first, str):
        return {"name": first, "address": first}
    if not isinstance(first, dict):
        raise RecordError("location", first, "is neither a Place nor a text")
    if not first:
        return {}
    address = next(iter(as_list(first.get("address"))), None) or {}
    parts = address if isinstance(address, dict) else {"streetAddress": address}
    name = next(iter(as_list(first.get("name"))), None) or parts.get("streetAddress")
    if not name:
        raise RecordError("location", first, "has neither a name nor an address")
    if not parts.get("streetAddress") and (parts.get("addressLocality") or parts.get("postalCode")):
        raise RecordError("address", address, "has no streetAddress, so another place may have the same name and town")
    return {
        "name": name,
        "address": parts.get("streetAddress") or "",
        "city": parts.get("addressLocality") or "",
        "state": parts.get("addressRegion") or "",
        "postal_code": parts.get("postalCode") or "",
        "position": _position(first),
        "info_phone": first.get("telephone") or parts.get("telephone") or "",
    }


def _position(location: Record) -> tuple[Any, Any] | None:
    geo = next(iter(as_list(location.get("geo"))), None) or {}
    found = (geo.get("latitude"), geo.get("longitude")) if isinstance(geo, dict) else (None, None)
    return None if None in found or "" in found else found


def _parsed(text: str) -> Any:
    """The JSON in a script; ValueError if there is none."""
    if why := too_long(text, JSON):
        raise ValueError(why)
    if "<![CDATA[" in text:
        text = text.replace("<![CDATA[", "").replace("]]>", "")
    starts = [at for bracket in "{[" if (at := text.find(bracket)) >= 0]
    text = text[min(starts, default=0) : max(text.rfind("}"), text.rfind("]")) + 1]
    try:
        try:
            value = json.loads(text, strict=False)
        except ValueError:
            value = json.loads(_TEXT_OR_LAST_COMMA.sub(_without_comma, text), strict=False)
    except RecursionError:
        raise ValueError(nested_too_deep(JSON)) from None
    if why := too_deep(value):
        raise ValueError(why)
    return value


def _without_comma(found: re.Match[str]) -> str:
    return "" if found[0] == "," else found[0]


def nodes(value: Any) -> Iterator[Record]:
    """Yields each object of a value, outer ones first; its depth is limited by `_parsed`."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)


def _resolved(value: Any, by_id: dict[str, Record]) -> Any:
    """A value with nodes in place of references to them: one level, because nodes may refer to each other."""
    if isinstance(value, list):
        return [_resolved(one, by_id) for one in value]
    return by_id.get(str(value["@id"]), value) if isinstance(value, dict) and value.keys() == {"@id"} else value
