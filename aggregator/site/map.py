"""The map of a region: the outline of its states and a mark for each place, as coordinates for the template.

Units are those of the picture (SVG `viewBox`), whole numbers, x to the right and y downwards. The projection is
equirectangular: degrees of longitude are as long everywhere as on the middle latitude.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from math import ceil, cos, radians
from statistics import median
from typing import NamedTuple

from aggregator.geography import Ring, outline
from aggregator.model import Available

WIDTH = 1000
EDGE = 20  # margin that keeps a mark on the border fully visible
NEIGHBOURHOOD = 0.05  # part of the outline's extent: places that far outside of it are still on the map
# Without an outline, a position counts as wrong if its distance from the median exceeds both FAR degrees and FAR_OUT
# times the median distance.
FAR, FAR_OUT = 2.0, 6.0
SMALLEST = 0.1  # degrees that a map without outline shows
NOWHERE = "M-9-9h0"


class Mark(NamedTuple):
    """A place to draw. One without a position appears in the lists only."""

    id: str
    name: str
    available: Available
    latitude: float | None
    longitude: float | None


class MapMark(NamedTuple):
    """A place with appointments, in map units: the map links to it."""

    id: str
    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class MapView:
    """The map. `outline`, `none` and `unknown` are SVG path data, "" if there is nothing to draw.

    `more`: points of offers without a link, see `linking`. The k-th point of `none` belongs to the k-th mark without
    appointments, that of `unknown` to the k-th unknown one; the point of a place off the map is outside of the picture.
    `elsewhere`: how many places are off the map.
    A position is at x = (longitude - west) * x_per_degree, y = (north - latitude) * y_per_degree; a longitude may need
    a whole turn (360) to get between 0 and `width`.
    """

    width: int
    height: int
    outline: str
    offers: tuple[MapMark, ...]
    more: str
    none: str
    unknown: str
    elsewhere: int
    west: float
    north: float
    x_per_degree: float
    y_per_degree: float


class _Box(NamedTuple):
    """Bounds in degrees."""

    south: float
    north: float
    west: float
    east: float

    def turned(self, longitude: float) -> float:
        """The longitude within half a turn of the middle of the box; unchanged if it already is."""
        return longitude - 360 * round((longitude - (self.west + self.east) / 2) / 360)

    def holds(self, latitude: float, longitude: float) -> bool:
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east

    def grown(self, up: float, across: float) -> "_Box":
        return _Box(self.south - up, self.north + up, self.west - across, self.east + across)


class _Projection:
    """Converts positions to map units."""

    def __init__(self, box: _Box) -> None:
        scale = (WIDTH - 2 * EDGE) / (box.east - box.west)
        self.box = box
        self.x_per_degree = round(scale, 3)
        self.y_per_degree = round(scale / _narrowing(box.south, box.north), 3)
        self.west = round(box.west - EDGE / scale, 5)
        self.north = round(box.north + EDGE / self.y_per_degree, 5)
        self.height = ceil((box.north - box.south) * self.y_per_degree) + 2 * EDGE

    def point(self, latitude: float, longitude: float) -> tuple[int, int]:
        return round((longitude - self.west) * self.x_per_degree), round((self.north - latitude) * self.y_per_degree)

    def spot(self, mark: Mark) -> tuple[int, int] | None:
        """The point of a place; None if it is off the map."""
        if mark.latitude is None or mark.longitude is None:
            return None
        longitude = self.box.turned(mark.longitude)
        return self.point(mark.latitude, longitude) if self.box.holds(mark.latitude, longitude) else None


def map_view(marks: Sequence[Mark], states: tuple[str, ...], country: str) -> MapView | None:
    """The map of these places over the outline of the states; None if it would show no place."""
    rings = outline(states, country)
    positions = [
        (mark.latitude, mark.longitude) for mark in marks if mark.latitude is not None and mark.longitude is not None
    ]
    if not positions:
        return None
    projection = _Projection(_around_outline(rings, positions) if rings else _around_most(positions))
    spots = [(mark, projection.spot(mark)) for mark in marks]
    elsewhere = sum(spot is None for _, spot in spots)
    if elsewhere == len(spots):
        return None
    return MapView(
        width=WIDTH,
        height=projection.height,
        outline="".join(_shape(ring, projection) for ring in rings),
        offers=tuple(
            MapMark(mark.id, mark.name, *spot) for mark, spot in spots if spot and mark.available is Available.YES
        ),
        more="",
        none=_points(spot for mark, spot in spots if mark.available is Available.NO),
        unknown=_points(spot for mark, spot in spots if mark.available is Available.UNKNOWN),
        elsewhere=elsewhere,
        west=projection.west,
        north=projection.north,
        x_per_degree=projection.x_per_degree,
        y_per_degree=projection.y_per_degree,
    )


def linking(view: MapView, listed: Collection[str]) -> MapView:
    """The map with links only to the places listed on the page: a thousand links would outweigh the rest of it."""
    others = [(mark.x, mark.y) for mark in view.offers if mark.id not in listed]
    return replace(view, offers=tuple(mark for mark in view.offers if mark.id in listed), more=_points(others))


def _around_outline(rings: tuple[Ring, ...], positions: list[tuple[float, float]]) -> _Box:
    """Bounds of the outline and of places near it, so that a wrong position does not shrink the map."""
    shape = _bounds([(latitude, longitude) for ring in rings for longitude, latitude in ring])
    widest = shape.grown((shape.north - shape.south) * NEIGHBOURHOOD, (shape.east - shape.west) * NEIGHBOURHOOD)
    turned = [(latitude, shape.turned(longitude)) for latitude, longitude in positions]
    near = [position for position in turned if widest.holds(*position)]
    return _bounds([*near, (shape.south, shape.west), (shape.north, shape.east)])


def _bounds(positions: list[tuple[float, float]]) -> _Box:
    latitudes, longitudes = zip(*positions, strict=True)
    return _Box(min(latitudes), max(latitudes), min(longitudes), max(longitudes))


def _around_most(positions: list[tuple[float, float]]) -> _Box:
    """Bounds of the places without outliers, widened so that neither side is less than half of the other."""
    south, north = _extent([latitude for latitude, _ in positions])
    west, east = _extent([longitude for _, longitude in positions])
    narrowing = _narrowing(south, north)
    high = max(SMALLEST, north - south, (east - west) * narrowing / 2)
    wide = max(SMALLEST, (east - west) * narrowing, high / 2) / narrowing
    return _Box(south, north, west, east).grown((high - (north - south)) / 2, (wide - (east - west)) / 2)


def _extent(values: list[float]) -> tuple[float, float]:
    middle = median(values)
    reach = max(FAR, FAR_OUT * median(abs(value - middle) for value in values))
    near = [value for value in values if abs(value - middle) <= reach]
    return min(near), max(near)


def _narrowing(south: float, north: float) -> float:
    """Length of a degree of longitude on the middle latitude, in degrees of latitude."""
    return cos(radians((south + north) / 2))


def _shape(ring: Ring, projection: _Projection) -> str:
    """A ring as path data; "" if it vanishes when rounded to whole units."""
    points = [point for point, _ in groupby(projection.point(latitude, longitude) for longitude, latitude in ring)]
    if len(set(points)) < 3:
        return ""
    steps = [step for (x, y), (to_x, to_y) in pairwise(points) for step in (to_x - x, to_y - y)]
    # a minus sign separates numbers as well as a space does
    drawn = "".join(str(step) if step < 0 else f" {step}" for step in steps).lstrip()
    return f"M{points[0][0]} {points[0][1]}l{drawn}z"


def _points(spots: Iterable[tuple[int, int] | None]) -> str:
    return "".join(f"M{spot[0]} {spot[1]}h0" if spot else NOWHERE for spot in spots)
