"""Which pages a release has, in each of the region's languages.

The first language has its pages at the top, the others in a folder of their own. Every page is a `File` that is only
made when what it shows has changed; the pages that say "checked just now" (home and status) are made each time.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from aggregator.config import Region
from aggregator.faults import RAISE_ALL, Faults
from aggregator.geography import NEARBY, Atlas, NearbyPlace, PostalArea, Surroundings, TownPlaces
from aggregator.model import Available, Place, Snapshot, Stage
from aggregator.published_file import LARGE_REGION, ContentKeys, Copies, File, digest, fixed, publishable
from aggregator.site.app_manifest import manifest
from aggregator.site.cards import place_view
from aggregator.site.chart import chart
from aggregator.site.find_page import find_view
from aggregator.site.lists import Lists
from aggregator.site.map import MapView, Mark, map_view
from aggregator.site.offers import crowded, offers_view, soonest_first
from aggregator.site.sharing import facts, picture_file
from aggregator.site.status_page import status_view
from aggregator.site.templates import ASSETS, Level, asset, hashed
from aggregator.site.views import (
    ROWS_ON_HOME,
    Spoken,
    code_view,
    home_view,
    may_be_on_home,
    site_view,
    town_view,
)
from aggregator.wording import RenderContext, language, render_context

ROBOTS = b"User-agent: *\nAllow: /\n"


def page_files(
    snapshot: Snapshot,
    region: Region,
    content_keys: ContentKeys | None = None,
    faults: Faults = RAISE_ALL,
    atlas: Atlas | None = None,
) -> Iterator[File]:
    """Every page and asset. Assets come before what needs them, the status pages last: they show all `faults`.

    `content_keys` and `atlas`: those of the snapshot, if they are at hand. A place that cannot be laid out is left out
    of lists.
    """
    if content_keys is None:
        snapshot, content_keys = publishable(snapshot, faults)
    for name in ASSETS:
        yield fixed(hashed(name), asset(name), Copies.BEST)
    yield fixed("robots.txt", ROBOTS)
    yield fixed("sw.js", asset("sw.js"))  # at the top, because it serves what is below it
    known = Known(snapshot, region, content_keys, atlas or Atlas(snapshot, region))
    status: list[File] = []
    for spoken in known.languages:
        try:
            pages = _Pages(known, spoken, faults)
            yield from (spoken.place(file) for file in pages.files())
            status.append(spoken.place(pages.status()))
        except Exception as error:
            if not spoken.folder:
                raise
            faults.note(Stage.FILES, f"{spoken.folder}index.html", error)
    yield from status


class Known:
    """What the pages of all languages are made from."""

    def __init__(self, snapshot: Snapshot, region: Region, content_keys: ContentKeys, atlas: Atlas) -> None:
        self.snapshot, self.region, self.content_keys, self.atlas = snapshot, region, content_keys, atlas
        self.languages = tuple(
            Spoken(tag, language(tag, region.country).name, "" if tag == region.languages[0] else f"{tag}/")
            for tag in region.languages
        )
        self.map = _map(snapshot, self.atlas, region)

    def without(self, ids: Collection[str]) -> "Known":
        """The same without these places."""
        if not ids:
            return self
        places = tuple(place for place in self.snapshot.places if place.id not in ids)
        snapshot = replace(self.snapshot, places=places)
        return Known(snapshot, self.region, self.content_keys, Atlas(snapshot, self.region))


class _Pages:
    """The pages in one language, as paths within its folder."""

    def __init__(self, known: Known, spoken: Spoken, faults: Faults) -> None:
        region = known.region
        self._faults = faults
        self._known, self._snapshot, self._atlas = known, known.snapshot, known.atlas
        self._context: RenderContext = render_context(known.snapshot, region, spoken.tag)
        self._site = site_view(region, self._context, known.languages)
        # what every page of this language shows, but for when it was made
        self._shared = digest(region.title, region.contact, region.made_up, region.languages, region.url, spoken.tag)
        self._top, self._one, self._two = (
            Level(self._site, self._context, root, spoken.folder) for root in ("./", "../", "../../")
        )
        self._lists = Lists(self._context, self._two, faults)
        self._folder = spoken.folder
        self._large = len(self._snapshot.places) >= LARGE_REGION

    def files(self) -> Iterator[File]:
        yield from self._places()
        yield from self._lists_of_places()
        yield File("find/index.html", self._find_key(), self._find, copies=Copies.QUICK)
        yield File("manifest.webmanifest", self._shared, partial(manifest, self._site, "../" if self._folder else "./"))
        for name in ("about", "data", "offline"):
            yield File(f"{name}/index.html", self._shared, partial(self._plain, name))
        # served at any depth: from a place that is no more this leads home, and at a host's root it does from anywhere
        yield File("404.html", self._shared, lambda: self._two.html("404.html", ""))
        yield File("index.html", b"", self._home, required=not self._folder, copies=Copies.QUICK)
        if crowded(self._snapshot.places):
            today = self._site.days[0].iso  # the script takes no offers of another day into the home page
            key = digest(self._shared, today, self._content_keys(self._snapshot.places))  # its map shows all places
            yield File("offers/index.html", key, self._offers, copies=Copies.QUICK)
        with self._faults.isolated(Stage.FILES, "share.png"):
            if self._known.region.url and not self._folder:
                yield picture_file(self._snapshot, self._known.region, self._context.words)

    def status(self) -> File:
        """Shows what was left out of all other files, so it is made after them."""
        return File("status/index.html", b"", self._status)

    def _places(self) -> Iterator[File]:
        for place in (*self._snapshot.places, *self._snapshot.gone):
            key = self._shared + self._known.content_keys[place.id]
            yield File(f"place/{place.id}/index.html", key, partial(self._place, place))
            for alias in place.aliases:
                moved = partial(self._two.html, "moved.html", f"place/{alias}/", place.id)
                yield File(f"place/{alias}/index.html", digest(self._shared, place.id), moved)

    def _lists_of_places(self) -> Iterator[File]:
        """The pages of towns and ZIP codes. Those near places are requested most, so they are compressed ahead."""
        for town in self._atlas.towns:
            path = f"town/{town.slug or 'none'}/index.html"
            yield File(path, self._town_key(town), partial(self._town, town), copies=Copies.GZIP)
        for area in self._atlas.codes.values():
            nearby = self._atlas.nearest(area) <= NEARBY
            make, copies = partial(self._code, area, has_feed=nearby), Copies.GZIP if nearby else Copies.NONE
            yield File(f"zip/{area.code}/index.html", self._code_key(area, nearby=nearby), make, copies=copies)

    def _town_key(self, town: TownPlaces) -> bytes:
        beyond = () if self._large else self._distances(self._atlas.beyond(town))
        return digest(self._shared, town.name, self._content_keys(town.places), beyond)

    def _code_key(self, area: PostalArea, *, nearby: bool) -> bytes:
        around = () if self._large else [self._distances(found) for found in self._atlas.around(area)]
        return digest(self._shared, area, nearby, around)

    def _content_keys(self, places: Iterable[Place]) -> Sequence[bytes]:
        """The keys of places in a list; none in a large region, whose lists are made when they are due."""
        return () if self._large else [self._known.content_keys[place.id] for place in places]

    def _distances(self, found: Iterable[NearbyPlace]) -> list[tuple[bytes, float]]:
        return [(self._known.content_keys[far.place.id], round(far.km, 1)) for far in found]

    def _place(self, place: Place) -> bytes:
        path = f"place/{place.id}/"
        told = None if place.gone_at else facts(place, self._known.region, self._folder + path)
        view = place_view(place, self._context)
        self._lists.keep(place, view.card)
        return self._two.html("place.html", path, view, chart=chart(place, self._context), facts=told)

    def _town(self, town: TownPlaces) -> bytes:
        beyond = self._atlas.beyond(town)
        shows, lay_out = self._lists.shows, self._lists.at(self._two)

        def make() -> bytes:
            shown = town._replace(places=tuple(filter(shows, town.places)))
            near = [far for far in beyond if shows(far.place)]
            view = town_view(shown, near, self._context, lay_out, in_miles=self._site.miles)
            return self._two.html("area.html", f"town/{town.slug or 'none'}/", view, lags=self._large)

        return self._lists.page((*town.places, *(far.place for far in beyond)), make)

    def _code(self, area: PostalArea, *, has_feed: bool) -> bytes:
        around, shows, lay_out = self._atlas.around(area), self._lists.shows, self._lists.at(self._two)

        def make() -> bytes:
            shown = Surroundings(*(tuple(far for far in some if shows(far.place)) for some in around))
            view = code_view(area, shown, self._context, lay_out, in_miles=self._site.miles, has_feed=has_feed)
            return self._two.html("area.html", f"zip/{area.code}/", view, lags=self._large)

        return self._lists.page((far.place for some in around for far in some), make)

    def _find_key(self) -> bytes:
        return digest(self._shared, [(town.slug, town.name) for town in self._atlas.towns], list(self._atlas.codes))

    def _find(self) -> bytes:
        return self._one.html("find.html", "find/", find_view(self._atlas, self._context))

    def _plain(self, name: str) -> bytes:
        return self._one.html(f"{name}.html", f"{name}/")

    def _status(self) -> bytes:
        return self._one.html("status.html", "status/", status_view(self._snapshot, self._context, self._faults))

    def _home(self) -> bytes:
        lay_out = self._lists.at(self._top)

        def make() -> bytes:
            known = self._known.without(self._lists.left_out)
            view = home_view(known.snapshot, known.region, self._context, known.atlas, lay_out, known.map, self._faults)
            return self._top.html("index.html", "", view)

        return self._lists.page(may_be_on_home(self._snapshot.places), make)

    def _offers(self) -> bytes:
        lay_out = self._lists.at(self._one)

        def make() -> bytes:
            known = self._known.without(self._lists.left_out)
            view = offers_view(known.snapshot.places, self._context, lay_out, known.map)
            return self._one.html("offers.html", "offers/", view)

        return self._lists.page(soonest_first(self._snapshot.places), make)


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
