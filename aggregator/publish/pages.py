"""Which pages a release has, in each of the region's languages.

The first language has its pages at the top, the others in a folder of their own. Every page is a `File` that is only
made when what it shows has changed; the pages that say "checked just now" (home and status) are made each time.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial

from aggregator.errors import PublishError, excerpt
from aggregator.geography import PostalArea
from aggregator.model import Available, Place, Snapshot
from aggregator.publish.atlas import Atlas, Far, TownPlaces
from aggregator.publish.calendar_file import calendar_file
from aggregator.publish.cards import place_view
from aggregator.publish.chart import chart
from aggregator.publish.edition import Edition, edition
from aggregator.publish.feeds import Feeds
from aggregator.publish.files import Essences, File, digest, fixed
from aggregator.publish.files import essences as essences_of
from aggregator.publish.language import language
from aggregator.publish.lists import Lists
from aggregator.publish.manifest import manifest
from aggregator.publish.map import MapView, Mark, map_view
from aggregator.publish.offers import crowded, offers_view
from aggregator.publish.sharing import facts, picture_file
from aggregator.publish.status import status_view
from aggregator.publish.templates import ASSETS, Level, asset, hashed
from aggregator.publish.views import ROWS_ON_HOME, Spoken, code_view, home_view, site_view, town_view
from aggregator.region import Region

PLACE_ID = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
ROBOTS = b"User-agent: *\nAllow: /\n"


def page_files(snapshot: Snapshot, region: Region, essences: Essences | None = None) -> Iterator[File]:
    """Every page and asset; PublishError for a place whose id is no file name. Assets come before what needs them.

    `essences`: those of the snapshot, where they are at hand.
    """
    for name in ASSETS:
        yield fixed(hashed(name), asset(name))
    yield fixed("robots.txt", ROBOTS)
    yield fixed("sw.js", asset("sw.js"))  # at the top, because it serves what is below it
    for place in (*snapshot.places, *snapshot.gone):
        for name in (place.id, *place.aliases):
            if not PLACE_ID.fullmatch(name):
                raise PublishError(f"place id {excerpt(name)} is not usable as a folder name; correct it in the store")
    known = Known(snapshot, region, essences)
    for spoken in known.languages:
        for file in _Pages(known, spoken).files():
            yield file._replace(path=spoken.folder + file.path) if spoken.folder else file


class Known:
    """What the pages of all languages are made from."""

    def __init__(self, snapshot: Snapshot, region: Region, essences: Essences | None) -> None:
        self.snapshot, self.region = snapshot, region
        self.atlas = Atlas(snapshot, region)
        self.essences = essences_of(snapshot) if essences is None else essences
        self.languages = tuple(
            Spoken(tag, language(tag, region.country).name, "" if tag == region.languages[0] else f"{tag}/")
            for tag in region.languages
        )
        self.map = _map(snapshot, self.atlas, region)


class _Pages:
    """The pages in one language, as paths within its folder."""

    def __init__(self, known: Known, spoken: Spoken) -> None:
        region = known.region
        self._known, self._snapshot, self._atlas = known, known.snapshot, known.atlas
        self._edition: Edition = edition(known.snapshot, region, spoken.tag)
        self._site = site_view(region, self._edition, known.languages)
        # what every page of this language shows, but for when it was made
        self._shared = digest(region.title, region.contact, region.demo, region.languages, region.url, spoken.tag)
        self._top, self._one, self._two = (
            Level(self._site, self._edition, root, spoken.folder) for root in ("./", "../", "../../")
        )
        self._lists = Lists(self._edition, self._two)
        self._folder = spoken.folder

    def files(self) -> Iterator[File]:
        yield from self._places()
        for town in self._atlas.towns:
            beyond = self._atlas.beyond(town)
            key = digest(self._shared, town.name, self._essences(town.places), self._distances(beyond))
            yield File(f"town/{town.slug or 'none'}/index.html", key, partial(self._town, town, beyond))
        for area in self._atlas.codes.values():
            around = self._atlas.around(area)
            key = digest(self._shared, area, self._distances(around.offers), self._distances(around.others))
            yield File(f"zip/{area.code}/index.html", key, partial(self._code, area))
        yield File("manifest.webmanifest", self._shared, partial(manifest, self._site, "../" if self._folder else "./"))
        yield File("status/index.html", b"", self._status)
        for name in ("about", "data", "offline"):
            yield File(f"{name}/index.html", self._shared, partial(self._plain, name))
        # served at any depth: from a place that is no more this leads home, and at a host's root it does from anywhere
        yield File("404.html", self._shared, lambda: self._two.html("404.html", ""))
        yield File("index.html", b"", self._home)
        if crowded(self._snapshot.places):
            today = self._site.days[0].iso  # the script takes no offers of another day into the home page
            key = digest(self._shared, today, self._essences(self._snapshot.places))  # its map shows all places
            yield File("offers/index.html", key, self._offers)
        if not self._folder:
            yield from self._for_others()

    def _places(self) -> Iterator[File]:
        for place in (*self._snapshot.places, *self._snapshot.gone):
            key = self._shared + self._known.essences[place.id]
            yield File(f"place/{place.id}/index.html", key, partial(self._place, place))
            for alias in place.aliases:
                moved = partial(self._two.html, "moved.html", f"place/{alias}/", place.id)
                yield File(f"place/{alias}/index.html", digest(self._shared, place.id), moved)

    def _for_others(self) -> Iterator[File]:
        """What calendars, feed readers and other sites get, in the first language only."""
        known, region = self._known, self._known.region
        places = (*self._snapshot.places, *self._snapshot.gone)
        for place in places:
            key = self._shared + known.essences[place.id]
            for name in (place.id, *place.aliases):
                yield File(f"place/{name}/slots.ics", key, partial(self._calendar, place), dated=False)
        feeds = Feeds(region, self._edition, known.essences, self._lists.card, self._site)
        yield from feeds.files(places, self._atlas.codes.values())
        if region.url:
            yield picture_file(self._snapshot, region, self._edition.words)

    def _essences(self, places: Iterable[Place]) -> list[bytes]:
        return [self._known.essences[place.id] for place in places]

    def _distances(self, found: Iterable[Far]) -> list[tuple[bytes, float]]:
        return [(self._known.essences[far.place.id], round(far.km, 1)) for far in found]

    def _place(self, place: Place) -> bytes:
        path = f"place/{place.id}/"
        told = None if place.gone_at else facts(place, self._known.region, self._folder + path)
        view = place_view(place, self._edition)
        self._lists.keep(place, view.card)
        return self._two.html("place.html", path, view, chart=chart(place, self._edition), facts=told)

    def _calendar(self, place: Place) -> bytes:
        page = f"{self._site.url}place/{place.id}/" if self._site.url else ""
        return calendar_file(place, self._lists.card(place), page, self._edition)

    def _town(self, town: TownPlaces, beyond: Iterable[Far]) -> bytes:
        view = town_view(town, beyond, self._edition, self._lists.at(self._two), in_miles=self._site.miles)
        return self._two.html("area.html", f"town/{town.slug or 'none'}/", view)

    def _code(self, area: PostalArea) -> bytes:
        around, lay_out = self._atlas.around(area), self._lists.at(self._two)
        view = code_view(area, around, self._edition, lay_out, in_miles=self._site.miles)
        return self._two.html("area.html", f"zip/{area.code}/", view)

    def _plain(self, name: str) -> bytes:
        return self._one.html(f"{name}.html", f"{name}/")

    def _status(self) -> bytes:
        return self._one.html("status.html", "status/", status_view(self._snapshot, self._edition))

    def _home(self) -> bytes:
        known, lay_out = self._known, self._lists.at(self._top)
        view = home_view(known.snapshot, known.region, self._edition, known.atlas, lay_out, known.map)
        return self._top.html("index.html", "", view)

    def _offers(self) -> bytes:
        view = offers_view(self._snapshot.places, self._edition, self._lists.at(self._one), self._known.map)
        return self._one.html("offers.html", "offers/", view)


def _map(snapshot: Snapshot, atlas: Atlas, region: Region) -> MapView | None:
    """The map; places without appointments in the order of the lists of towns, as the script expects.

    Where the home page has no room for them in its lists, it has none for them on the map either.
    """
    listed = [place for town in atlas.towns for place in town.places if place.current.available is not Available.YES]
    listed = listed if len(listed) <= ROWS_ON_HOME else []
    offers = [place for place in snapshot.places if place.current.available is Available.YES]
    return map_view([_mark(place) for place in (*offers, *listed)], region.states, region.country)


def _mark(place: Place) -> Mark:
    position = place.location.position
    return Mark(
        place.id,
        place.location.name,
        place.current.available,
        position.latitude if position else None,
        position.longitude if position else None,
    )
