"""Vaccine products: maps free text or a CVX code ("cvx:207") to one display name.

Sources: the spellings of booking systems between 2021 and 2023, and the CDC's CVX code set of 2025-09-03. The names are
in `vaccines.py`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from aggregator.clean.age_ranges import Ages, ages
from aggregator.clean.text import clean
from aggregator.clean.vaccines import (
    ADULT_FROM,
    BANDS,
    BIVALENT,
    BRANDS,
    CHILD_AGES,
    COVID,
    COVID_19,
    CVX,
    MRNA,
    NASAL_FLU,
    NO_PRODUCT,
    OTHERS,
    SCHOOL_AGES,
    SENIOR_FLU,
    SENIOR_FROM,
    TODDLER_AGES,
)

LENGTH = 120  # characters of a product as shown
_READ = 1000  # characters of a product text that are read

_CODE = re.compile(r"cvx:\s*0*(\d{1,3})", re.IGNORECASE | re.ASCII)
# bivalent, for everybody from 6 months on (Moderna's blue cap)
_EVERYBODY = Ages(6, None)
_SCHOOL = re.compile(r"pfizer(?:(?!pfizer).)*?\b10 ?mcg")
_TODDLER = re.compile(r"toddler|infant|ultra[ _]pediatric|\b(?:3|25) ?mcg")
_CHILD = re.compile(r"pediatric|paediatric|peds|child|enfant|(?<![a-z])kids?\b")
# Albertsons' and H-E-B's keys for the youngest children.
_MODERNA_TODDLER = re.compile(r"modernachild|pediatric_moderna(?!_updated)")
# A comma before these words continues a product's name ("Moderna (Spikevax), ages 12 years and up").
_CONTINUES = re.compile(
    r"(?:ages?\b|adults?\b|bivalent|booster|updated|covid|comirnaty|spikevax|vaccine|tris|primary|dose|\d"
    r"|high[ -]dose|adjuvanted|nasal|live|mumps|rubella|diphtheria|pertussis)",
    re.IGNORECASE,
)
_OF_COVID = re.compile(r"(?<!non-)(?<!non )covid|cvx:\s*213$", re.IGNORECASE)
_COMMA = re.compile(rf"[,;\n|](?![^()]{{0,{LENGTH}}}\))")  # not in brackets


def product(text: str) -> str | None:
    """The display name of one product ("Pfizer bivalent (5–11)"); None if the text names none we know."""
    found = _named(text[:_READ])
    return found[0] if found else None


def products(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Known names and unknown texts, in order and without duplicates; a text may list several products.

    A text stating that no product is named ("Contact Clinic Site") gives neither. If COVID-19 of any brand is named
    beside only other vaccines ("COVID-19 Vaccine, Flu"), it is listed, because it would otherwise seem not to be
    offered.
    """
    read = [text[:_READ] for text in texts]
    known: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for text in read:
        for names, left in _listed(text):
            known |= dict.fromkeys(names)
            unknown |= dict.fromkeys(left)
    if known and not any(map(is_covid, known)) and any(map(_OF_COVID.search, read)):
        known[COVID_19] = None
    return tuple(known), tuple(unknown)


def is_covid(name: str) -> bool:
    """Whether a display name is a COVID-19 vaccine."""
    return name in COVID


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
    """The names of all products in a text, in order."""
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
    others = [(hit.start(), name) for name, pattern in OTHERS if (hit := pattern.search(words))]
    found += [(start, _influenza(words) if name == "Influenza" else name) for start, name in others]
    return tuple(dict.fromkeys(name for _, name in sorted(found) if name))


def _brands(low: str) -> list[tuple[int, str]]:
    return [(hit.start(), brand) for brand, pattern in BRANDS if (hit := pattern.search(low))]


def _variant(brand: str, low: str) -> str:
    """A brand with its age band and formula; "" for ages that none of its products covers."""
    if brand not in BANDS:
        return brand
    stated = ages(low)
    bivalent = " bivalent" if stated == _EVERYBODY or BIVALENT.search(low) else ""
    band = _band(brand, stated, low)
    return "" if band is None else brand + bivalent + band


def _band(brand: str, stated: Ages | None, low: str) -> str | None:
    """The suffix of a brand's name for children, "" for the adult product, None for ages without a product."""
    toddler, school = BANDS[brand]
    youngest, below = stated or Ages(None, None)
    if stated == _EVERYBODY or (youngest or 0) >= ADULT_FROM:
        return ""
    if stated in TODDLER_AGES or _TODDLER.search(low):
        return toddler
    if stated in SCHOOL_AGES or _SCHOOL.search(low):
        return school
    if below is not None:
        return " (under 12)" if brand == "Moderna" and stated in CHILD_AGES else None
    if brand == "Moderna" and _MODERNA_TODDLER.search(low):
        return toddler
    return school if _CHILD.search(low) else ""


def _influenza(words: str) -> str:
    """The kind of an influenza vaccine; high-dose and adjuvanted ones are for people aged 65 and older."""
    if NASAL_FLU.search(words):
        return "Influenza (nasal)"
    stated = ages(words)
    senior = SENIOR_FLU.search(words) or (stated and (stated.youngest or 0) >= SENIOR_FROM)
    return "Influenza (65+)" if senior else "Influenza"
