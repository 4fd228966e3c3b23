"""Texts that are hardest for a regular expression, made from the expression itself.

A backtracking engine is slow if much matches and then the end doesn't: a long run consumed by a repeat before something
that cannot match, or a beginning that occurs everywhere, each followed by a search for its end. So the texts are a
`before`, many repetitions of a `pump`, and a tail that few patterns match.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

MOST_PAIRS = 12  # kinds of characters, of which all pairs are tried
MOST_SAMPLES = 12  # of one part of a pattern
MOST_CLASSES = 40
_USUAL = " \n\t0aZé_-.,;:/\\\"'<>()[]{}=&#|+*?@%\x01"
_IGNORECASE = int(re.IGNORECASE)  # a number, because operators of enums are slow
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
_CHARACTERS = {op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY}
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip

Node = tuple[Any, Any]


class Attack(NamedTuple):
    """`before`, then many repetitions of `pump`, then `tail`."""

    before: str
    pump: str
    tail: str = "\x01"

    def text(self, times: int) -> str:
        return self.before + self.pump * times + self.tail


def attacks(pattern: re.Pattern[Any]) -> Iterator[Attack]:
    """The texts to try on a pattern, without duplicates."""
    written = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    nodes = list(parser.parse(written, pattern.flags & ~re.UNICODE & ~re.DEBUG))
    characters = _kinds_of_characters(nodes, pattern.flags)
    dots = any(kind is op.ANY for kind, _ in _character_nodes(nodes)) and not pattern.flags & re.DOTALL
    for attack in dict.fromkeys(_attacks(nodes, characters)):
        yield attack._replace(tail="\n\x01") if dots else attack


def _attacks(nodes: Sequence[Node], characters: Sequence[str]) -> Iterator[Attack]:
    """The most promising ones first."""
    repeats = list(_repeats(nodes, [""]))
    yield from (Attack("", one) for one in characters)
    for before, body in repeats:
        yield from (Attack("", one) for one in (*before[:3], *body[:3]) if one)
    for before, body in repeats:
        yield from (Attack(head, one) for head in before[:2] for one in (*characters, *body[:2]) if one)
    for before, _ in repeats:
        yield from (Attack("", head + one) for head in before[:2] for one in characters)
    yield from (Attack("", sample) for sample in _samples(nodes) if sample)
    if len(characters) <= MOST_PAIRS:
        yield from (Attack("", "".join(pair)) for pair in product(characters, repeat=2))
    for before, body in repeats:
        yield from (Attack(head, one) for head in before for one in (*characters, *body) if one)
        yield from (Attack("", one) for one in (*before, *body) if one)


def _kinds_of_characters(nodes: Sequence[Node], flags: int) -> list[str]:
    """One character of each kind that the pattern distinguishes."""
    tests = list({str(node): node for node in _character_nodes(nodes)}.values())
    literals = [chr(value) for kind, value in tests if kind is op.LITERAL and value < 0x3000]
    ranges = [chr(part[1][0]) for kind, parts in tests if kind is op.IN for part in parts if part[0] is op.RANGE]
    members = [chr(part[1]) for kind, parts in tests if kind is op.IN for part in parts if part[0] is op.LITERAL]
    found: dict[tuple[bool, ...], str] = {}
    for one in dict.fromkeys((*_USUAL, *literals, *ranges, *members)):
        found.setdefault(tuple(_fits(test, one, flags) for test in tests), one)
    return list(found.values())[:MOST_CLASSES]


def _character_nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    for kind, value in nodes:
        if kind in _CHARACTERS:
            yield kind, value
        for part in _parts(kind, value):
            yield from _character_nodes(part)


def _parts(kind: Any, value: Any) -> list[Sequence[Node]]:
    """The sequences inside a node."""
    if kind in _REPEATS:
        return [value[2]]
    if kind is op.BRANCH:
        return list(value[1])
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    if kind is op.ATOMIC_GROUP:
        return [value]
    if kind is op.GROUPREF_EXISTS:
        return [part for part in value[1:] if part]
    return []


def _fits(node: Node, one: str, flags: int) -> bool:
    kind, value = node
    spellings = {one, one.lower(), one.upper()} if flags & _IGNORECASE else {one}
    if kind is op.LITERAL:
        return any(ord(spelling) == value for spelling in spellings if len(spelling) == 1)
    if kind is op.NOT_LITERAL:
        return all(ord(spelling) != value for spelling in spellings if len(spelling) == 1)
    if kind is op.ANY:
        return one != "\n" or bool(flags & re.DOTALL)
    negated = value[0][0] is op.NEGATE
    inside = any(_in_set(part, spelling) for part in value for spelling in spellings if len(spelling) == 1)
    return inside is not negated


def _in_set(part: Node, one: str) -> bool:
    kind, value = part
    if kind is op.LITERAL:
        return bool(ord(one) == value)
    if kind is op.RANGE:
        return bool(value[0] <= ord(one) <= value[1])
    return kind is op.CATEGORY and re.fullmatch(_CATEGORIES[value], one) is not None


def _repeats(nodes: Sequence[Node], before: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """For each repeat: texts that lead up to it, and texts that it repeats."""
    for at, (kind, value) in enumerate(nodes):
        head = _joined(before, _samples(nodes[:at]))
        if kind in _REPEATS:
            yield head, _samples(list(value[2]))
        for part in _parts(kind, value):
            yield from _repeats(list(part), head)


def _samples(nodes: Sequence[Node]) -> list[str]:
    """Some texts that match these nodes."""
    found = [""]
    for kind, value in nodes:
        found = _joined(found, _samples_of(kind, value))
    return found


def _samples_of(kind: Any, value: Any) -> list[str]:
    if kind is op.LITERAL:
        return [chr(value)]
    if kind in _CHARACTERS:
        fitting = [one for one in 'a0 ,<"-xé\n' if _fits((kind, value), one, 0)]
        if kind is op.IN and not fitting:
            return [
                chr(part[1] if part[0] is op.LITERAL else part[1][0])
                for part in value
                if part[0] in (op.LITERAL, op.RANGE)
            ][:1]
        return fitting[:2] or [""]
    if kind in _REPEATS:
        least, _, body = value
        once = _samples(list(body))
        return [one * max(least, 1) for one in once] + ([""] if not least else [])
    if kind is op.BRANCH:
        return [sample for part in value[1] for sample in _samples(list(part))[:2]]
    if kind is op.ASSERT:
        return _samples(list(value[1])) if value[0] < 0 else [""]
    if kind in (op.SUBPATTERN, op.ATOMIC_GROUP):
        return _samples(list(_parts(kind, value)[0]))
    return [""]


def _joined(heads: Sequence[str], tails: Sequence[str]) -> list[str]:
    """Heads and tails in all combinations, or the first ones if there are too many."""
    return list(dict.fromkeys(head + tail for tail in tails for head in heads))[:MOST_SAMPLES]
