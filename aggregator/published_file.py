"""A file of a release before it is rendered, with a key that tells whether it has to be rendered at all."""

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

# the code and templates that decide the content of files and their copies
_ROOMS = (*(bundled.PACKAGE / room for room in ("exports", "release", "site", "wording")), bundled.TEMPLATES)
_encode = msgspec.msgpack.Encoder().encode

PLACE_ID = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
ContentKeys = Mapping[str, bytes]
# A region of this many places leaves them out of the keys of its lists, which are then only rendered when too old.
LARGE_REGION = 2000


class Copies(Enum):
    """Which precompressed copies a file has. Servers compress the other files on request."""

    NONE = auto()
    GZIP = auto()
    QUICK = auto()  # gzip and brotli, at fast levels
    BEST = auto()  # gzip and brotli, at the best levels


class File(NamedTuple):
    """A file of a release; `make` renders its content.

    `key`: digest of everything the content depends on, except times of visits. b"": render it in every release.
    `dated`: the content shows times of visits, so it is rendered again after a while even if nothing else changed.
    `required`: if it cannot be rendered, the release fails; any other file is left out.
    """

    path: str
    key: bytes
    make: Callable[[], bytes]
    dated: bool = True
    required: bool = False
    copies: Copies = Copies.NONE


def fixed(path: str, content: bytes, copies: Copies = Copies.NONE) -> File:
    """A file with the given content."""
    return File(path, digest(content), lambda: content, dated=False, copies=copies)


def digest(*parts: object) -> bytes:
    """A short hash of these values and of the version of the program: equal only for equal values."""
    try:
        encoded = _encode(parts)
    except UnicodeEncodeError:  # a lone surrogate in a source's text
        encoded = repr(parts).encode("ascii", "backslashreplace")
    sums = _program_digest().copy()
    sums.update(encoded)
    return sums.digest()


def publishable(snapshot: Snapshot, faults: Faults) -> tuple[Snapshot, ContentKeys]:
    """The snapshot without places whose id fits no file name or that have no key; and the keys of the others."""

    def checked(place: Place) -> tuple[str, bytes]:
        for name in (place.id, *place.aliases):
            if not PLACE_ID.fullmatch(name):
                raise ValueError(f"the id {excerpt(name)} cannot be part of a URL; correct it in the database")
        return place.id, content_key(place)

    content_keys = dict(faults.each(Stage.LISTS, (*snapshot.places, *snapshot.gone), checked, attrgetter("id")))
    if len(content_keys) == len(snapshot.places) + len(snapshot.gone):
        return snapshot, content_keys
    places, gone = ([place for place in some if place.id in content_keys] for some in (snapshot.places, snapshot.gone))
    return msgspec.structs.replace(snapshot, places=tuple(places), gone=tuple(gone)), content_keys


def content_key(place: Place) -> bytes:
    """Digest of all facts on the page of a place, except the times of visits."""
    shown = _undated(place.current)
    source_views = [
        (one.provider, one.attribution, *_differing_facts(one, place.location, shown)) for one in place.source_views
    ]
    return digest(msgspec.structs.replace(place, current=shown, source_views=()), source_views)


def _differing_facts(view: SourceView, location: Location, shown: AvailabilityNow) -> tuple[object, object]:
    """The source's facts that differ from the shown ones. Most places have one source, and nothing differs."""
    current = _undated(view.current)
    return None if view.location == location else view.location, None if current == shown else current


def _undated(current: AvailabilityNow) -> AvailabilityNow:
    return msgspec.structs.replace(current, checked_at=None, valid_at=None, attempted_at=None)


@lru_cache
def _program_digest() -> blake2b:
    """A digest of the code and templates that render files, so that a new version renders all of them again."""
    sums = blake2b(digest_size=12)
    for path in _source_files():
        sums.update(path.name.encode() + b"\0" + path.read_bytes())
    return sums


def _source_files() -> Iterator[Path]:
    for room in _ROOMS:
        yield from sorted(path for path in room.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
