"""Reads a feed's manifest and selects the files about the region's states.

Every tolerance here was seen in a real feed: `output` with nested lists, `extension` null, `state` a bare string, a
state only in the file's name (`XX.ndjson`), files named twice.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from aggregator.adapter.fhir.elements import Record
from aggregator.clean import read_state
from aggregator.errors import PageError, excerpt
from aggregator.redact import shown_url

KINDS = ("Location", "Schedule", "HealthcareService", "PractitionerRole", "Slot")  # in reading order
_REQUIRED = ("Location", "Schedule", "Slot")
_UPWARDS = (("Slot",), ("Schedule",), ("HealthcareService", "PractitionerRole"), ("Location",))


class Output(NamedTuple):
    """One file of a manifest.

    `as_of`: the publisher's own time for this file; "" if there is none. `states`: the states that the file is about;
    None if it may be about any. `size`: how many records the file should contain; None if the manifest does not state
    it.
    """

    kind: str
    url: str
    as_of: str = ""
    states: frozenset[str] | None = None
    size: int | None = None


def outputs(manifest: Any, url: str, states: Iterable[str]) -> list[Output]:
    """The files of a manifest that `states` need, without duplicates, in the manifest's order.

    A Slot file about several or unstated states refers to Schedules in those states, so their Schedule and Location
    files are needed as well. PageError if a required kind has no file at all: that does not mean "nothing free".
    """
    ours = frozenset(states)
    listed = manifest.get("output") if isinstance(manifest, dict) else None
    if not isinstance(listed, list):
        raise PageError(f"{shown_url(url)} has no list `output`; it begins {excerpt(json.dumps(manifest))}")
    entries = [entry for entry in _flat(listed) if entry.get("type") in KINDS and isinstance(entry.get("url"), str)]
    missing = [kind for kind in _REQUIRED if not any(entry["type"] == kind for entry in entries)]
    if missing:
        raise PageError(
            f"{shown_url(url)} names no {' and no '.join(missing)} file; a manifest needs {', '.join(_REQUIRED)}"
        )
    files = list(dict.fromkeys(_output(entry, ours) for entry in entries))
    needed = _needed(files, ours)
    return [file for file in files if file in needed]


def _needed(files: Iterable[Output], ours: frozenset[str]) -> set[Output]:
    needed: set[Output] = set()
    states: frozenset[str] | None = ours
    for kinds in _UPWARDS:
        taken = [
            file
            for file in files
            if file.kind in kinds and (file.states is None or states is None or file.states & states)
        ]
        needed.update(taken)
        if kinds[0] in _REQUIRED and states is not None:
            states = None if any(file.states is None for file in taken) else states.union(*map(_stated, taken))
    return needed


def _stated(file: Output) -> frozenset[str]:
    return file.states or frozenset()


def _flat(entries: Iterable[Any]) -> Iterator[Record]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _flat(entry)
        elif isinstance(entry, dict):
            yield entry


def _output(entry: Record, ours: frozenset[str]) -> Output:
    found = entry.get("extension")
    extension = found if isinstance(found, dict) else {}
    count = entry.get("count", extension.get("count"))
    return Output(
        entry["type"],
        entry["url"],
        str(extension.get("currentAsOf") or ""),
        _states(extension.get("state"), entry["url"], ours),
        count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None,
    )


def _states(stated: Any, url: str, ours: frozenset[str]) -> frozenset[str] | None:
    """The states of a file; None if it names none or an unknown one, so that it may contain any state's records."""
    if not stated:
        stem = unquote(url.partition("?")[0]).rpartition("/")[2].partition(".")[0]
        code = read_state(stem) if len(stem) > 2 or stem.isupper() else ""  # "in.ndjson" is not about Indiana.
        return frozenset({code}) if code else None
    texts = stated if isinstance(stated, list) else [stated]
    codes = {code_of(part, ours) for text in texts for part in str(text).split(",")}
    return None if "" in codes else frozenset(codes)


def code_of(text: str, ours: Iterable[str]) -> str:
    """The code of a state in any spelling; "" if it is neither one of `ours` nor a known state."""
    plain = text.strip().upper()
    return plain if plain in ours else read_state(text)
