"""A file of a release before it is made: so that what has not changed need not be made again."""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import msgspec

from aggregator import bundled
from aggregator.errors import excerpt
from aggregator.faults import Faults
from aggregator.model import AvailabilityNow, Location, Place, Snapshot, SourceView, Stage

# what files hold, and how their copies are compressed
_ROOMS = (*(bundled.PACKAGE / room for room in ("exports", "release", "site", "wording")), bundled.TEMPLATES)
_encode = msgspec.msgpack.Encoder().encode

PLACE_ID = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
ContentKeys = Mapping[str, bytes]
LARGE_REGION = 2000  # places: from here on keys of lists leave out what is listed, so that lists are made when due


class Copies(Enum):
    """Which precompressed copies a file has. Servers compress the rest as it is requested."""

    NONE = auto()
    GZIP = auto()
    QUICK = auto()  # gzip and brotli, at levels that cost little
    BEST = auto()  # gzip and brotli, as small as they get


class File(NamedTuple):
    """A file that can be made when it is needed.

    `key` is a digest of everything the content depends on, except times of visits; b"" means: make it in every release.
    `dated`: the content shows times of visits, so it must be made again after a while even if nothing else changed.
    `required`: there is no release without it; any other file that cannot be made is left out.
    """

    path: str
    key: bytes
    make: Callable[[], bytes]
    dated: bool = True
    required: bool = False
    copies: Copies = Copies.NONE


def fixed(path: str, content: bytes, copies: Copies = Copies.NONE) -> File:
    """A file whose content is at hand."""
    return File(path, digest(content), lambda: content, dated=False, copies=copies)


def digest(*parts: object) -> bytes:
    """A short name for these values, equal only for equal ones, and for one version of the program."""
    try:
        encoded = _encode(parts)
    except UnicodeEncodeError:  # a lone surrogate in a source's text
        encoded = repr(parts).encode("ascii", "backslashreplace")
    sums = _begun().copy()
    sums.update(encoded)
    return sums.digest()


def publishable(snapshot: Snapshot, faults: Faults) -> tuple[Snapshot, ContentKeys]:
    """The snapshot without places that no file can be named after or made of, and the content keys of the others."""

    def checked(place: Place) -> tuple[str, bytes]:
        for name in (place.id, *place.aliases):
            if not PLACE_ID.fullmatch(name):
                raise ValueError(f"the id {excerpt(name)} cannot be part of an address; correct it in the database")
        return place.id, content_key(place)

    known = dict(faults.each(Stage.LISTS, (*snapshot.places, *snapshot.gone), checked, attrgetter("id")))
    if len(known) == len(snapshot.places) + len(snapshot.gone):
        return snapshot, known
    places, gone = ([place for place in some if place.id in known] for some in (snapshot.places, snapshot.gone))
    return msgspec.structs.replace(snapshot, places=tuple(places), gone=tuple(gone)), known


def content_key(place: Place) -> bytes:
    """What a page of the place depends on: all that is known of it, but for when we last looked."""
    shown = _undated(place.current)
    told = [(one.provider, *_said_else(one, place.location, shown)) for one in place.source_views]
    return digest(msgspec.structs.replace(place, current=shown, source_views=()), told)


def _said_else(told: SourceView, location: Location, shown: AvailabilityNow) -> tuple[object, object]:
    """What a source says where the place shows something else; of most places only one tells, and that is the same."""
    current = _undated(told.current)
    return None if told.location == location else told.location, None if current == shown else current


def _undated(current: AvailabilityNow) -> AvailabilityNow:
    return msgspec.structs.replace(current, checked_at=None, valid_at=None, attempted_at=None)


@lru_cache
def _begun() -> blake2b:
    """A digest with the code and the templates that make files, so that a new version makes all of them again."""
    sums = blake2b(digest_size=12)
    for path in _sources():
        sums.update(path.name.encode() + b"\0" + path.read_bytes())
    return sums


def _sources() -> Iterator[Path]:
    for room in _ROOMS:
        yield from sorted(path for path in room.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
