"""Makes `outlines.json`, the shapes of the states that the map is drawn from. Run it again only for other shapes.

    npm pack us-atlas@3.0.1 && tar xzf us-atlas-3.0.1.tgz
    python data/reference/make_outlines.py package/states-10m.json

Source: us-atlas (ISC), which is the cartographic boundary files of the U.S. Census Bureau (public domain) as TopoJSON
(https://github.com/topojson/topojson-specification). Written: {"MA": [ring, …]}, a ring being [[longitude, latitude],
…] in degrees, the first point not repeated at its end, the largest ring first. Longitudes do not jump: those of Alaska
beyond the antimeridian are below -180. Borders that two states share are the same points in both.
"""

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Line = tuple[Point, ...]

OUTLINES = Path(__file__).with_name("outlines.json")
POINTS = 100  # of a state's mainland; its borders may have more, which a smaller neighbour needs
ISLET = 0.0004  # of the area of the state's largest ring: smaller ones are left out
FINEST, COARSEST = 1e-4, 1.0  # degrees that a simplified line may stray

# FIPS 5-2 numbers of the states -> USPS letters
STATES = {
    "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", "10": "DE", "11": "DC",
    "12": "FL", "13": "GA", "15": "HI", "16": "ID", "17": "IL", "18": "IN", "19": "IA", "20": "KS", "21": "KY",
    "22": "LA", "23": "ME", "24": "MD", "25": "MA", "26": "MI", "27": "MN", "28": "MS", "29": "MO", "30": "MT",
    "31": "NE", "32": "NV", "33": "NH", "34": "NJ", "35": "NM", "36": "NY", "37": "NC", "38": "ND", "39": "OH",
    "40": "OK", "41": "OR", "42": "PA", "44": "RI", "45": "SC", "46": "SD", "47": "TN", "48": "TX", "49": "UT",
    "50": "VT", "51": "VA", "53": "WA", "54": "WV", "55": "WI", "56": "WY", "60": "AS", "66": "GU", "69": "MP",
    "72": "PR", "78": "VI",
}  # fmt: skip


def main() -> None:
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = [_decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    shapes = {
        STATES[state["id"]]: _largest(list(_rings_of(state)), arcs)
        for state in topology["objects"]["states"]["geometries"]
    }
    finest: dict[int, float] = {}
    for rings in shapes.values():
        for number, stray in _strays(rings, arcs, _enough(rings, arcs)).items():
            finest[number] = min(finest.get(number, COARSEST), stray)
    simple = {number: _simplified(arcs[number], stray) for number, stray in finest.items()}
    outlines = {
        state: [_rounded(_joined(ring, simple), whole_turn=state == "AK") for ring in shapes[state]]
        for state in sorted(shapes)
    }
    lines = (f"{json.dumps(state)}: {json.dumps(rings, separators=(',', ':'))}" for state, rings in outlines.items())
    OUTLINES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _decoded(arc: Sequence[Sequence[int]], transform: Mapping[str, Sequence[float]]) -> Line:
    """An arc as degrees: its steps are summed up, scaled and moved."""
    (across, up), (west, south) = transform["scale"], transform["translate"]
    sums = accumulate(arc, lambda at, step: (at[0] + step[0], at[1] + step[1]))
    return tuple((west + x * across, south + y * up) for x, y in sums)


def _rings_of(state: Mapping[str, Any]) -> Iterator[list[int]]:
    """The outer rings, as numbers of arcs; ~number is the arc read backwards. Holes are lakes and enclaves."""
    polygons = state["arcs"] if state["type"] == "MultiPolygon" else [state["arcs"]]
    for polygon in polygons:
        yield polygon[0]


def _largest(rings: list[list[int]], arcs: Sequence[Line]) -> list[list[int]]:
    """Without the islets, the largest first."""
    areas = {tuple(ring): _area(_joined(ring, arcs)) for ring in rings}
    largest = max(areas.values())
    kept = [ring for ring in rings if areas[tuple(ring)] >= ISLET * largest]
    return sorted(kept, key=lambda ring: -areas[tuple(ring)])


def _enough(rings: list[list[int]], arcs: Sequence[Line]) -> float:
    """How far the lines of a state must be allowed to stray for its mainland to get by with POINTS; degrees."""
    low, high = FINEST, COARSEST
    while high / low > 1.05:
        middle = math.sqrt(low * high)
        simple = {number: _simplified(arcs[number], stray) for number, stray in _strays(rings, arcs, middle).items()}
        if len(_joined(rings[0], simple)) > POINTS:
            low = middle
        else:
            high = middle
    return high


def _strays(rings: list[list[int]], arcs: Sequence[Line], stray: float) -> dict[int, float]:
    """The same for each arc of a state: less on small islands, or nothing would be left of them."""
    return {
        number if number >= 0 else ~number: min(stray, math.sqrt(_area(_joined(ring, arcs))) / 4)
        for ring in rings
        for number in ring
    }


def _joined(ring: Sequence[int], arcs: Sequence[Line] | Mapping[int, Line]) -> Line:
    """The arcs of a ring as one line, each point once."""
    points: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[:-1]
    return tuple(points)


def _area(ring: Line) -> float:
    """In square degrees of latitude."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2 * _narrowing(ring)


def _simplified(line: Line, stray: float) -> Line:
    """Douglas and Peucker, 1973: without the points whose absence moves the line by less than `stray` degrees."""
    if len(line) < 3:
        return line
    first, last, narrowing = line[0], line[-1], _narrowing(line)
    offs = [_off(point, first, last, narrowing) for point in line[1:-1]]
    farthest = max(range(len(offs)), key=offs.__getitem__)
    if offs[farthest] < stray:
        return first, last
    middle = farthest + 1
    return _simplified(line[: middle + 1], stray)[:-1] + _simplified(line[middle:], stray)


def _off(point: Point, first: Point, last: Point, narrowing: float) -> float:
    """The distance of a point from the line between two others, in degrees of latitude."""
    x, y = (point[0] - first[0]) * narrowing, point[1] - first[1]
    along_x, along_y = (last[0] - first[0]) * narrowing, last[1] - first[1]
    square = along_x**2 + along_y**2
    share = max(0.0, min(1.0, (x * along_x + y * along_y) / square)) if square else 0.0
    return math.hypot(x - share * along_x, y - share * along_y)


def _narrowing(line: Line) -> float:
    """How long a degree of longitude is there, of one of latitude."""
    return math.cos(math.radians(sum(y for _, y in line) / len(line)))


def _rounded(ring: Line, *, whole_turn: bool) -> list[Point]:
    """`whole_turn`: what lies east of Greenwich is written as west of it."""
    return [(round(x - 360 if whole_turn and x > 0 else x, 3), round(y, 3)) for x, y in ring]


if __name__ == "__main__":
    main()
