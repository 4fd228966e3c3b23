"""Lists every page and asset of a release, in each language of the region.

Pages of the first language are at the top, those of the others in a folder each. Every page is a `File` whose key
covers what it shows, so it is only rendered after a change; home and status have no key and are rendered every time.
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
    SiteLanguage,
    code_view,
    home_view,
    may_be_on_home,
    site_view,
    town_view,
)
from aggregator.wording import RenderContext, credit_link, language, render_context

ROBOTS = b"User-agent: *\nAllow: /\n"


def page_files(
    snapshot: Snapshot,
    region: Region,
    content_keys: ContentKeys | None = None,
    faults: Faults = RAISE_ALL,
    atlas: Atlas | None = None,
) -> Iterator[File]:
    """Every page and asset. Assets come before the pages that need them; status pages come last and show all `faults`.

    `content_keys` and `atlas` are those of the snapshot and computed if missing. A place that cannot be rendered is
    left out of lists.
    """
    if content_keys is None:
        snapshot, content_keys = publishable(snapshot, faults)
    for name in ASSETS:
        yield fixed(hashed(name), asset(name), Copies.BEST)
    yield fixed("robots.txt", ROBOTS)
    yield fixed("sw.js", asset("sw.js"))  # at the top, because a service worker only controls pages below it
    contents = SiteContents(snapshot, region, content_keys, atlas or Atlas(snapshot, region))
    status: list[File] = []
    for site_language in contents.languages:
        try:
            pages = _Pages(contents, site_language, faults)
            yield from (site_language.place(file) for file in pages.files())
            status.append(site_language.place(pages.status()))
        except Exception as error:
            if not site_language.folder:
                raise
            faults.note(Stage.FILES, f"{site_language.folder}index.html", error)
    yield from status


class SiteContents:
    """The data that the pages of all languages share."""

    def __init__(self, snapshot: Snapshot, region: Region, content_keys: ContentKeys, atlas: Atlas) -> None:
        self.snapshot, self.region, self.content_keys, self.atlas = snapshot, region, content_keys, atlas
        self.languages = tuple(
            SiteLanguage(tag, language(tag, region.country).name, "" if tag == region.languages[0] else f"{tag}/")
            for tag in region.languages
        )
        self.map = _map(snapshot, self.atlas, region)

    def without(self, ids: Collection[str]) -> "SiteContents":
        """The same data without these places."""
        if not ids:
            return self
        places = tuple(place for place in self.snapshot.places if place.id not in ids)
        snapshot = replace(self.snapshot, places=places)
        return SiteContents(snapshot, self.region, self.content_keys, Atlas(snapshot, self.region))


class _Pages:
    """The pages in one language, as paths within its folder."""

    def __init__(self, contents: SiteContents, site_language: SiteLanguage, faults: Faults) -> None:
        region = contents.region
        self._faults = faults
        self._contents, self._snapshot, self._atlas = contents, contents.snapshot, contents.atlas
        self._context: RenderContext = render_context(contents.snapshot, region, site_language.tag)
        self._site = site_view(region, self._context, contents.languages)
        # covers what every page of this language shows, except when it was rendered
        self._shared = digest(
            region.title, region.contact, region.made_up, region.languages, region.url, site_language.tag
        )
        self._top, self._one, self._two = (
            Level(self._site, self._context, root, site_language.folder) for root in ("./", "../", "../../")
        )
        self._lists = Lists(self._context, self._two, faults)
        self._folder = site_language.folder
        self._large = len(self._snapshot.places) >= LARGE_REGION

    def files(self) -> Iterator[File]:
        """Every page but the status page."""
        yield from self._places()
        yield from self._lists_of_places()
        yield File("find/index.html", self._find_key(), self._find, copies=Copies.QUICK)
        yield File("manifest.webmanifest", self._shared, partial(manifest, self._site, "../" if self._folder else "./"))
        for name in ("about", "offline"):
            yield File(f"{name}/index.html", self._shared, partial(self._plain, name))
        credits = tuple(dict.fromkeys(one.attribution for one in self._snapshot.sources if one.attribution))
        links = tuple(credit_link(one, self._context.words) for one in credits)
        yield File("data/index.html", digest(self._shared, credits), partial(self._plain, "data", links))
        # Servers send it for any missing path: "../../" leads home from a removed place, and at a host's root from all.
        yield File("404.html", self._shared, lambda: self._two.html("404.html", ""))
        yield File("index.html", b"", self._home, required=not self._folder, copies=Copies.QUICK)
        if crowded(self._snapshot.places):
            today = self._site.days[0].iso  # the script merges only offers of the same day into the home page
            key = digest(self._shared, today, self._content_keys(self._snapshot.places))  # its map shows all places
            yield File("offers/index.html", key, self._offers, copies=Copies.QUICK)
        with self._faults.isolated(Stage.FILES, "share.png"):
            if self._contents.region.url and not self._folder:
                yield picture_file(self._snapshot, self._contents.region, self._context.words)

    def status(self) -> File:
        """The status page. It shows what was left out of the other files, so render it after them."""
        return File("status/index.html", b"", self._status)

    def _places(self) -> Iterator[File]:
        for place in (*self._snapshot.places, *self._snapshot.gone):
            key = self._shared + self._contents.content_keys[place.id]
            yield File(f"place/{place.id}/index.html", key, partial(self._place, place))
            for alias in place.aliases:
                moved = partial(self._two.html, "moved.html", f"place/{alias}/", place.id)
                yield File(f"place/{alias}/index.html", digest(self._shared, place.id), moved)

    def _lists_of_places(self) -> Iterator[File]:
        """The pages of towns and ZIP codes. Those near places are requested most, so they get precompressed copies."""
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
        """The keys of places in a list; none in a large region, whose lists are only rendered when they get too old."""
        return () if self._large else [self._contents.content_keys[place.id] for place in places]

    def _distances(self, found: Iterable[NearbyPlace]) -> list[tuple[bytes, float]]:
        return [(self._contents.content_keys[far.place.id], round(far.km, 1)) for far in found]

    def _place(self, place: Place) -> bytes:
        path = f"place/{place.id}/"
        schema_facts = None if place.gone_at else facts(place, self._contents.region, self._folder + path)
        view = place_view(place, self._context)
        self._lists.add_card(place, view.card)
        return self._two.html("place.html", path, view, chart=chart(place, self._context), facts=schema_facts)

    def _town(self, town: TownPlaces) -> bytes:
        beyond = self._atlas.beyond(town)
        shows, render_item = self._lists.shows, self._lists.renderer_for(self._two)

        def make() -> bytes:
            shown = town._replace(places=tuple(filter(shows, town.places)))
            near = [far for far in beyond if shows(far.place)]
            view = town_view(shown, near, self._context, render_item, in_miles=self._site.miles)
            return self._two.html("area.html", f"town/{town.slug or 'none'}/", view, lags=self._large)

        return self._lists.render_page((*town.places, *(far.place for far in beyond)), make)

    def _code(self, area: PostalArea, *, has_feed: bool) -> bytes:
        around, shows, render_item = self._atlas.around(area), self._lists.shows, self._lists.renderer_for(self._two)

        def make() -> bytes:
            shown = Surroundings(*(tuple(far for far in some if shows(far.place)) for some in around))
            view = code_view(area, shown, self._context, render_item, in_miles=self._site.miles, has_feed=has_feed)
            return self._two.html("area.html", f"zip/{area.code}/", view, lags=self._large)

        return self._lists.render_page((far.place for some in around for far in some), make)

    def _find_key(self) -> bytes:
        return digest(self._shared, [(town.slug, town.name) for town in self._atlas.towns], list(self._atlas.codes))

    def _find(self) -> bytes:
        return self._one.html("find.html", "find/", find_view(self._atlas, self._context))

    def _plain(self, name: str, view: object = None) -> bytes:
        return self._one.html(f"{name}.html", f"{name}/", view)

    def _status(self) -> bytes:
        return self._one.html("status.html", "status/", status_view(self._snapshot, self._context, self._faults))

    def _home(self) -> bytes:
        render_item = self._lists.renderer_for(self._top)

        def make() -> bytes:
            contents = self._contents.without(self._lists.left_out)
            view = home_view(
                contents.snapshot,
                contents.region,
                self._context,
                contents.atlas,
                render_item,
                contents.map,
                self._faults,
            )
            return self._top.html("index.html", "", view)

        return self._lists.render_page(may_be_on_home(self._snapshot.places), make)

    def _offers(self) -> bytes:
        render_item = self._lists.renderer_for(self._one)

        def make() -> bytes:
            contents = self._contents.without(self._lists.left_out)
            view = offers_view(contents.snapshot.places, self._context, render_item, contents.map)
            return self._one.html("offers.html", "offers/", view)

        return self._lists.render_page(soonest_first(self._snapshot.places), make)


def _map(snapshot: Snapshot, atlas: Atlas, region: Region) -> MapView | None:
    """The map; places without appointments are in the order of the lists of towns, as the script expects.

    If there are too many of them for the lists of the home page, the map leaves them out too.
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
