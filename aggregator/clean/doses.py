"""Reads which dose an appointment is for, "1", "2", "3", or "booster", from a field or from words in a text.

Values come from SMART Scheduling Links, Hy-Vee, Maiia, univaf, and Doctolib; words from PrepMod pages and French visit
reasons.
"""

import re
from functools import lru_cache

_READ = 120  # characters of a dose field that are read

_WORDS = {
    "booster": re.compile(r"\b(?:booster|(?<!sans )rappel|additional)\b"),
    "1": re.compile(r"^1\b|\b(?:first|1st|1 ?[eè]re?|premi[eè]re|dose 1|inj(?:ection)? ?1|unique|monodose)\b"),
    "2": re.compile(r"^2\b|\b(?:second|2nd|2 ?[eè]me|deuxi[eè]me|seconde|dose 2|inj(?:ection)? ?2)\b"),
    "3": re.compile(r"^3\b|\b(?:third|3rd|3 ?[eè]me|troisi[eè]me|dose 3|inj(?:ection)? ?3)\b"),
}
_AND = re.compile(r"(?:(?<!\s)\s++)?+(?:[,&/+]|\band\b|\bor\b)\s*+")
_NOTHING_ELSE = re.compile(r"(?:doses? )?(?:[123]|first|1st|second|2nd|third|3rd)(?: doses?)?")
_SECOND_ONLY = re.compile(
    r"\b(?:second|2nd)[ -]doses?(?: clinics?)?,? only\b|\bonly (?:for )?(?:second|2nd)[ -]doses?\b"
    r"|(?<!if you )\bhave had (?:an?|your|their|the) (?:first|1st)[ -]dose\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def doses(text: str) -> tuple[str, ...]:
    """The doses that a dose field names ("SECOND", "first_dose_only", "1st & 2nd Dose"); () for anything else.

    In a longer text, only the first dose counts ("2nd dose, if you had your 1st dose here").
    """
    found: set[str] = set()
    for part in _AND.split(text[:_READ].strip().lower().replace("_", " ")):
        found |= _first(part)
        if found and not _NOTHING_ELSE.fullmatch(part):
            break
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def doses_in(text: str) -> tuple[str, ...]:
    """("2",) if free text states that only second doses are given; otherwise ()."""
    return ("2",) if _SECOND_ONLY.search(" ".join(text.split())) else ()


def _first(part: str) -> set[str]:
    if _WORDS["booster"].search(part):  # also a "second booster"
        return {"booster"}
    hits = [(hit.start(), name) for name, words in _WORDS.items() if (hit := words.search(part))]
    return {min(hits)[1]} if hits else set()
