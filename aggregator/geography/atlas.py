"""The places of a snapshot by town and around each postal code, the same for every language. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import inf
from typing import NamedTuple

from aggregator.config import Region
from aggregator.geography.areas import Nearby, PostalArea, postal_areas, town_slug
from aggregator.model import Available, Place, Snapshot

OFFERS_AROUND = 20  # on a postal code's page
OTHERS_AROUND = 15
BEYOND_TOWN = 8  # offers in other towns on a town's page
REACH = 80.0  # km: a postal code farther than this from every place has no page
NEARBY = 25.0  # km, or 15 miles: how far the feed of a postal code looks


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
    """An index of a snapshot's places. `codes`: the postal codes within `REACH` of a place; `towns`: those with any."""

    def __init__(self, snapshot: Snapshot, region: Region) -> None:
        self._offers = PlacesByDistance(place for place in snapshot.places if place.current.available is Available.YES)
        self._others = PlacesByDistance(
            place for place in snapshot.places if place.current.available is not Available.YES
        )
        self.towns = _towns(snapshot.places, several_states=len(region.states) > 1)
        self._around: dict[PostalArea, Surroundings] = {}
        self._nearest: dict[PostalArea, float] = {}
        known = {**_seen(snapshot.places), **postal_areas(region.states, region.country)}
        self.codes = {code: area for code, area in known.items() if self.nearest(area) <= REACH}

    def around(self, area: PostalArea) -> Surroundings:
        if area not in self._around:
            spot = area.latitude, area.longitude
            offers, others = self._offers.around(*spot, OFFERS_AROUND), self._others.around(*spot, OTHERS_AROUND)
            self._around[area] = Surroundings(offers, others)
        return self._around[area]

    def nearest(self, area: PostalArea) -> float:
        """Distance to the nearest place in km; infinite if no place has a position."""
        if area not in self._nearest:
            spot = area.latitude, area.longitude
            found = (*self._offers.around(*spot, 1), *self._others.around(*spot, 1))
            self._nearest[area] = min((far.km for far in found), default=inf)
        return self._nearest[area]

    def codes_nearby(self) -> list[PostalArea]:
        """The postal codes that have a place within `NEARBY`: only these have a feed."""
        return [area for area in self.codes.values() if self.nearest(area) <= NEARBY]

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


def _towns(places: Sequence[Place], *, several_states: bool) -> tuple[TownPlaces, ...]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        state = f"-{town_slug(place.location.state)}" if several_states and place.location.state else ""
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
    """The postal codes of places with a position, for countries without a table of codes.

    Codes with blanks ("K0X 1X0") and those of other countries have no page: people find these places by town.
    """
    found: dict[str, PostalArea] = {}
    for place in places:
        location, code = place.location, place.location.postal_code
        if location.position and code.isalnum() and not location.country and code not in found:
            spot = location.position
            found[code] = PostalArea(
                code, location.city, location.state, location.county, spot.latitude, spot.longitude
            )
    return found
