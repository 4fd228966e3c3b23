"""Where things are: postal codes, distances, what is nearest, the shapes of states. Pure; degrees are WGS 84.

Sources: the `zipcodes` package (as in `clean.postal`), `data/reference/outlines.json` (made by `make_outlines.py`
there, from the U.S. Census Bureau's boundary files). Both are read once, at first use.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import acos, asin, cos, degrees, floor, radians, sin, sqrt
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from aggregator import bundled
from aggregator.clean import folded, plain_county

OUTLINES = bundled.REFERENCE / "outlines.json"
MAPPED_COUNTRY = "US"  # the only one whose postal codes and outlines are here
EARTH_RADIUS = 6371.0088  # km, the mean one of the IUGG
KM_PER_MILE = 1.609344
MILES = ("US", "GB", "LR")  # countries whose roads are measured in miles
STRIP = 0.05  # degrees of latitude by which positions are sorted
NARROWEST = 0.01  # degrees around a spot that are looked at first, at least
ROUNDING = 1 + 1e-9  # so that nothing at the edge is lost to it

Ring = tuple[tuple[float, float], ...]
Point = tuple[float, float, float, int]  # on a sphere of radius 1, and its number


class PostalArea(NamedTuple):
    """A postal code and its middle; `town` is the name its post office prefers, `county` may be empty."""

    code: str
    town: str
    state: str
    county: str
    latitude: float
    longitude: float


@lru_cache(maxsize=16)
def postal_areas(states: tuple[str, ...], country: str) -> Mapping[str, PostalArea]:
    """Every postal code of these states that has a position, sorted; those of post-office boxes too: people type them.

    Empty where no table has the country's codes.
    """
    if country != MAPPED_COUNTRY:
        return MappingProxyType({})
    import zipcodes

    areas = [_area(row) for state in states for row in zipcodes.filter_by(state=state)]  # type: ignore[no-untyped-call]
    placed = sorted(area for area in areas if area.latitude or area.longitude)
    return MappingProxyType({area.code: area for area in placed})


def main_time_zone(states: tuple[str, ...], country: str) -> str:
    """The time zone of most postal codes of these states; "" where no table has them."""
    if country != MAPPED_COUNTRY:
        return ""
    import zipcodes

    rows = [row for state in states for row in zipcodes.filter_by(state=state)]  # type: ignore[no-untyped-call]
    return next((zone for zone, _ in Counter(row["timezone"] for row in rows).most_common() if zone), "")


def _area(row: Mapping[str, str]) -> PostalArea:
    county = plain_county(row["county"])
    return PostalArea(row["zip_code"], row["city"], row["state"], county, float(row["lat"]), float(row["long"]))


@lru_cache(maxsize=16)
def outline(states: tuple[str, ...], country: str) -> tuple[Ring, ...]:
    """The shapes of these states as rings of (longitude, latitude); () where none is known.

    A ring's last point is not its first again. Longitudes do not jump: Alaska's end below -180.
    """
    if country != MAPPED_COUNTRY:
        return ()
    known = _outlines()
    return tuple(ring for state in states for ring in known.get(state, ()))


@lru_cache(maxsize=1)
def _outlines() -> dict[str, tuple[Ring, ...]]:
    return msgspec.json.decode(OUTLINES.read_bytes(), type=dict[str, tuple[Ring, ...]])


def kilometres(latitude1: float, longitude1: float, latitude2: float, longitude2: float) -> float:
    """The way between two positions as the crow flies, on a sphere (haversine): at most 0.6 % off the true one."""
    north, east = radians(latitude2 - latitude1), radians(longitude2 - longitude1)
    chord = sin(north / 2) ** 2 + cos(radians(latitude1)) * cos(radians(latitude2)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(min(1.0, chord)))


def uses_miles(country: str) -> bool:
    """Whether people of this country (two letters) think of distances in miles."""
    return country in MILES


def miles(km: float) -> float:
    return km / KM_PER_MILE


class Nearby:
    """Finds the nearest of many positions, given as (latitude, longitude). Built once, asked often."""

    def __init__(self, positions: Sequence[tuple[float, float]]) -> None:
        self._count = len(positions)
        self._apart = _apart(positions)
        strips: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for index, (latitude, longitude) in enumerate(positions):
            strips[floor(latitude / STRIP)].append((longitude, index))
        self._strips = {number: _Strip(sorted(found), positions) for number, found in strips.items()}

    def around(self, latitude: float, longitude: float, limit: int) -> list[tuple[int, float]]:
        """The `limit` nearest as (index, km to the metre), the nearest first; at one spot, the first given first."""
        nearest = sorted(self._candidates(latitude, longitude, limit))[:limit]
        return [(index, EARTH_RADIUS * acos(min(1.0, -away))) for away, index in nearest]

    def _candidates(self, latitude: float, longitude: float, limit: int) -> list[tuple[float, int]]:
        """All within an angle that has at least `limit` of them, as (minus the cosine of the angle, index)."""
        x, y, z = _vector(latitude, longitude)
        angle = max(NARROWEST, self._apart * sqrt(limit) / 2)
        while True:
            points = list(self._within(latitude, longitude, angle))
            reach = 2.0 if len(points) == self._count else -cos(radians(angle))
            near = [(away, index) for a, b, c, index in points if (away := -(a * x + b * y + c * z)) <= reach]
            if len(near) >= min(limit, self._count):
                return near
            angle *= 2

    def _within(self, latitude: float, longitude: float, angle: float) -> Iterator[Point]:
        """All points within an angle, in degrees, and some more: those of a box around it, or of whole strips."""
        first, last = floor((latitude - angle) / STRIP), floor((latitude + angle) / STRIP)
        across = 180.0  # degrees of longitude
        if abs(latitude) + angle < 90:
            across = degrees(asin(sin(radians(angle)) / cos(radians(latitude)))) * ROUNDING
        west, east = longitude - across, longitude + across
        whole = west <= -180 or east >= 180  # at the antimeridian, too
        numbers = range(first, last + 1) if last - first < len(self._strips) else self._strips
        for strip in filter(None, map(self._strips.get, numbers)):
            yield from strip.points if whole else strip.between(west, east)


def _apart(positions: Sequence[tuple[float, float]]) -> float:
    """How far from each other positions would be if they were spread evenly, in degrees."""
    if not positions:
        return 0.0
    latitudes, longitudes = zip(*positions, strict=True)
    return sqrt((max(latitudes) - min(latitudes)) * (max(longitudes) - min(longitudes)) / len(positions))


class _Strip:
    """Points between two parallels, from west to east."""

    def __init__(self, found: Sequence[tuple[float, int]], positions: Sequence[tuple[float, float]]) -> None:
        self._longitudes = [longitude for longitude, _ in found]
        self.points = [(*_vector(*positions[index]), index) for _, index in found]

    def between(self, west: float, east: float) -> Sequence[Point]:
        return self.points[bisect_left(self._longitudes, west) : bisect_right(self._longitudes, east)]


def _vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    """The position on a sphere of radius 1: the product of two is the cosine of the angle between them."""
    north, east = radians(latitude), radians(longitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


@lru_cache(maxsize=4096)
def town_slug(name: str) -> str:
    """A town's name for an address: "Saint-Rambert-en-Bugey" -> "saint-rambert-en-bugey".

    Never empty, and never anything but a-z, 0-9 and hyphens; two towns may have the same.
    """
    letters = folded(unicodedata.normalize("NFKC", name)).replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    return "-".join(plain.split()) or "town"
