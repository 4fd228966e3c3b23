"""Reads from a place's name the number of a chain's store and the kind of place. Pure.

Digits are a store number only directly after the store's brand or a "#", so that a date, hour, age, or dose in the name
of a clinic is never taken for one.
"""

import re
from functools import lru_cache

from aggregator.model import LocationType

# The brands of the Albertsons companies as store names spell them; "Albertsons Market" comes before "Albertsons".
ALBERTSONS = {
    "Acme": r"acme",
    "Albertsons Market": r"albertsons market",
    "Albertsons": r"alberts?ons|abs",
    "Amigos": r"amigos",
    "Carrs": r"carrs",
    "Haggen": r"haggen",
    "Jewel-Osco": r"jewel[ -]osco",
    "Lucky's": r"lucky'?s?",
    "Market Street": r"market street",
    "Pak N Save": r"pak n save",
    "Pavilions": r"pavilions",
    "Randalls": r"randalls",
    "Safeway": r"safeway",
    "Sav-On": r"sav-on",
    "Shaw's": r"shaw['’]?s",
    "Star Market": r"star market",
    "Tom Thumb": r"tom thumb",
    "United": r"united",
    "Vons": r"vons",
}

_BETWEEN = r"(?:[ ,.]++(?:pharmac(?:y|ies)|stores?|inc|co|corp(?:oration)?|llc|wholesale|healthcare|drugs?)\b)*+\.?"
_SIGN = r"\s*+(?:(?P<sign>#|no\.)\s*+)?"
# Text after a number that makes it a time, a date, an age, a dose, or part of a longer number.
_NOT_A_STORE = re.compile(
    r"[\d+%]|[-–/:.,]\d|\s*(?:st|nd|rd|th|years?|yrs?|y/?o|ye?ar|months?|mos?|weeks?|[ap]\.?m|doses?)\b"
    r"|\s*(?:and|&|or)\s+(?:up|older|over|above|under|younger)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:-|–|to|and|&)\s*\d{1,2}\b", re.IGNORECASE)

_CHAINS = "|".join((  # stores with a pharmacy, if the name begins with them
    r"costco|wal-?mart|sam['’]s club|stop (?:&|and) shop|hannaford|big y|price chopper|market 32|wegmans|shoprite",
    r"kroger|fred meyer|meijer|publix|hy-?vee|h-?e-?b|target|giant (?:eagle|food)|weis|harris teeter|winn-dixie",
    *(words for brand, words in ALBERTSONS.items() if brand not in {"Market Street", "United"}),
))  # fmt: skip
_DRUGS = (
    r"pharmac(?:y|ies|ie)|farmacia|apothecar(?:y|ies)|drug ?stores?|rx|prescriptions?|medicine sh?(?:op(?:pe)?|tore)"
)
_PHARMACY = re.compile(
    rf"\b(?:{_DRUGS}|drugs?(?! (?:abuse|court|free|rehab|treatment))|cvs|walgreens|duane reade|rite aid|bartell|osco"
    rf"|thrifty white|genoa healthcare)\b|^(?:{_CHAINS})(?!\w)",
    re.IGNORECASE,
)
_MASS = re.compile(
    r"\b(?:mega|mass)[ -]?(?:sites?|vax|vacc?inations?|immuni[sz]ations?)\b|\bmega[ -]?clinics?\b"
    r"|\b(?:large|high)[ -](?:scale|volume) (?:site|clinic|vaccination)",
    re.IGNORECASE,
)
_NOT_THE_PLACE = re.compile(
    r"\([^()]*\)|\b(?:former(?:ly)?|old|next to|near|across from|behind|in front of|outside) .*", re.IGNORECASE
)


def store_number(name: str, brand: str) -> str:
    """The store number directly after the brand ("Safeway Pharmacy #0098" -> "98"); "" if there is none.

    `brand` is a regular expression. A single digit needs a "#" or zeros before it.
    """
    for found in _numbered(brand).finditer(name):
        digits, end = found["number"], found.end()
        is_range = len(digits) <= 2 and _RANGE.match(name, end)
        if _NOT_A_STORE.match(name, end) or is_range or not (found["sign"] or len(digits) > 1):
            continue
        return str(int(digits))
    return ""


def albertsons_store(name: str) -> tuple[str, str]:
    """The brand and number of an Albertsons store; "", "" if the name has no such number."""
    numbers = ((brand, store_number(name, words)) for brand, words in ALBERTSONS.items())
    return next((found for found in numbers if found[1]), ("", ""))


def kind_of(name: str) -> LocationType | None:
    """The kind of place that a name in a mixed list reveals; None if it reveals none."""
    if _MASS.search(name):
        return LocationType.MASS_VAX
    return LocationType.PHARMACY if _PHARMACY.search(_NOT_THE_PLACE.sub("", name).strip()) else None


@lru_cache(maxsize=256)
def _numbered(brand: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{brand}){_BETWEEN}{_SIGN}(?P<number>\d{{1,8}})", re.IGNORECASE)
