"""Decides whether two names can belong to one place: chains by brand, all others word by word.

An additional word in one name does no harm ("Elm Library", "Elm Public Library"), unless it names a part of a building
with its own appointments ("Elm Hospital", "Elm Hospital Pediatrics"). If each name has a distinctive word of its own,
they are two places.
"""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from aggregator.clean import folded
from aggregator.model import Location

MISSPELT = 0.85  # similarity from which two words count as one
SHORTEST_MISSPELT = 5  # letters

# Spelling of a chain -> the company that runs it: brands of one company follow each other at one address.
_BRANDS = {
    "acme": "albertsons", "albertsons": "albertsons", "amigos": "albertsons", "carrs": "albertsons",
    "haggen": "albertsons", "jewel osco": "albertsons", "osco": "albertsons", "market street": "albertsons",
    "pavilions": "albertsons", "randalls": "albertsons", "safeway": "albertsons", "sav on": "albertsons",
    "shaws": "albertsons", "star market": "albertsons", "tom thumb": "albertsons", "united supermarket": "albertsons",
    "vons": "albertsons", "big y": "big y", "costco": "costco", "cvs": "cvs", "longs": "cvs", "target": "cvs",
    "fred meyer": "kroger", "fred meyers": "kroger", "qfc": "kroger", "kroger": "kroger", "ralphs": "kroger",
    "king soopers": "kroger",
    "genoa": "genoa", "hannaford": "hannaford", "h e b": "heb", "heb": "heb", "hy vee": "hyvee", "hyvee": "hyvee",
    "meijer": "meijer", "price chopper": "price chopper", "publix": "publix", "rite aid": "rite aid",
    "bartell": "rite aid", "sams club": "sams club", "shoprite": "shoprite", "stop shop": "stop and shop",
    "thrifty white": "thrifty white", "walgreen": "walgreens", "walgreens": "walgreens", "duane reade": "walgreens",
    "walmart": "walmart", "wal mart": "walmart", "wegmans": "wegmans", "winn dixie": "winn dixie",
}  # fmt: skip
_BRAND = re.compile(rf"\b(?:{'|'.join(sorted(_BRANDS, key=len, reverse=True))})\b")

# Parts of a building, and guests in it, with their own appointments.
_PARTS = frozenset({
    "annex", "behavioral", "campus", "cancer", "cardiology", "children", "childrens", "dental", "dialysis", "emergency",
    "employee", "employees", "hosted", "infant", "kids", "maternity", "minuteclinic", "mobile", "obgyn", "oncology",
    "orthopedics", "outpatient", "pediatric", "pediatrics", "peds", "specialty", "staff", "student", "students",
    "surgery", "tent", "urgent", "van", "veterans", "women", "womens",
})  # fmt: skip
_SIDES = frozenset({"east", "north", "south", "west"})  # of one owner's buildings
_HOSPITALS = frozenset({"hospital", "medical"})
# parts of a building if it is a hospital
_IN_HOSPITALS = frozenset({"care", "family", "pharmacy", "practice", "primary"})
# Words in many names that don't distinguish them; those of the first kind are interchangeable.
_KINDS = frozenset({"building", "center", "clinic", "facility", "location", "office", "site"})
_COMMON = _KINDS | {
    "city", "community", "corp", "county", "department", "drug", "drugs", "health", "healthcare", "hospital", "inc",
    "llc", "medical", "pharmacy", "practice", "public", "services", "store", "town",
}  # fmt: skip
_SAYS_NOTHING = frozenset({"clinic", "clinics", "location", "site", "sites"})  # in a venue's name, at one address
_EMPTY = frozenset({
    "19", "a", "an", "and", "at", "by", "coronavirus", "covid", "covid19", "dba", "dose", "doses", "for", "former",
    "formerly", "immunization", "immunizations", "in", "janssen", "moderna", "no", "of", "on", "pfizer", "the",
    "to", "vaccination", "vaccinations", "vaccine", "vaccines",
})  # fmt: skip
_SYNONYMS = {
    "bldg": "building", "centre": "center", "chc": "community health center", "co": "county", "ctr": "center",
    "dept": "department", "dist": "district", "drugstore": "drug", "first": "1st", "hlth": "health", "hosp": "hospital",
    "hs": "high school", "jr": "junior", "mount": "mt", "rx": "pharmacy", "saint": "st", "sr": "senior",
    "univ": "university",
}  # fmt: skip


class Name(NamedTuple):
    """A comparable name. `brand` is empty outside chains. `local`: words of the address, optional in a name."""

    text: str
    brand: str
    words: frozenset[str]
    local: frozenset[str]


def name_of(location: Location) -> Name:
    """The comparable name of a location."""
    text = " ".join(_word(word) for word in folded(re.sub(r"['’]", "", location.name)).split())
    plain = " ".join(word for word in text.split() if word not in _EMPTY)
    found = _BRAND.search(plain)
    brand = _BRANDS[found[0]] if found else ""
    words = frozenset(plain.split())
    if found:
        words = frozenset(word for word in words - set(found[0].split()) if not word.isdecimal())
    local = folded(" ".join((location.city, location.county, location.state, *location.address_lines)))
    return Name(text, brand, words, frozenset(local.split()))


def compatible(one: Name, other: Name) -> bool:
    """Whether both names can belong to one place."""
    if one.text == other.text:
        return True
    local = one.local | other.local
    here, there = _own(one.words, other.words) - local, _own(other.words, one.words) - local
    if _PARTS & (here | there):
        return False
    if one.brand or other.brand:
        return one.brand == other.brand
    common = one.words & other.words
    if _SIDES & (here | there) or (_HOSPITALS & common and _IN_HOSPITALS & (here | there)):
        return False
    if one.words - here - local - _COMMON:
        return not (here - _COMMON and there - _COMMON)
    # Names such as "Elm County Health Department" have no word of their own.
    return len(common) > 1 and not (here - _KINDS and there - _KINDS)


def is_one_name(one: Name, other: Name) -> bool:
    """Whether two names at one address differ only in spelling, without a distinctive word in either.

    A number or letter is distinctive ("Elm Hall", "Elm Hall 2"), and so is a part or side of the building.
    """
    if one.text == other.text:
        return True
    own = _own(one.words, other.words) | _own(other.words, one.words)
    local = {word for word in one.local | other.local if len(word) > 1 and not word[0].isdigit()}
    return one.brand == other.brand and not own - _SAYS_NOTHING - (local - _PARTS - _SIDES)


def likeness(one: Name, other: Name) -> float:
    """The share of words that both names have, from 0 to 1."""
    if one.text == other.text:
        return 1.0
    shared, all_words = one.words & other.words, one.words | other.words
    return len(shared) / (len(all_words) + 1)


def _word(word: str) -> str:
    return _SYNONYMS.get(word, word)


def _own(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """The words that the other name does not have, even misspelled."""
    return frozenset(word for word in words - others if not any(_misspelt(word, other) for other in others - words))


def _misspelt(one: str, other: str) -> bool:
    if min(len(one), len(other)) < SHORTEST_MISSPELT or one.isdecimal() or other.isdecimal():
        return False
    return SequenceMatcher(None, one, other).ratio() >= MISSPELT
