"""Vaccine products and doses: one display name for each, from free text or a CVX code ("cvx:207").

Sources: the spellings that booking systems used between 2021 and 2023, and the CDC's CVX code set of 2025-09-03.
The names themselves are in `vaccines.py`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from aggregator.normalize.text import clean
from aggregator.normalize.vaccines import BANDS, BIVALENT, BRANDS, COVID, CVX, MRNA, NO_PRODUCT, OTHERS

LENGTH = 120  # characters of a product as shown
_READ = 1000  # characters of a text of products that are looked at

_CODE = re.compile(r"cvx:\s*0*(\d{1,3})", re.IGNORECASE | re.ASCII)
_FULL_AGE = re.compile(r"6\s?mo?\s?\+|6 ?months? and up")
_SCHOOL = re.compile(r"(?<!\d)5\s?(?:-|through|to)\s?11|(?<!\d)6\s?(?:-|through|to)\s?1[12]|pfizer.*\b10 ?mcg")
_TODDLER = re.compile(
    r"6\s?m(?:o|onths?)?\s?(?:-|through|to)\s?[45]|(?<!\d)3\s?-\s?[45](?!\d)|toddler|infant|ultra[ _]pediatric"
    r"|under [56]\b|\b(?:3|25) ?mcg"
)
_CHILD = re.compile(r"pediatric|paediatric|peds|child|(?<![a-z])kids?\b")
_SPAN = re.compile(r"\d\s?(?:-|through|to)\s?\d")
_OLDER = re.compile(r"12\s?(?:-|through|to)\s?17")
# Albertsons' and H-E-B's own keys for the youngest children.
_MODERNA_TODDLER = re.compile(r"modernachild|pediatric_moderna(?!_updated)")
# A comma before these continues a product's name ("Moderna (Spikevax), ages 12 years and up").
_CONTINUES = re.compile(
    r"(?:ages?\b|adults?\b|bivalent|booster|updated|covid|comirnaty|spikevax|vaccine|tris|primary|dose|\d)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[,;\n|](?![^()]*\))")

_BOOSTER = re.compile(r"\b(?:booster|(?<!sans )rappel|additional)\b")
_DOSES = {
    "1": re.compile(r"1\b|.*\b(?:first|1st|1 ?[eè]re?|premi[eè]re|dose 1|inj(?:ection)? ?1|unique|monodose)\b"),
    "2": re.compile(r"2\b|.*\b(?:second|2nd|2 ?[eè]me|deuxi[eè]me|seconde|dose 2|inj(?:ection)? ?2)\b"),
    "3": re.compile(r"3\b|.*\b(?:third|3rd|3 ?[eè]me|troisi[eè]me|dose 3|inj(?:ection)? ?3)\b"),
}
_SECOND_ONLY = re.compile(
    r"\b(?:second|2nd)[ -]doses?(?: clinics?)?,? only\b|\bonly (?:for )?(?:second|2nd)[ -]doses?\b"
    r"|(?<!if you )\bhave had (?:an?|your|their|the) (?:first|1st)[ -]dose\b",
    re.IGNORECASE,
)


def product(text: str) -> str | None:
    """The display name of one product ("Pfizer bivalent (5–11)"); None where the text names none we know."""
    found = _named(text[:_READ])
    return found[0] if found else None


def products(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Known names and unknown texts, each in order and once; a text may list several products.

    Texts that say that no product is stated ("Contact Clinic Site") give neither.
    """
    known: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for text in texts:
        for names, left in _listed(text[:_READ]):
            known |= dict.fromkeys(names)
            unknown |= dict.fromkeys(left)
    return tuple(known), tuple(unknown)


def is_covid(name: str) -> bool:
    """Whether a display name is that of a COVID-19 vaccine."""
    return name in COVID


def dose(text: str) -> str | None:
    """ "1", "2", "3" or "booster" from a dose field ("2", "SECOND", "first_dose_only"); None for anything else."""
    plain = text[:LENGTH].strip().lower().replace("_", " ")
    if _BOOSTER.search(plain):
        return "booster"
    return next((number for number, pattern in _DOSES.items() if pattern.match(plain)), None)


@lru_cache(maxsize=4096)
def doses_in(text: str) -> tuple[str, ...]:
    """("2",) where free text says that only second doses are given, else ()."""
    return ("2",) if _SECOND_ONLY.search(" ".join(text.split())) else ()


@lru_cache(maxsize=4096)
def _listed(text: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    pieces: list[str] = []
    for part in _COMMA.split(text):
        piece = clean(part, LENGTH)
        if pieces and piece and _CONTINUES.match(piece) and not _brands(piece.lower()):
            pieces[-1] = f"{pieces[-1]}, {piece}"
        elif piece:
            pieces.append(piece)
    return tuple(_known_or_not(piece) for piece in pieces)


def _known_or_not(piece: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = _named(piece)
    if names or NO_PRODUCT.search(piece.lower()):
        return names, ()
    return (), (clean(piece, LENGTH),)


@lru_cache(maxsize=4096)
def _named(text: str) -> tuple[str, ...]:
    """Names of all products in a text, in the order in which they stand there."""
    if code := _CODE.fullmatch(text.strip()):
        name = CVX.get(int(code[1]))
        return (name,) if name else ()
    low = " ".join(text.lower().replace("–", "-").split())
    if re.search(r"contre.indications", low):
        return ()
    if re.search(r"-\s?55|moins de 55", low) and "suite" in low:
        return (MRNA,)
    found = [(start, _variant(brand, low)) for start, brand in _brands(low)]
    words = low.replace("_", " ")
    found += [(hit.start(), name) for name, pattern in OTHERS if (hit := pattern.search(words))]
    return tuple(dict.fromkeys(name for _, name in sorted(found) if name))


def _brands(low: str) -> list[tuple[int, str]]:
    return [(hit.start(), brand) for brand, pattern in BRANDS if (hit := pattern.search(low))]


def _variant(brand: str, low: str) -> str:
    """A brand with its age band and formula; "" for a child's product of a band that does not exist."""
    if brand not in BANDS:
        return brand
    toddler, school = BANDS[brand]
    everyone = _FULL_AGE.search(low)
    bivalent = " bivalent" if everyone or BIVALENT.search(low) else ""
    if everyone or _OLDER.search(low):
        band = ""
    elif _TODDLER.search(low) or (brand == "Moderna" and _MODERNA_TODDLER.search(low)):
        band = toddler
    elif _SCHOOL.search(low):
        band = school
    elif _CHILD.search(low):
        if _SPAN.search(low):
            return ""
        band = school
    else:
        band = ""
    return brand + bivalent + band
