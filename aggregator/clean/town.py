"""Towns of several spellings: "N. Kingstown" is North Kingstown, "Mt Vernon" Mount Vernon, "St. Louis" Saint Louis.

The table of ZIP codes decides which towns there are and how each is spelled; it lists some short forms beside the full
name. Abbreviations: USPS Publication 28 as far as names of towns use them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import lru_cache

from aggregator.clean.postal import Postal, towns_of

SAME_TOWN = 0.85  # likeness of two spellings from which on they are one town ("Johnstone", "North Kingston")
MOST_WORDS = 5  # of the name of a town at the end of a line

_FIRST = {
    "n": "north", "no": "north", "s": "south", "so": "south", "e": "east", "w": "west", "mt": "mount", "ft": "fort",
    "st": "saint", "ste": "sainte",
}  # fmt: skip
_LATER = {
    "hts": "heights", "hgts": "heights", "spgs": "springs", "spg": "spring", "ctr": "center", "jct": "junction",
    "xing": "crossing", "hbr": "harbor", "bch": "beach", "vlg": "village", "twp": "township", "gdns": "gardens",
    "fls": "falls", "is": "island", "lk": "lake", "mt": "mount", "st": "saint",
}  # fmt: skip
_OFFICIAL = re.compile(r"^(?:city|town|village|township|borough) of\s+(?=\S)", re.IGNORECASE)
_BORO = re.compile(r"(?<=\w\w\w)borough$")
_WORD = re.compile(r"[^\s,]+")


def written_out(town: str) -> str:
    """A town's name without abbreviations ("N. Kingstown" -> "North Kingstown"), otherwise as it is."""
    words = _OFFICIAL.sub("", town.strip()).replace(".", ". ").split()
    names = [_FIRST if number == 0 and len(words) > 1 else _LATER if number else {} for number in range(len(words))]
    full = [table.get(word.casefold().strip("."), "") for word, table in zip(words, names, strict=True)]
    return " ".join(new.title() or old for new, old in zip(full, words, strict=True))


@lru_cache(maxsize=16384)
def spelled_out(text: str) -> str:
    """A town's name for comparing: small letters without signs, abbreviations written out."""
    plain = unicodedata.normalize("NFKD", written_out(text)).casefold()
    return " ".join(re.sub(r"[^\w\s]", "", re.sub(r"[-/]", " ", plain)).split())


@lru_cache(maxsize=16384)
def same_name(text: str) -> str:
    """What all spellings of one name share: letters only ("O'Fallon", "O Fallon"; "Foxboro", "Foxborough")."""
    return _BORO.sub("boro", spelled_out(text)).replace(" ", "")


def known_town(text: str, postal: Postal | None) -> str:
    """The spelling of a town of this ZIP that `text` means, typing errors forgiven; "" if it means none of them."""
    full = spellings(postal)
    if town := full.get(same_name(text)):
        return town
    best, found = 0.0, ""
    name = spelled_out(text)
    for town in full.values():
        known = spelled_out(town)
        if known[:1] == name[:1]:  # "East" and "West" of one name are alike to the letter, but not the same town
            likeness = SequenceMatcher(None, known, name).ratio()
            if likeness > best:
                best, found = likeness, town
    return found if best >= SAME_TOWN else ""


def town_in_state(text: str, state: str) -> str:
    """The usual spelling of a town of a state; `text` as it is if the state has no such town."""
    return _of_state(state).get(same_name(text), text) if state and text else text


def is_town(text: str, state: str) -> bool:
    """Whether a state has a town of this name, in whatever spelling."""
    return same_name(text) in _of_state(state)


def ending_in_town(text: str, postal: Postal | None, *, others: Iterable[str] = ()) -> tuple[int, str]:
    """Where a town of this ZIP begins at the end of `text`, and its usual spelling; the longest wins; (0, "")."""
    full = {**{same_name(town): town for town in others}, **spellings(postal)}
    words = list(_WORD.finditer(text, text.rfind(",") + 1))[-MOST_WORDS:]
    for word in words:
        if town := full.get(same_name(text[word.start() :])):
            return word.start(), town
    return 0, ""


def spellings(postal: Postal | None) -> Mapping[str, str]:
    """`same_name` -> the spelling that is shown, of each town of a ZIP."""
    return _spellings(postal.towns) if postal else {}


@lru_cache(maxsize=16384)
def _spellings(towns: tuple[str, ...]) -> Mapping[str, str]:
    full: dict[str, str] = {}
    for town in sorted(towns, key=_is_short):  # the short forms last: they count only where nothing else is listed
        full.setdefault(same_name(town), written_out(town))
    return full


@lru_cache(maxsize=64)
def _of_state(state: str) -> Mapping[str, str]:
    return _spellings(towns_of(state))


def _is_short(town: str) -> bool:
    return town.endswith("boro") or written_out(town) != town
