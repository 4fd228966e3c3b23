"""The places of a snapshot by town and around each postal code, the same for every language. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from aggregator.config.region import Region
from aggregator.geography.areas import Nearby, PostalArea, postal_areas, town_slug
from aggregator.model import Available, Place, Snapshot

OFFERS_AROUND = 20  # on a postal code's page
OTHERS_AROUND = 15
BEYOND_TOWN = 8  # offers in other towns on a town's page


class NearbyPlace(NamedTuple):
    """A place and its distance in km."""

    place: Place
    km: float


class TownPlaces(NamedTuple):
    """The places of a town, by name. `slug` is the town's folder."""

    slug: str
    name: str
    places: tuple[Place, ...]


class Surroundings(NamedTuple):
    """The places around a position, nearest first: those with appointments, and the others."""

    offers: tuple[NearbyPlace, ...]
    others: tuple[NearbyPlace, ...]


class Atlas:
    """An index of a snapshot's places. `codes`: all postal codes of the region; `towns`: those with places, by name."""

    def __init__(self, snapshot: Snapshot, region: Region) -> None:
        self._offers = PlacesByDistance(place for place in snapshot.places if place.current.available is Available.YES)
        self._others = PlacesByDistance(
            place for place in snapshot.places if place.current.available is not Available.YES
        )
        self.towns = _towns(snapshot.places, several_states=len(region.states) > 1)
        self.codes = postal_codes(snapshot.places, region)
        self._around: dict[PostalArea, Surroundings] = {}

    def around(self, area: PostalArea) -> Surroundings:
        if area not in self._around:
            spot = area.latitude, area.longitude
            offers, others = self._offers.around(*spot, OFFERS_AROUND), self._others.around(*spot, OTHERS_AROUND)
            self._around[area] = Surroundings(offers, others)
        return self._around[area]

    def beyond(self, town: TownPlaces) -> tuple[NearbyPlace, ...]:
        """The offers nearest to a town but outside it."""
        here = {place.id for place in town.places if place.current.available is Available.YES}
        middle = next((place.location.position for place in town.places if place.location.position), None)
        if middle is None:
            return ()
        found = self._offers.around(middle.latitude, middle.longitude, BEYOND_TOWN + len(here))
        return tuple(far for far in found if far.place.id not in here)[:BEYOND_TOWN]


class PlacesByDistance:
    """The places with a position, searchable by distance."""

    def __init__(self, places: Iterable[Place]) -> None:
        placed = [(place, place.location.position) for place in places]
        self._places = [place for place, position in placed if position]
        spots = [(position.latitude, position.longitude) for _, position in placed if position]
        self._nearby = Nearby(spots) if spots else None

    def around(self, latitude: float, longitude: float, limit: int) -> tuple[NearbyPlace, ...]:
        if self._nearby is None:
            return ()
        return tuple(
            NearbyPlace(self._places[index], km) for index, km in self._nearby.around(latitude, longitude, limit)
        )


def postal_codes(places: Iterable[Place], region: Region) -> Mapping[str, PostalArea]:
    """The postal codes of the region and of its places, with their centers."""
    return {**_seen(places), **postal_areas(region.states, region.country)}


def _towns(places: Sequence[Place], *, several_states: bool) -> tuple[TownPlaces, ...]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        state = f"-{place.location.state.lower()}" if several_states and place.location.state else ""
        found[town_slug(place.location.city) + state if place.location.city else ""].append(place)
    towns = [
        TownPlaces(slug, _name(of_town, several_states=several_states), tuple(sorted(of_town, key=_by_name)))
        for slug, of_town in found.items()
    ]
    return tuple(sorted(towns, key=lambda town: (town.name.casefold(), town.slug)))


def _name(places: Sequence[Place], *, several_states: bool) -> str:
    first = places[0].location
    return f"{first.city}, {first.state}" if several_states and first.city and first.state else first.city


def _by_name(place: Place) -> str:
    return place.location.name.casefold()


def _seen(places: Iterable[Place]) -> dict[str, PostalArea]:
    """The postal codes of places with a position, for countries without a table of codes."""
    found: dict[str, PostalArea] = {}
    for place in places:
        location, code = place.location, place.location.postal_code
        if location.position and code and code not in found:
            spot = location.position
            found[code] = PostalArea(
                code, location.city, location.state, location.county, spot.latitude, spot.longitude
            )
    return found
