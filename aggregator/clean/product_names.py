"""Products: maps free text or a code ("cvx:207") to display names, by the table of a service (`model.service`)."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product as combinations_of
from typing import NamedTuple

from aggregator.clean.age_ranges import Ages, ages
from aggregator.clean.text import clean
from aggregator.model import Product, ProductRule, Service

LENGTH = 120  # characters of a product as shown
_READ = 1000  # characters of a product text that are read
_CACHED = 4096  # texts

_CODE = re.compile(r"([a-z]{2,10}):\s*0*(\d{1,6})", re.IGNORECASE | re.ASCII)
_COMMA = re.compile(rf"[,;\n|](?![^()]{{0,{LENGTH}}}\))")  # not in brackets

Names = tuple[str, ...]


class Products:
    """Finds the products of a service in texts. Without a table of products, every text is a name as it is."""

    def __init__(self, service: Service) -> None:
        texts = service.product_texts
        self._products = [_Matcher(one) for one in service.products]
        self._nothing, self._never, self._continues = map(_pattern, (texts.nothing, texts.never, texts.continues))
        self._groups = [(one.name, one.product, _pattern(one.match)) for one in service.groups]
        self._by_code = {
            (system, code): name
            for system, names in service.codes.items()
            for name, codes in names.items()
            for code in codes
        }
        self._groups_by_name = {
            name: frozenset(one.groups) for one in service.products for name in possible_names(one)
        } | {one.product: frozenset((one.name,)) for one in service.groups if one.product}
        self.named = lru_cache(_CACHED)(self._named)
        self._listed_cached = lru_cache(_CACHED)(self._listed)

    def product(self, text: str) -> str | None:
        """The display name of one product ("Pfizer bivalent (5–11)"); None if the text names none that we know."""
        if not self._products:
            return clean(text, LENGTH) or None
        return next(iter(self.named(text[:_READ])), None)

    def products(self, texts: Iterable[str]) -> tuple[Names, Names]:
        """Known names and unknown texts, in order and without duplicates; a text may list several products.

        A text stating that no product is named ("Contact Clinic Site") gives neither. If a group is named beside
        products of others only ("COVID-19 Vaccine, Flu"), its own name is listed, because it would otherwise seem not
        to be offered.
        """
        if not self._products:
            return tuple(dict.fromkeys(filter(None, (clean(text, LENGTH) for text in texts)))), ()
        read = [text[:_READ] for text in texts]
        known: dict[str, None] = {}
        unknown: dict[str, None] = {}
        for text in read:
            for names, left in self._listed_cached(text):
                known |= dict.fromkeys(names)
                unknown |= dict.fromkeys(left)
        if known:
            known |= dict.fromkeys(self._groups_named(read, known))
        return tuple(known), tuple(unknown)

    def groups(self, name: str) -> frozenset[str]:
        """The groups of a display name."""
        return self._groups_by_name.get(name, frozenset())

    def _groups_named(self, texts: Iterable[str], known: Iterable[str]) -> Iterator[str]:
        found = {group for name in known for group in self.groups(name)}
        for name, own_name, pattern in self._groups:
            if own_name and name not in found and any(pattern and pattern.search(text.lower()) for text in texts):
                yield own_name

    def _listed(self, text: str) -> tuple[tuple[Names, Names], ...]:
        pieces: list[str] = []
        for part in _COMMA.split(text):
            piece = clean(part, LENGTH)
            low = piece.lower()
            if pieces and piece and self._continues and self._continues.match(low) and not self._starts(low):
                pieces[-1] = f"{pieces[-1]}, {piece}"
            elif piece:
                pieces.append(piece)
        return tuple(self._known_or_not(piece) for piece in pieces)

    def _starts(self, low: str) -> bool:
        """Whether a text that could continue the one before it names a product of its own."""
        return any(not one.words and one.pattern.search(low) for one in self._products)

    def _known_or_not(self, piece: str) -> tuple[Names, Names]:
        names = self.named(piece)
        if names or (self._nothing and self._nothing.search(piece.lower())):
            return names, ()
        return (), (clean(piece, LENGTH),)

    def _named(self, text: str) -> Names:
        """The names of all products in a text, in order."""
        if code := _CODE.fullmatch(text.strip()):
            name = self._by_code.get((code[1].lower(), int(code[2])))
            return (name,) if name else ()
        low = " ".join(text.lower().replace("–", "-").split())
        if self._never and self._never.search(low):
            return ()
        for one in self._products:
            if one.alone and one.alone.search(low):
                return (one.name,)
        words = low.replace("_", " ")
        found = [(at, name) for one in self._products for at, name in one.find(words if one.words else low)]
        return tuple(dict.fromkeys(name for _, name in sorted(found) if name))


class _Rule(NamedTuple):
    rule: ProductRule
    pattern: re.Pattern[str] | None
    ages: frozenset[Ages]

    def applies(self, text: str, stated: Ages | None) -> bool:
        youngest, below = stated or Ages(None, None)
        return (
            bool(self.pattern and self.pattern.search(text))
            or stated in self.ages
            or (self.rule.from_age is not None and youngest is not None and youngest >= self.rule.from_age * 12)
            or (self.rule.up_to_an_age and below is not None)
        )


class _Matcher:
    """A product with its patterns compiled."""

    def __init__(self, product: Product) -> None:
        self.name, self.words = product.name, product.words
        self.pattern = re.compile(product.match)
        self.alone = _pattern(product.alone)
        self._variants = [
            [_Rule(rule, _pattern(rule.match), frozenset(map(_age_range, rule.ages))) for rule in variants.rules]
            for variants in product.variants
        ]

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Where the product begins in the text, and its name with the suffixes that apply; "" if a rule drops it."""
        hit = self.pattern.search(text)
        if hit:
            yield hit.start(), self._variant(text) if self._variants else self.name

    def _variant(self, text: str) -> str:
        name, stated = self.name, ages(text)
        for rules in self._variants:
            rule = next((one.rule for one in rules if one.applies(text, stated)), None)
            if rule and rule.no_product:
                return ""
            name += rule.suffix if rule else ""
        return name


@lru_cache(maxsize=64)
def products_of(service: Service) -> Products:
    """The compiled table of a service."""
    return Products(service)


def possible_names(product: Product) -> Iterator[str]:
    """All names that a product can have."""
    suffixes = [("", *(rule.suffix for rule in one.rules)) for one in product.variants]
    yield from dict.fromkeys(product.name + "".join(chosen) for chosen in combinations_of(*suffixes))


def _pattern(text: str) -> re.Pattern[str] | None:
    return re.compile(text) if text else None


def _age_range(text: str) -> Ages:
    youngest, _, below = text.partition("-")
    return Ages(int(youngest) if youngest else None, int(below) if below else None)
