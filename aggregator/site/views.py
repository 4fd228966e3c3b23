"""View records of the home page and of the pages of towns and postal codes, built from a snapshot.

Texts are complete but not escaped; the templates only lay them out. Places arrive already rendered (`RenderItem`),
because each appears in many lists.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter

from markupsafe import Markup

from aggregator.config import Region
from aggregator.faults import RAISE_ALL, Faults
from aggregator.geography import Atlas, NearbyPlace, PostalArea, Surroundings, TownPlaces, miles, uses_miles
from aggregator.model import Available, Place, Snapshot, SourceState, Stage
from aggregator.published_file import File
from aggregator.site.filter_attributes import DAYS
from aggregator.site.map import MapView, linking
from aggregator.site.offers import RenderItem, room, soonest_first, summary
from aggregator.wording import Link, Moment, RenderContext, iso, moment, site_root, web_link

ROWS_ON_HOME = 250  # places without appointments; if there are more, the page lists towns with their counts


@dataclass(frozen=True, slots=True)
class SiteLanguage:
    """A language of the site: its own name, and the folder of its pages ("" or "es/")."""

    tag: str
    name: str
    folder: str

    def place(self, file: File) -> File:
        """The file in the folder of this language."""
        return file._replace(path=self.folder + file.path) if self.folder else file


@dataclass(frozen=True, slots=True)
class Site:
    """Values that every page shows. `days`: the days to choose from in the filters, as date and text.

    `miles`: whether distances are in miles or in km. `ago`: see `Words.ago`. `choices`: those of the region's service.
    """

    title: str
    language: str
    locale: str
    direction: str  # "ltr" or "rtl"
    languages: tuple[SiteLanguage, ...]
    url: str  # of the first language's pages; "" if the region file has none
    made_up: bool
    contact: Link
    made: Moment
    days: tuple[Moment, ...]
    stale_after: int  # seconds
    expires_after: int  # seconds
    expires: str  # when the answers on a page rendered now expire
    miles: bool
    ago: Mapping[str, Mapping[str, str]]
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TownEntry:
    """A town on the home page. `counts`: "2 of 5 places". `rows`: its places without appointments, if there is room."""

    link: Link
    counts: str
    rows: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class UnreadableSource:
    """A booking system that could not be read, and where a reader can check it.

    Exists beside `SourceStatus` because the home page explains the failure in a sentence.
    """

    title: str
    words: str
    last_good: Moment | None
    public_url: Link | None


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence with a link, if there is one: an eligibility rule, or a booking system that is not checked."""

    text: str
    link: Link | None


@dataclass(frozen=True, slots=True)
class Home:
    """The home page. `nothing`: why there are no offers, "" if there are. `more`: how many offers it leaves out."""

    tagline: str
    summary: str
    eligibility: tuple[Note, ...]
    unreadable: tuple[UnreadableSource, ...]
    offers: tuple[Markup, ...]
    more: str
    nothing: str
    towns: tuple[TownEntry, ...]
    map: MapView | None
    unasked: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A rendered place in a list by distance: the distance as text, and in km for the script."""

    far: str
    km: str
    place: Markup


@dataclass(frozen=True, slots=True)
class Area:
    """A town, or a postal code with what is around it. `code` is "" for a town; `has_feed`: some place is nearby."""

    title: str
    code: str
    has_feed: bool
    summary: str
    offers: tuple[Near, ...]
    nothing: str
    beyond: tuple[Near, ...]
    others: tuple[Near, ...]


def site_view(region: Region, context: RenderContext, languages: Sequence[SiteLanguage]) -> Site:
    """The values that every page of a language shows."""
    contact = region.contact.removeprefix("mailto:")
    now = context.time.now
    days = [context.time.today + timedelta(days=offset) for offset in range(DAYS)]
    return Site(
        title=region.title,
        language=context.language.tag,
        locale=context.language.locale,
        direction=context.language.direction,
        languages=tuple(languages),
        url=site_root(region.url),
        made_up=region.made_up,
        contact=Link(contact if contact.startswith(("http://", "https://")) else f"mailto:{contact}", contact),
        made=Moment(iso(now, context.time), context.time.full(now)),
        days=tuple(Moment(day.isoformat(), context.time.day(day)) for day in days),
        stale_after=int(region.stale_after),
        expires_after=int(region.expires_after),
        expires=context.time.stamp(now + timedelta(seconds=region.expires_after)),
        miles=uses_miles(region.country),
        ago=context.words.ago(),
        choices=region.service.choices,
    )


def may_be_on_home(places: Sequence[Place]) -> Iterator[Place]:
    """The places that the home page may list: offers, and the others if there is room for their rows."""
    offers = [place for place in places if place.current.available is Available.YES]
    few = len(places) - len(offers) <= ROWS_ON_HOME
    yield from places if few else offers


def home_view(
    snapshot: Snapshot,
    region: Region,
    context: RenderContext,
    atlas: Atlas,
    render_item: RenderItem,
    shape: MapView | None,
    faults: Faults = RAISE_ALL,
) -> Home:
    """The home page. A failing source that cannot be described is left out and noted in `faults`."""
    words = context.words
    failing = [source for source in snapshot.sources if not (source.outcome and source.outcome.is_good)]
    unreadable = tuple(
        faults.each(Stage.LISTS, failing, lambda one: _unreadable_source(one, context), attrgetter("name"))
    )
    offers = soonest_first(snapshot.places)
    others = len(snapshot.places) - len(offers)
    shown = offers[: room(len(snapshot.places))]
    listed = {place.id for place in shown}
    left = len(offers) - len(shown)
    more = words.count("%(n)s more place has appointments.", "%(n)s more places have appointments.", left)
    return Home(
        tagline=words.tagline(region.service.name, len(snapshot.sources)),
        summary=summary(snapshot.places, context),
        eligibility=_eligibility(region, context),
        unreadable=unreadable,
        offers=tuple(render_item(place) for place in shown),
        more=more if left else "",
        nothing="" if offers else _why_no_offers(snapshot, len(failing), context),
        towns=tuple(_town(town, context, render_item if others <= ROWS_ON_HOME else None) for town in atlas.towns),
        map=linking(shape, listed) if shape else None,
        unasked=tuple(Note(one.why, Link(one.url, one.title)) for one in region.check_yourself),
    )


def code_view(
    area: PostalArea,
    around: Surroundings,
    context: RenderContext,
    render_item: RenderItem,
    *,
    in_miles: bool,
    has_feed: bool = True,
) -> Area:
    """The page of a postal code: what is around it, the nearest first."""
    summary, nothing = _nearest(around, context, in_miles)
    return Area(
        title=f"{area.code} {area.town}",
        code=area.code,
        has_feed=has_feed,
        summary=summary,
        offers=tuple(_near(far, render_item, context, in_miles) for far in around.offers),
        nothing=nothing,
        beyond=(),
        others=tuple(_near(far, render_item, context, in_miles) for far in around.others),
    )


def _nearest(around: Surroundings, context: RenderContext, in_miles: bool) -> tuple[str, str]:
    """How far the nearest offer is, or why there is none and what to do. Unknown places do not count as "no"."""
    say = context.words.say
    if around.offers:
        return say("The nearest appointments are %(far)s away.", far=_far(around.offers[0].km, context, in_miles)), ""
    if around.others:
        nothing = say("No place we could read has appointments right now.")
        return nothing, say("Look again soon: appointments come and go.")
    nothing = say("We do not know of any place near here yet, so we cannot say whether there are appointments.")
    return nothing, say("The page of all places says why.")


def town_view(
    town: TownPlaces, beyond: Iterable[NearbyPlace], context: RenderContext, render_item: RenderItem, *, in_miles: bool
) -> Area:
    """The page of a town: its own places, then the nearest offers of others."""
    offers = soonest_first(town.places)
    others = [place for place in town.places if place.current.available is not Available.YES]
    nothing = context.words.say("No appointments in this town right now.")
    return Area(
        title=town.name or context.words.say("Town not stated"),
        code="",
        has_feed=False,
        summary=summary(town.places, context),
        offers=tuple(Near("", "", render_item(place)) for place in offers),
        nothing="" if offers else nothing,
        beyond=tuple(_near(far, render_item, context, in_miles) for far in beyond),
        others=tuple(Near("", "", render_item(place)) for place in others),
    )


def _near(far: NearbyPlace, render_item: RenderItem, context: RenderContext, in_miles: bool) -> Near:
    return Near(_far(far.km, context, in_miles), f"{far.km:.1f}", render_item(far.place))


def _far(km: float, context: RenderContext, in_miles: bool) -> str:
    words, way = context.words, miles(km) if in_miles else km
    if in_miles:
        return words.count("%(n)s mile", "%(n)s miles", round(way)) if way >= 1 else words.say("less than a mile")
    return words.say("%(n)s km", n=words.number(round(way))) if way >= 1 else words.say("less than 1 km")


def _eligibility(region: Region, context: RenderContext) -> tuple[Note, ...]:
    """The rules in force today, in the region's time zone."""
    today = context.time.today
    return tuple(
        Note(rule.text, Link(rule.url, context.words.say("Official rules")) if rule.url else None)
        for rule in region.eligibility
        if (rule.first_day or today) <= today <= (rule.last_day or today)
    )


def _why_no_offers(snapshot: Snapshot, failing: int, context: RenderContext) -> str:
    if snapshot.places:
        return context.words.no_offers(failing)
    return context.words.no_places(failing, len(snapshot.sources))


def _town(town: TownPlaces, context: RenderContext, render_item: RenderItem | None) -> TownEntry:
    others = [place for place in town.places if place.current.available is not Available.YES]
    name = town.name or context.words.say("Town not stated")
    return TownEntry(
        link=Link(f"town/{town.slug or 'none'}/", name),
        counts=context.words.of_places(len(town.places) - len(others), len(town.places)),
        rows=tuple(render_item(place) for place in others) if render_item else (),
    )


def _unreadable_source(source: SourceState, context: RenderContext) -> UnreadableSource:
    wait = context.words.wait(source.wait_minutes, source.attempted_at, context.time)
    return UnreadableSource(
        title=source.title,
        words=context.words.why_unreadable(source.outcome, answered=source.has_answered, wait=wait),
        last_good=moment(source.last_good_at, context.time) if source.last_good_at else None,
        public_url=web_link(source.url, context.words.look_at),
    )
