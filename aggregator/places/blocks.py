"""Selects the pairs of locations worth comparing: those that share an id, a house number nearby, or a position.

So the work grows with the number of locations, not with its square.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations, product

from aggregator.places.evidence import Facts

CELL = 0.001, 0.003  # degrees of latitude and longitude: at least `NEAR` wide up to 70° of latitude
CROWD = 60  # locations in a block from which their common value means nothing: a default position, an owner's id

Cell = tuple[int, int]
_FORWARD = ((0, 1), (1, -1), (1, 0), (1, 1))  # half of a cell's neighbors; the other half compares with this cell


def candidates(facts: Sequence[Facts | None]) -> set[tuple[int, int]]:
    """Pairs of indexes into `facts`, the lower one first; None is never in a pair."""
    blocks: defaultdict[Hashable, list[int]] = defaultdict(list)
    cells: defaultdict[Cell, list[int]] = defaultdict(list)
    for index, one in enumerate(facts):
        if one is None:
            continue
        for key in _keys(one):
            blocks[key].append(index)
        if one.position:
            cells[_cell(*one.position)].append(index)
    pairs = {pair for block in blocks.values() if len(block) <= CROWD for pair in combinations(block, 2)}
    return pairs | set(_neighbours(cells))


def successors(facts: Sequence[Facts | None], sources: Sequence[str], gone: Sequence[bool]) -> set[tuple[int, int]]:
    """Pairs with one source and house number, at least one of which is not listed any more."""
    blocks: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index, one in enumerate(facts):
        if one is not None:
            for key in _addresses(one):
                blocks[sources[index], key].append(index)
    some = (block for block in blocks.values() if len(block) <= CROWD and any(gone[index] for index in block))
    return {(one, other) for block in some for one, other in combinations(block, 2) if gone[one] or gone[other]}


def _keys(one: Facts) -> Iterator[Hashable]:
    yield from one.keys.stores | one.keys.entries | one.keys.shared
    yield from _addresses(one)


def _addresses(one: Facts) -> Iterator[Hashable]:
    if number := one.spot.house or (one.spot.road and one.spot.road.words):
        yield one.spot.postal_code, number
        yield one.spot.state, one.spot.town, number


def _cell(latitude: float, longitude: float) -> Cell:
    return math.floor(latitude / CELL[0]), math.floor(longitude / CELL[1])


def _neighbours(cells: dict[Cell, list[int]]) -> Iterator[tuple[int, int]]:
    for (row, column), block in cells.items():
        if len(block) > CROWD:
            continue
        yield from combinations(block, 2)
        for down, right in _FORWARD:
            other = cells.get((row + down, column + right), ())
            if len(other) <= CROWD:
                yield from ((min(pair), max(pair)) for pair in product(block, other))
