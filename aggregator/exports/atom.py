"""Atom feeds (RFC 4287) of new appointments: for the region, around a postal code, and for one place.

Entry ids are permanent: they are derived from the region's name, the place's id and a time, not from URLs. Links are
absolute if the region file has a `url`, else relative to the feed. Every entry says who may book.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from heapq import nlargest
from html import escape
from operator import attrgetter
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

from aggregator.config import Region
from aggregator.exports.univaf import rfc3339
from aggregator.exports.xml_safe import xml_safe
from aggregator.faults import RAISE_ALL, Faults
from aggregator.geography import NEARBY, PlacesByDistance, PostalArea
from aggregator.model import Available, Place, Stage
from aggregator.published_file import LARGE_REGION, Copies, File, digest
from aggregator.snapshot import HISTORY_SHOWN
from aggregator.wording import (
    RenderContext,
    address_line,
    credits_of,
    postal_line,
    shown_slots,
    site_root,
    who_may_book,
)

ENTRIES = 100  # most entries in the other feeds: the newest
NEWS = timedelta(days=7)  # how long an entry stays in feeds of several places
AROUND = 30  # most places, and most entries, in a feed around a postal code
DECLARED = b"<?xml version='1.0' encoding='utf-8'?>\n"
NEVER = "1970-01-01T00:00:00+00:00"  # `updated` of a feed without entries: the element is required


class News(NamedTuple):
    """A place got appointments: when a visit found them, and how many (None: not stated).

    Exists beside `model.Change` because an entry needs the place, and only changes to YES are news.
    """

    at: datetime
    place: Place
    appointments: int | None


def news(place: Place) -> Iterator[News]:
    """Each change of a place's answer to YES, newest first. A place first listed with YES counts, too."""
    if all(change.available is not Available.YES for change in place.history):
        return
    cut = len(place.history) >= HISTORY_SHOWN  # an older change may have been cut off, so the oldest one is not news
    before = (*(change.available for change in place.history[1:]), Available.YES if cut else Available.NO)
    for change, was in zip(place.history, before, strict=False):
        if change.available is Available.YES and was is not Available.YES:
            yield News(change.at, place, change.count)


class Feeds:
    """The feeds of a region in one language. `content_keys`: by place id, for the keys of the files.

    An entry that cannot be rendered is left out of all feeds and noted in `faults`.
    """

    def __init__(
        self,
        region: Region,
        context: RenderContext,
        content_keys: Mapping[str, bytes],
        faults: Faults = RAISE_ALL,
    ) -> None:
        self._faults = faults
        self._region, self._context, self._content_keys = region, context, content_keys
        self._root = site_root(region.url)
        self._entries: dict[tuple[str, datetime, str], bytes] = {}

    def files(self, places: Sequence[Place], areas: Iterable[PostalArea]) -> Iterator[File]:
        """One feed of all `places`, one around each of `areas`, and one for each place under all of its ids."""
        since = self._context.time.now - NEWS

        def recent_of(place: Place) -> tuple[str, list[News]]:
            return place.id, [one for one in news(place) if one.at >= since]

        of_places = self._faults.each(Stage.EXPORTS, places, recent_of, attrgetter("id"))
        recent = {id: found for id, found in of_places if found}
        everywhere = [one for found in recent.values() for one in found]
        yield self._file("all", "", "", everywhere)._replace(copies=Copies.QUICK)
        searchable = PlacesByDistance(place for place in places if place.id in recent)
        large = len(places) >= LARGE_REGION
        for area in areas:
            path, title = f"zip/{area.code}", f"{area.code} {area.town}"
            around = searchable.around(area.latitude, area.longitude, AROUND)
            near = [one for far in around if far.km <= NEARBY for one in recent[far.place.id]]
            file = self._file(path, title, f"{path}/", near, AROUND)
            yield file._replace(key=self._key(path, [title]), dated=True) if large else file
        shared = self._key("place", [])
        for place in places:
            key = shared + self._content_keys[place.id]
            for name in (place.id, *place.aliases):
                yield File(f"feeds/place/{name}.atom", key, partial(self._place, f"place/{name}", place), dated=False)

    def _file(self, name: str, of: str, page: str, found: Iterable[News], limit: int = ENTRIES) -> File:
        """The feed file `name`. `of`: the title of its subject, "" for the region. `page`: the path of its page."""
        newest = nlargest(limit, found, key=attrgetter("at"))
        key = self._key(name, [of, *((self._content_keys[one.place.id], one.at) for one in newest)])
        return File(f"feeds/{name}.atom", key, partial(self._feed, name, of, page, newest), dated=False)

    def _key(self, name: str, contents: Sequence[object]) -> bytes:
        region = self._region
        year = self._context.time.today.year  # times of other years are written with the year
        return digest(name, region.name, region.title, region.url, self._context.language.tag, year, contents)

    def _place(self, name: str, place: Place) -> bytes:
        newest = nlargest(ENTRIES, news(place), key=attrgetter("at"))
        return self._feed(name, place.location.name, f"place/{place.id}/", newest)

    def _feed(self, name: str, of: str, page: str, newest: Sequence[News]) -> bytes:
        region, path = self._region, f"feeds/{name}.atom"
        root = self._root or "../" * path.count("/")
        feed = Xml.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": self._context.language.tag})
        _add(feed, "title", f"{of} · {region.title}" if of else region.title)
        _add(feed, "id", self._id(name))
        _add(feed, "updated", rfc3339(newest[0].at) if newest else NEVER)
        _add(feed, "link", rel="self", type="application/atom+xml", href=f"{root}{path}")
        _add(feed, "link", rel="alternate", type="text/html", href=f"{root}{page}")
        _add(Xml.SubElement(feed, "author"), "name", region.title)
        head, end = _serialized(feed).rsplit(b"</", 1)
        entries = self._faults.each(Stage.EXPORTS, newest, lambda one: self._entry(one, root), lambda one: one.place.id)
        return b"".join((DECLARED, head, *entries, b"</", end))

    def _entry(self, one: News, root: str) -> bytes:
        """The serialized entry, cached because it appears in several feeds."""
        key = one.place.id, one.at, root
        if key not in self._entries:
            self._entries[key] = _serialized(self._new_entry(one, root))
        return self._entries[key]

    def _new_entry(self, one: News, root: str) -> Xml.Element:
        location, words = one.place.location, self._context.words
        entry = Xml.Element("entry")
        headline = words.headline(Available.YES, one.appointments, days_stated=True)
        _add(entry, "title", ", ".join(filter(None, (f"{headline}: {location.name}", location.city))))
        _add(entry, "id", self._id(f"{one.place.id} {rfc3339(one.at)}"))
        _add(entry, "updated", rfc3339(one.at))
        _add(entry, "link", rel="alternate", type="text/html", href=f"{root}place/{one.place.id}/")
        _add(entry, "content", "".join(f"<p>{escape(line)}</p>" for line in self._lines(one)), type="html")
        return entry

    def _lines(self, one: News) -> Iterator[str]:
        """The lines of an entry. Who may book comes first."""
        for rule in who_may_book(one.place, shown_slots(one.place), self._context):
            yield f"{rule.label} {rule.text}"
        location = one.place.location
        yield ", ".join(filter(None, (address_line(location), postal_line(location))))
        yield from credits_of(one.place, self._context.words)
        yield self._context.words.say(
            "Seen %(time)s. They can be gone within minutes.", time=self._context.time.stamp(one.at)
        )

    def _id(self, name: str) -> str:
        return uuid5(NAMESPACE_URL, f"{self._region.name}/{name}").urn


def _serialized(element: Xml.Element) -> bytes:
    content: bytes = Xml.tostring(element, encoding="utf-8", xml_declaration=False)
    return content


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> None:
    Xml.SubElement(parent, name, attributes).text = xml_safe(text) or None
